using System.Collections.Immutable;
using StemLab.Agent.Sensors.I2c;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>What is at an address.</summary>
/// <param name="Address">I2C address.</param>
/// <param name="Type">What the circuit calls itself ("pH"); empty where it is no EZO circuit.</param>
/// <param name="Firmware">Its version; empty where it is none.</param>
/// <param name="KernelDriver">The kernel driver that owns the address, which was then not asked; empty where none does.</param>
internal readonly record struct EzoFound(int Address, string Type, string Firmware, string KernelDriver);

/// <summary>Looks for EZO circuits, only when somebody asks for it: other chips (SCD30, SCD4x, clocks) share their addresses and may take a question for a command.</summary>
internal static class EzoScan
{
    /// <summary>Factory addresses of the circuits there is a kind for.</summary>
    public static ImmutableArray<int> FactoryAddresses { get; } = [.. EzoModel.All.Select(model => model.FactoryAddress).Order()];

    /// <summary>Asks "i" at each address; returns those where something is.</summary>
    public static async Task<IReadOnlyList<EzoFound>> FindAsync(SharedBus bus, IEnumerable<int> addresses, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(addresses.Distinct().Order().Select(address => AskAsync(bus, address, time, cancellationToken)));
        return [.. found.OfType<EzoFound>()];
    }

    private static async Task<EzoFound?> AskAsync(SharedBus bus, int address, TimeProvider time, CancellationToken cancellationToken)
    {
        if (bus.KernelDriverOf(address) is { } driver)
        {
            return new EzoFound(address, "", "", driver);
        }

        var answer = await EzoIdentity.AskAsync(new EzoChip(bus, address, time), cancellationToken);
        if (answer.Outcome is EzoOutcome.Absent or EzoOutcome.BusStuck or EzoOutcome.BusFailed)
        {
            return null;
        }

        return answer.Outcome == EzoOutcome.Ok && EzoText.TryIdentity(answer.Text, out var type, out var firmware)
            ? new EzoFound(address, type, firmware, "")
            : new EzoFound(address, "", "", "");
    }
}
