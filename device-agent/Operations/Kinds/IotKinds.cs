using System.Collections.Immutable;
using System.Device.Spi;
using System.Globalization;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Iot;
using StemLab.IotBindings;

namespace StemLab.Agent.Operations.Kinds;

/// <summary>Devices of Iot.Device.Bindings, named also where this build has no drivers for them: then they are refused with how to get these.</summary>
internal static class IotKinds
{
    private const double LeastSeconds = 0.1;

    /// <summary>One kind a device that has a name, and one for all others.</summary>
    public static ImmutableArray<SourceKind> All { get; } = [.. IotDevices.All.Select(Of), Generic()];

    private static SourceKind Of(IotDevice device) => new(
        device.Kind,
        "Bus, Address",
        source => $"{device.Kind}-i2c{source.Bus}-{source.AddressOrDefault()}",
        Problems,
        (source, opening) => ValueTask.FromResult<IProbe>(new IotProbe(
            device, address => new IotReader(IotDevices.Open(device.Kind, address!), []), IotPlace.On(opening.Shelf.Bus(source.Bus), source.AddressOrDefault()), source.PortOrDefault(), TimeSpan.FromSeconds(source.IntervalSeconds), opening.Ground)))
    {
        FactoryAddress = device.FactoryAddress,
    };

    private static SourceKind Generic() => new(
        IotDevices.Generic,
        "Driver, Outputs, Bus, Address, Channel",
        source => Ports.NameOf($"iot-{source.Driver.Split('(', ';')[0].Split('.')[^1].Trim()}-{(source.Address > 0 ? $"i2c{source.Bus}-{source.Address}" : source.Channel)}".TrimEnd('-').ToLowerInvariant()),
        (source, path) => Problems(source, path).Concat(RecipeProblems(source).Select(problem => $"{path}.{problem}")),
        (source, opening) => ValueTask.FromResult<IProbe>(GenericProbe(source, opening)));

    private static IotProbe GenericProbe(SourceOptions source, ProbeOpening opening)
    {
        var recipe = IotRecipe.Read(source.Driver, source.Outputs, out var problem) ?? throw new InvalidDataException(problem);
        var device = new IotDevice(recipe.Driver, source.Address, [.. recipe.Values.Select(value => (value.Quantity, value.UnitUcum))]);
        var place = recipe.IsOnI2c ? IotPlace.On(opening.Shelf.Bus(source.Bus), source.Address) : IotPlace.OnPins(recipe.Driver);
        return new IotProbe(
            device,
            address => IotDevices.Open(recipe, new IotSeat(
                address,
                (mode, clock) => SpiDevice.Create(new SpiConnectionSettings(source.Bus, ChipSelect(source)) { Mode = (SpiMode)mode, ClockFrequency = clock }),
                opening.Shelf.OpenPins)),
            place, source.PortOrDefault(), TimeSpan.FromSeconds(source.IntervalSeconds), opening.Ground);
    }

    private static IEnumerable<string> RecipeProblems(SourceOptions source)
    {
        if (IotRecipe.Read(source.Driver, source.Outputs, out var problem) is not { } recipe)
        {
            return [problem!];
        }

        string[] places =
        [
            .. recipe.IsOnI2c && source.Address == 0 ? (string[])["Address: missing; a device of this kind has no usual one"] : [],
            .. source.Channel.Length > 0 && (recipe.IsOnI2c || ChipSelect(source) < 0) ? (string[])[$"Channel: '{source.Channel}' is not the chip select of a device on SPI, 0 or 1; leave it out otherwise"] : [],
        ];
        return places.Concat(IotDevices.Problems(recipe));
    }

    private static int ChipSelect(SourceOptions source) => source.Channel.Length == 0 ? 0 : int.TryParse(source.Channel, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 7 ? number : -1;

    private static IEnumerable<string> Problems(SourceOptions source, string path)
    {
        if (!IotDevices.IsBuiltIn)
        {
            yield return $"{path}.Kind: {source.Kind} {IotDevices.HowToGetIt}";
        }

        if (source.IntervalSeconds < LeastSeconds)
        {
            yield return FormattableString.Invariant($"{path}.IntervalSeconds: {source.IntervalSeconds} is less than the {LeastSeconds} s a driver that holds the bus is given");
        }

        if (source.Bus is < 0 or > 255)
        {
            yield return $"{path}.Bus: {source.Bus} is not the N of a /dev/i2c-N";
        }
    }
}
