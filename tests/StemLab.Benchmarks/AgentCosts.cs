using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent;
using StemLab.Agent.Operations;
using StemLab.Agent.Outbox;
using StemLab.Agent.Sensors;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Benchmarks;

/// <summary>What a reading costs an agent: bytes on the wire, bytes of garbage, bytes written to its card. In this process.</summary>
internal static class AgentCosts
{
    private const int Channels = 4;

    /// <summary>Serialised blocks by their readings, and the same with MQTT's own bytes (48 a publish, 40 of them the topic): probe data of four channels with 2 to 3 decimals; doubles no decimal fits; one second of the four.</summary>
    public static void Wire(Figures figures)
    {
        var random = new Random(6);
        State(figures, "one_minute_of_4_probes", BlockBytes(60, (input, row) => Math.Round(7 + input + (Math.Sin(row / 9.0) / 5), input % 2 == 0 ? 3 : 2)), 60, 6);
        State(figures, "one_minute_raw_doubles", BlockBytes(60, (_, _) => random.NextDouble() * Math.PI), 60, 12);
        State(figures, "one_second_of_4_probes", BlockBytes(1, (input, _) => 7.123 + input), 1, 35);
    }

    /// <summary>Sampling, sealing and keeping 16 outputs at 100 Hz without a hub; bytes allocated in the whole process by reading.</summary>
    public static async Task AllocationsAsync(Figures figures, Scale scale, string folder)
    {
        var probe = new SteadyProbe();
        await using var agent = AgentRuntime.Create(
            new AgentOptions { AgentId = Id128.New(), Token = "t", HubAddress = "127.0.0.1:1", DataFolder = folder }, [probe], [], TimeProvider.System, NullLoggerFactory.Instance);
        using var stop = new CancellationTokenSource();
        var running = agent.RunAsync(stop.Token);
        await Task.Delay(scale.Of(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5)), TimeProvider.System, CancellationToken.None);
        var (rows, bytes) = (agent.Health().RowsSampled, GC.GetTotalAllocatedBytes());
        await Task.Delay(scale.Of(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(20)), TimeProvider.System, CancellationToken.None);
        var (rowsAfter, bytesAfter) = (agent.Health().RowsSampled, GC.GetTotalAllocatedBytes());
        figures.AtMost("agent_allocated_bytes_per_reading", (bytesAfter - bytes) / (double)(rowsAfter - rows), 200);
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Bytes the kernel writes for 20 channels at 1 Hz, a minute or more of an agent's clock, as a day; with receipts and without.</summary>
    public static void Wear(Figures figures, Scale scale, string folder)
    {
        if (!File.Exists("/proc/self/io"))
        {
            return;
        }

        var seconds = scale.Of(60, 900, 3600);
        figures.Stated("agent_card_mb_a_day_20_channels_1_hz_with_a_hub", Day(folder, "with", seconds, receipts: true));
        figures.Stated("agent_card_mb_a_day_20_channels_1_hz_without_a_hub", Day(folder, "without", seconds, receipts: false));
    }

    private static double Day(string folder, string name, int seconds, bool receipts)
    {
        var time = new OwnTime();
        var store = Id128.New();
        var catalog = new Catalog { Inputs = { Enumerable.Range(0, 20).Select(i => new Input { Port = $"p{i}", Quantity = "ph", UnitUcum = "[pH]", ConfigRev = 1 }) } };
        catalog.Hash = CatalogHash.Of(catalog.Inputs);
        using var outbox = Outbox.Open(new OutboxOptions { Path = Path.Combine(folder, name + ".db") }, time, NullLogger<Outbox>.Instance);
        var sealer = outbox.OpenStream(new BootRecord(Id128.New(), BootKind.Device, 1, default, "", 0, 0), catalog);
        var before = Written();
        for (var second = 1; second <= seconds; second++)
        {
            outbox.Append(sealer, [.. Enumerable.Range(0, 20).Select(i => new Row(i, second * 1_000_000L, Math.Round(7 + Math.Sin(second / 30.0), 3), MissingReason.Unspecified))]);
            outbox.Seal();
            if (receipts)
            {
                outbox.Cover(store, sealer.StreamId, [new SeqRange { FirstSeq = 0, Count = sealer.NextSeq }]);
            }

            time.Pass(TimeSpan.FromSeconds(1));
            outbox.Keep(all: false);
        }

        return (Written() - before) / 1048576.0 * 86_400 / seconds;
    }

    /// <summary>write_bytes of /proc/self/io: what this process has sent towards a disk.</summary>
    private static long Written() => File.ReadLines("/proc/self/io").Where(line => line.StartsWith("write_bytes:", StringComparison.Ordinal))
        .Select(line => long.Parse(line["write_bytes:".Length..], CultureInfo.InvariantCulture)).Single();

    private static void State(Figures figures, string what, int bytes, int rows, double goal)
    {
        figures.AtMost($"agent_wire_bytes_per_reading_{what}", bytes / (double)(rows * Channels), goal);
        figures.Stated($"agent_wire_bytes_per_reading_{what}_with_mqtt", AgentBaselines.PublishBytes(Topics.Up(Id128.New()).Length, bytes) / (double)(rows * Channels));
    }

    private static int BlockBytes(int rows, Func<int, int, double> value)
    {
        var draft = new BlockDraft(0x1234_5678_9ABC_DEF0, Id128.New(), 0x0FED_CBA9_8765_4321);
        for (var row = 0; row < rows; row++)
        {
            for (var input = 0; input < Channels; input++)
            {
                draft.Add(input, 86_400_000_000 + (row * 1_000_000L) + (input * 130) + (row * 37 % 200), value(input, row));
            }
        }

        return BlockCodec.ToUp(BlockCodec.Seal(draft, 1_000_000)).Length;
    }

    /// <summary>Sixteen outputs at 100 Hz that cost nothing to read.</summary>
    private sealed class SteadyProbe : IProbe
    {
        public ProbeDescription Description { get; } = new("steady", TimeSpan.FromMilliseconds(10), [.. Enumerable.Range(0, 16).Select(i => new OutputDescription($"c{i}", "voltage", "V"))]);

        public ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
        {
            for (var i = 0; i < into.Length; i++)
            {
                into.Span[i] = RawReading.Of(i, 1.5);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>A clock that moves when told.</summary>
    private sealed class OwnTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Pass(TimeSpan span) => ticks += span.Ticks;
    }
}
