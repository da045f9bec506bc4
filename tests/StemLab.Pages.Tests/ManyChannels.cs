using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Startup;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Pages;

/// <summary>Eight agents of six channels each that have said something every second for eight minutes: as much as a student's page has to tell at most. The same each time.</summary>
internal static class ManyChannels
{
    private const int Agents = 8;
    private const long Second = 1_000_000;
    private const int Seconds = 480;
    private const double Impossible = 20;

    // 2026-06-01, about.
    private const long Utc0 = 1_780_000_000 * Second;

    /// <summary>No interval declared: then each reading is a dot beside the line. What the page shows first is the first of these.</summary>
    private static readonly (InputDeclaration Input, double Mean, double Spread)[] Inputs =
    [
        (new("a", "ph", "[pH]", 0), 7.1, 0.2), (new("b", "dissolved_oxygen", "mg/L", 0), 6.5, 0.2), (new("c", "air_temperature", "Cel", 0), 28, 0.3),
        (new("d", "specific_conductance_25", "uS/cm", 0), 800, 9), (new("e", "turbidity", "[NTU'U]", 0), 12, 1), (new("f", "relative_humidity", "%", 0), 70, 2),
    ];

    /// <param name="hub">One without a clock of its own.</param>
    /// <param name="failEvery">Each so manieth reading of a pH is impossible; 0 = none.</param>
    /// <returns>Says what they have measured since.</returns>
    public static async Task<Func<Task>> SayAsync(HubHost hub, int failEvery = 0)
    {
        var clock = hub.Services.GetRequiredService<HubClock>();
        var facts = hub.Services.GetRequiredService<FactLog>();
        var store = hub.Services.GetRequiredService<ObservationStore>();
        var chance = new Random(1);
        var now = clock.NowUs();
        var next = -Seconds;
        List<(AgentId, BootId)> ponds = [];
        facts.Append(new FactDraft(new UtcAnchor(clock.BootId, now, Utc0 + now, 20_000, "gps"), clock.Now, FactRoles.Teacher));
        for (var i = 0; i < Agents; i++)
        {
            // An agent's clock is an hour ahead, so that its readings are later than its beginning.
            var (agent, boot) = (new AgentId(NumberOf(chance)), new BootId(NumberOf(chance)));
            hub.Services.GetRequiredService<FleetBook>().Enrol($"pond-{i + 1}", agent);
            Assert.Empty((await store.DeclareAsync(new Declarations(agent, [new BootDeclaration(boot, agent, BootKind.Device, 1, null)], [], []))).Refused);
            facts.Append(new FactDraft(new ClockTie(new Id128(boot.Value), now + (3_600 * Second), clock.BootId, now, 1_000), clock.Now, FactRoles.Teacher));
            ponds.Add((agent, boot));
        }

        await GoOnAsync();
        return GoOnAsync;

        async Task GoOnAsync()
        {
            var (from, to) = (next, (int)((clock.NowUs() - now) / Second));
            next = Math.Max(from, to);
            foreach (var (agent, boot) in from < to ? ponds : [])
            {
                ImmutableArray<ForeignRow> rows = [.. Enumerable.Range(from, to - from).SelectMany(s => Inputs.Select(one => new ForeignRow(
                    one.Input, now + ((3_600 + s) * Second) + chance.Next(200_000),
                    failEvery > 0 && s % failEvery == 0 && one.Input.Quantity == "ph" ? Impossible : Math.Round(one.Mean + (one.Spread * (chance.NextDouble() + chance.NextDouble() - 1)), 3), 0)))];
                var submission = new ForeignRows(agent, boot, rows, null, false);
                await store.SubmitAsync(submission);
                await submission.Completion;
            }
        }
    }

    private static UInt128 NumberOf(Random chance) => new((ulong)chance.NextInt64(), (ulong)chance.NextInt64());
}
