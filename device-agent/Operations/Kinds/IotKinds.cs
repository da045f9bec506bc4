using System.Collections.Immutable;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Iot;
using StemLab.IotBindings;

namespace StemLab.Agent.Operations.Kinds;

/// <summary>Devices of Iot.Device.Bindings, named also where this build has no drivers for them: then they are refused with how to get these.</summary>
internal static class IotKinds
{
    private const double LeastSeconds = 0.1;

    /// <summary>One kind a device.</summary>
    public static ImmutableArray<SourceKind> All { get; } = [.. IotDevices.All.Select(Of)];

    private static SourceKind Of(IotDevice device) => new(
        device.Kind,
        "Bus, Address",
        source => $"{device.Kind}-i2c{source.Bus}-{source.AddressOrDefault()}",
        Problems,
        (source, opening) => ValueTask.FromResult<IProbe>(new IotProbe(
            device, address => IotDevices.Open(device.Kind, address), opening.Shelf.Bus(source.Bus), source.AddressOrDefault(), source.PortOrDefault(), TimeSpan.FromSeconds(source.IntervalSeconds), opening.Ground)))
    {
        FactoryAddress = device.FactoryAddress,
    };

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
