using System.Collections.Immutable;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Ads1115;
using StemLab.Agent.Sensors.Ina219;
using StemLab.Agent.Sensors.Sensirion;
using StemLab.Agent.Sensors.Tsl2591;

namespace StemLab.Agent.Operations.Kinds;

/// <summary>Chips on the I2C bus with a drawer of their own: analogue probes behind an ADS1115, CO2, light, supply.</summary>
internal static class ChipKinds
{
    private const int FirstAds1115 = 0x48;

    /// <summary>ads1115 and the analogue probes, scd4x, scd30, tsl2591, ina219.</summary>
    public static ImmutableArray<SourceKind> All { get; } =
    [
        .. AnalogBoard.All.Select(Of),
        .. CarbonDioxideModel.All.Select(Of),
        Chip("tsl2591", Tsl2591Probe.Address, hasOneAddress: true, Tsl2591Probe.LeastInterval,
            (source, opening) => ValueTask.FromResult<IProbe>(new Tsl2591Probe(opening.Shelf.Bus(source.Bus), source.PortOrDefault(), Interval(source), opening.Ground))),
        Chip("ina219", Ina219Probe.FactoryAddress, hasOneAddress: false, TimeSpan.FromMilliseconds(50),
            (source, opening) => ValueTask.FromResult<IProbe>(new Ina219Probe(opening.Shelf.Bus(source.Bus), source.AddressOrDefault(), source.PortOrDefault(), Interval(source), opening.Ground))),
    ];

    private static SourceKind Of(AnalogBoard board) => new(
        board.Kind,
        "Bus, Address, Channel, Range",
        source => $"{board.Kind}-i2c{source.Bus}-{source.AddressOrDefault()}-{ChannelOf(source)}",
        (source, path) => AnalogProblems(source, path),
        (source, opening) => ValueTask.FromResult<IProbe>(new Ads1115Probe(
            opening.Shelf.Converter(source.Bus, source.AddressOrDefault()),
            new Ads1115Settings(board, ChannelOf(source), RangeOf(source, board), source.PortOrDefault(), Interval(source)),
            opening.Ground)))
    {
        FactoryAddress = FirstAds1115,
        SharesAddress = true,
    };

    private static SourceKind Of(CarbonDioxideModel model) => Chip(
        model.Kind, model.Address, hasOneAddress: true, model.LeastInterval,
        async (source, opening) => await CarbonDioxideProbe.OpenAsync(model, opening.Shelf.Bus(source.Bus), source.PortOrDefault(), Interval(source), opening.Ground, opening.CancellationToken));

    private static SourceKind Chip(string name, int address, bool hasOneAddress, TimeSpan least, Func<SourceOptions, ProbeOpening, ValueTask<IProbe>> open) => new(
        name,
        hasOneAddress ? "Bus" : "Bus, Address",
        source => $"{name}-i2c{source.Bus}-{source.AddressOrDefault()}",
        (source, path) => ChipProblems(source, path, hasOneAddress ? address : 0, least),
        open)
    {
        FactoryAddress = address,
    };

    private static IEnumerable<string> ChipProblems(SourceOptions source, string path, int onlyAddress, TimeSpan least)
    {
        if (source.IntervalSeconds < least.TotalSeconds)
        {
            yield return FormattableString.Invariant($"{path}.IntervalSeconds: {source.IntervalSeconds} is less than the {least.TotalSeconds} s a {source.Kind} needs for a reading");
        }

        if (onlyAddress != 0 && source.AddressOrDefault() != onlyAddress)
        {
            yield return $"{path}.Address: a {source.Kind} is always at {onlyAddress}; leave it out";
        }

        foreach (var problem in BusProblems(source, path))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> AnalogProblems(SourceOptions source, string path)
    {
        if (source.AddressOrDefault() is < FirstAds1115 or > FirstAds1115 + 3)
        {
            yield return $"{path}.Address: an ADS1115 is at 72 to 75 (its pin ADDR to GND, VDD, SDA, SCL), not at {source.Address}";
        }

        if (!Ads1115Settings.Inputs.Contains(ChannelOf(source)))
        {
            yield return $"{path}.Channel: '{source.Channel}' is not one of {string.Join(", ", Ads1115Settings.Inputs.Order(StringComparer.Ordinal))}";
        }

        if (source.Range != 0 && Ads1115Range.All.All(range => range.Volts != source.Range))
        {
            yield return FormattableString.Invariant($"{path}.Range: {source.Range} is not one of {string.Join(", ", Ads1115Range.All.Select(range => FormattableString.Invariant($"{range.Volts}")))} V");
        }

        if (source.IntervalSeconds < 0.02)
        {
            yield return FormattableString.Invariant($"{path}.IntervalSeconds: {source.IntervalSeconds} is less than the 0.02 s an input needs beside others");
        }

        foreach (var problem in BusProblems(source, path))
        {
            yield return problem;
        }
    }

    private static IEnumerable<string> BusProblems(SourceOptions source, string path)
    {
        if (source.Bus is < 0 or > 255)
        {
            yield return $"{path}.Bus: {source.Bus} is not the N of a /dev/i2c-N";
        }

        if (source.TemperatureFrom.Length > 0)
        {
            yield return $"{path}.TemperatureFrom: {source.Kind} is not compensated with a temperature; leave it out";
        }
    }

    private static string ChannelOf(SourceOptions source) => source.Channel.Length > 0 ? source.Channel : "0";

    private static Ads1115Range RangeOf(SourceOptions source, AnalogBoard board) => Ads1115Range.All.First(range => range.Volts == (source.Range == 0 ? board.Range : source.Range));

    private static TimeSpan Interval(SourceOptions source) => TimeSpan.FromSeconds(source.IntervalSeconds);
}
