using System.Collections.Immutable;
using System.Globalization;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using Calibration = StemLab.Hub.Facts.Calibration;
using Instant = StemLab.Hub.Facts.Instant;

namespace StemLab.Benchmarks;

/// <summary>The data folder of a hub after a field trip: eight agents of six channels at 1 Hz, anchored by GPS, each pH probe calibrated.</summary>
internal static class TripFolder
{
    public const int Agents = 8;
    public const int Channels = 6;
    private const ulong Catalog = 0x7219;
    private const long Second = 1_000_000;
    private const long Utc0 = 1_780_000_000 * Second;
    private const int SecondsOfABlock = 160;

    private static readonly InputDeclaration[] Inputs =
    [
        new("ph", "ph", "[pH]", 0), new("t", "water_temperature", "Cel", 0), new("ec", "electrical_conductivity", "mS/cm", 0),
        new("do", "dissolved_oxygen", "mg/L", 0), new("turb", "turbidity", "[FNU]", 0), new("depth", "depth", "m", 0),
    ];

    /// <summary>All channels of the trip, as a selection names them.</summary>
    public static ImmutableArray<string> AgentNames { get; } = [.. Enumerable.Range(0, Agents).Select(agent => $"agents/{Owner(agent)}/channels/-")];

    /// <summary>Fills an empty folder; a hub can be started on it then.</summary>
    public static async Task FillAsync(string folder, int hours)
    {
        using (var database = HubDatabase.Open(Path.Combine(folder, "hub.db")))
        {
            var identity = HubIdentity.Of(database);
            var clock = new HubClock(database, identity, new BootSource("bench", () => Second));
            var fleet = new FleetBook(database, clock);
            var log = new FactLog(database, identity);
            for (var agent = 0; agent < Agents; agent++)
            {
                fleet.Enrol(string.Create(CultureInfo.InvariantCulture, $"ag-{agent + 1}"), Owner(agent));
                FactBody[] facts =
                [
                    new UtcAnchor(new Id128(Boot(agent).Value), 0, Utc0, 20_000, "gps"),
                    new Deployment(new Id128(Owner(agent).Value), "ph", Probe(agent), "EZO-pH", $"S-{agent}", Instant.AtUtc(1)),
                    new Calibration(Probe(agent), "", "", "", "", 1.02, -0.11, Instant.AtUtc(1), "two buffers"),
                ];
                log.Append([.. facts.Select(fact => new FactDraft(fact, clock.Now, FactRoles.Teacher))]);
            }
        }

        await using var store = ObservationStore.Open(new StoreOptions { Folder = folder }, OpenStore.Decode, null, TimeProvider.System);
        var random = new Random(7);
        var inFlight = new List<Task>();
        for (var agent = 0; agent < Agents; agent++)
        {
            await store.DeclareAsync(new Declarations(
                Owner(agent), [new BootDeclaration(Boot(agent), Owner(agent), BootKind.Device, 1, null)], [new CatalogDeclaration(Catalog, [.. Inputs])], [new StreamDeclaration(Stream(agent), Boot(agent), null)]));
            ulong seq = 0;
            for (var second = 0; second < hours * 3600; second += SecondsOfABlock)
            {
                var block = Block(agent, second, Math.Min(SecondsOfABlock, (hours * 3600) - second), ref seq, random);
                await store.SubmitAsync(block);
                inFlight.Add(block.Completion);
            }
        }

        await Task.WhenAll(inFlight);
        await store.FlushAsync();
    }

    private static AgentId Owner(int agent) => new((UInt128)(0xA0 + agent));

    private static BootId Boot(int agent) => new((UInt128)(0xB00 + agent));

    private static StreamId Stream(int agent) => new((ulong)(0xC0 + agent));

    private static Id128 Probe(int agent) => new((UInt128)(0xD0 + agent));

    private static NativeBlock Block(int agent, int from, int seconds, ref ulong seq, Random random)
    {
        var draft = new BlockDraft(Stream(agent).Value, new Id128(Boot(agent).Value), Catalog);
        for (var input = 0; input < Channels; input++)
        {
            for (var i = from; i < from + seconds; i++)
            {
                var t = ((1L + i) * Second) + random.Next(500);
                if (random.Next(1000) == 0)
                {
                    draft.AddMissing(input, t, Wire.V1.MissingReason.Fault);
                    continue;
                }

                draft.Add(input, t, Value(input, i, random));
            }
        }

        var payload = BlockCodec.ToUp(BlockCodec.Seal(draft, seq));
        if (!OpenStore.Decode(payload, out var rows))
        {
            throw new InvalidOperationException("BUG: our own block cannot be decoded");
        }

        var block = new NativeBlock(Owner(agent), Stream(agent), Boot(agent), Catalog, seq, rows.Count, payload, rows);
        seq += (ulong)rows.Count;
        return block;
    }

    /// <summary>What such probes show: a day's course, with the noise of their last digits.</summary>
    private static double Value(int input, int second, Random random)
    {
        (double middle, double swing, double noise, int digits) = input switch
        {
            0 => (8.05, 0.1, 0.02, 3),
            1 => (28.5, 1.5, 0.05, 2),
            2 => (46.0, 2.0, 0.1, 2),
            3 => (6.4, 0.8, 0.05, 2),
            4 => (3.0, 1.0, 0.3, 1),
            _ => (2.5, 1.2, 0.02, 2),
        };
        return Math.Round(middle + (swing * Math.Sin(second / 7000.0)) + (noise * (random.NextDouble() - 0.5)), digits);
    }
}
