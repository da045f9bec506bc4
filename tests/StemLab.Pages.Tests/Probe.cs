using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Startup;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Pages;

/// <summary>A pH probe that says at once what it would say in minutes: its readings are put in at the store's door.</summary>
internal sealed class Probe(HubHost hub)
{
    private const long Second = 1_000_000;
    private const int Count = 220;
    private const long StepUs = Second / 10;

    // 2026-06-01, about.
    private const long Utc0 = 1_780_000_000 * Second;

    private static readonly AgentId Agent = new(new Id128(0xA).Value);
    private static readonly BootId Boot = new(new Id128(0xB0).Value);
    private static readonly InputDeclaration Input = new("ph", "ph", "[pH]", 0);

    // Readings lie ahead of the hub's clock, so that a slow machine does not find them old.
    private long lastUs;

    public static string Channel => $"agents/{new Id128(Agent.Value)}/channels/ph~ph";

    /// <summary>Tells the hub of the probe, and of the time.</summary>
    public static async Task<Probe> EnrolAsync(HubHost hub)
    {
        var clock = hub.Services.GetRequiredService<HubClock>();
        var facts = hub.Services.GetRequiredService<FactLog>();
        hub.Services.GetRequiredService<FleetBook>().Enrol("ag-1", Agent);
        var outcome = await hub.Services.GetRequiredService<ObservationStore>().DeclareAsync(new Declarations(Agent, [new BootDeclaration(Boot, Agent, BootKind.Device, 1, null)], [], []));
        Assert.Empty(outcome.Refused);
        var now = clock.NowUs();
        facts.Append(new FactDraft(new ClockTie(new Id128(Boot.Value), now, clock.BootId, now, 1_000), clock.Now, FactRoles.Teacher));
        facts.Append(new FactDraft(new UtcAnchor(clock.BootId, now, Utc0 + now, 20_000, "gps"), clock.Now, FactRoles.Teacher));
        return new Probe(hub) { lastUs = now + (600 * Second) };
    }

    /// <summary>The same probe on a hub that has started again.</summary>
    public Probe On(HubHost again) => new(again) { lastUs = lastUs };

    /// <summary>A tenth of a second of readings that begin now: what was measured between two statements.</summary>
    public async Task SayNowAsync(double ph)
    {
        var nowUs = hub.Services.GetRequiredService<HubClock>().NowUs();
        var submission = new ForeignRows(Agent, Boot, [.. Enumerable.Range(1, 100).Select(i => new ForeignRow(Input, nowUs + (i * 1_000), ph, 0))], null, false);
        await hub.Services.GetRequiredService<ObservationStore>().SubmitAsync(submission);
        await submission.Completion;
    }

    /// <summary>Names a site, and gives the agent a GPS that stands so many metres north of it.</summary>
    public async Task IsAtAsync(string slug, string name, double latitude, double longitude, double northM)
    {
        hub.Services.GetRequiredService<FactLog>().Append(new FactDraft(new Site(Id128.New(), slug, name, name, latitude, longitude), hub.Services.GetRequiredService<HubClock>().Now, FactRoles.Teacher));
        var at = hub.Services.GetRequiredService<HubClock>().NowUs();
        ForeignRow Row(string half, double degrees) => new(new InputDeclaration("gps", half, "deg", 0), at, degrees, 0);
        var submission = new ForeignRows(Agent, Boot, [Row("latitude", latitude + (northM / 111_195)), Row("longitude", longitude)], null, false);
        await hub.Services.GetRequiredService<ObservationStore>().SubmitAsync(submission);
        await submission.Completion;
    }

    /// <summary>22 s of one steady reading, after all that was said before.</summary>
    public async Task SayAsync(double ph)
    {
        var submission = new ForeignRows(Agent, Boot, [.. Enumerable.Range(1, Count).Select(i => new ForeignRow(Input, lastUs + (i * StepUs), ph, 0))], null, false);
        lastUs += Count * StepUs;
        await hub.Services.GetRequiredService<ObservationStore>().SubmitAsync(submission);
        await submission.Completion;
    }
}
