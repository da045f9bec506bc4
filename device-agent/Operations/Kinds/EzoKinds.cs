using System.Collections.Immutable;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.Serial;

namespace StemLab.Agent.Operations.Kinds;

/// <summary>Atlas Scientific EZO circuits.</summary>
internal static class EzoKinds
{
    /// <summary>One kind for each type of circuit.</summary>
    public static ImmutableArray<SourceKind> All { get; } = [.. EzoModel.All.Select(Of)];

    private static SourceKind Of(EzoModel model) => new(
        model.Kind,
        "Bus, Address (I2C), or Serial or Path, Baud (UART)" + (model.TakesTemperature ? ", TemperatureFrom" : "") + (model.Outputs.Length > 1 ? ", Outputs" : ""),
        source => source.Serial.Length + source.Path.Length > 0 ? Ports.NameOf($"{model.Kind}-{source.Serial}{source.Path}") : $"{model.Kind}-i2c{source.Bus}-{source.AddressOrDefault()}",
        (source, path) => Problems(source, model, path),
        async (source, opening) => await EzoProbe.OpenAsync(
            new EzoSettings(model, source.PortOrDefault(), TimeSpan.FromSeconds(source.IntervalSeconds), EzoSettings.Choose(model, source.Outputs)!.Value, opening.Temperature, source.TemperatureFrom),
            source.Serial.Length + source.Path.Length > 0
                ? new EzoUart(new SerialLine(SerialKinds.PathOf(source), source.Baud == 0 ? EzoUart.FactoryBaud : source.Baud), opening.Ground.Time)
                : new EzoChip(opening.Shelf.Bus(source.Bus), source.AddressOrDefault(), opening.Ground.Time),
            opening.Ground,
            opening.CancellationToken))
    {
        FactoryAddress = model.FactoryAddress,
    };

    private static IEnumerable<string> Problems(SourceOptions source, EzoModel model, string path)
    {
        // The transfer itself takes milliseconds; a circuit is asked again 50 ms after its time at the earliest.
        var least = (source.TemperatureFrom.Length > 0 ? EzoModel.CompensatedReadingTime : model.ReadingTime).TotalSeconds + 0.1;
        if (source.IntervalSeconds < least)
        {
            yield return FormattableString.Invariant($"{path}.IntervalSeconds: {source.IntervalSeconds} is less than the {least} s this circuit needs for a reading");
        }

        if (source.Bus is < 0 or > 255)
        {
            yield return $"{path}.Bus: {source.Bus} is not the N of a /dev/i2c-N";
        }

        if (EzoSettings.Choose(model, source.Outputs) is null)
        {
            var names = model.Outputs.Where(output => output.Name.Length > 0).Select(output => output.Name).ToList();
            yield return names.Count > 1
                ? $"{path}.Outputs: '{source.Outputs}' is not some of {string.Join(',', names)}"
                : $"{path}.Outputs: '{source.Outputs}', but {model.Kind} has nothing to choose; leave it out";
        }

        if (source.TemperatureFrom.Length > 0 && !model.TakesTemperature)
        {
            yield return $"{path}.TemperatureFrom: {model.Kind} is not compensated with a temperature; leave it out";
        }
    }
}
