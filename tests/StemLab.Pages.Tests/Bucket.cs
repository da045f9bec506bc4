using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Startup;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Pages;

/// <summary>pH probes that have hung in one bucket for five minutes and go on hanging there: readings of a second, put in at the store's door.</summary>
internal static class Bucket
{
    private const long Second = 1_000_000;
    private const int BeforeS = 300;

    // Ahead of the hub's clock, so that a slow machine does not find them old.
    private const int AfterS = 600;

    /// <summary>Channel of the probe of that number, from 1.</summary>
    public static string Channel(int probe) => $"agents/{Owner(probe)}/channels/ph~ph";

    /// <summary>Probes "probe-1", "probe-2" … that say these values, a thousandth more or less.</summary>
    public static async Task FillAsync(HubHost hub, params double[] ph)
    {
        var clock = hub.Services.GetRequiredService<HubClock>();
        var store = hub.Services.GetRequiredService<ObservationStore>();
        var input = new InputDeclaration("ph", "ph", "[pH]", 0);
        for (var probe = 1; probe <= ph.Length; probe++)
        {
            var (agent, boot, value, now) = (Owner(probe), new BootId((UInt128)(0xB00 + probe)), ph[probe - 1], clock.NowUs());
            hub.Services.GetRequiredService<FleetBook>().Enrol($"probe-{probe}", agent);
            await store.DeclareAsync(new Declarations(agent, [new BootDeclaration(boot, agent, BootKind.Device, 1, null)], [], []));
            hub.Services.GetRequiredService<FactLog>().Append(new FactDraft(new ClockTie(new Id128(boot.Value), BeforeS * Second, clock.BootId, now, 1_000), clock.Now, FactRoles.Teacher));
            var rows = new ForeignRows(agent, boot, [.. Enumerable.Range(0, BeforeS + AfterS).Select(i => new ForeignRow(input, i * Second, value + ((i % 3) - 1) * 0.001, 0))], null, false);
            await store.SubmitAsync(rows);
            await rows.Completion;
        }
    }

    private static AgentId Owner(int probe) => new((UInt128)(0xA00 + probe));
}
