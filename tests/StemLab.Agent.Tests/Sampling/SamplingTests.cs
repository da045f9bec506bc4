using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Testing;
using StemLab.Agent.Outbox;
using StemLab.Agent.Sensors;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sampling;

/// <summary>Readings get their time from the clock, at the end of the transfer, and reach the outbox.</summary>
public sealed class SamplingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly OutboxBench bench = new();
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly BootClock clock;

    public SamplingTests() => clock = new BootClock(bench.Boot, BootSource.From(bench.Time, null));

    [Fact]
    public async Task A_probe_is_asked_on_the_grid_and_stamped_when_its_transfer_ends()
    {
        var probe = new SlowProbe(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(300), bench.Time);
        var running = Sampler(probe).RunAsync(stop.Token);
        await AdvanceUntilAsync(probe, reads: 5);
        await StopAsync(running);
        var rows = Rows();
        Assert.True(rows.Count >= 5);
        Assert.All(rows, row => Assert.Equal(300_000, row.TUs % 1_000_000));
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.Equal(1_000_000, pair.Second.TUs - pair.First.TUs));
    }

    [Fact]
    public async Task A_probe_slower_than_its_interval_misses_deadlines_which_are_counted_not_caught_up()
    {
        var probe = new SlowProbe(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1700), bench.Time);
        var sampler = Sampler(probe);
        var running = sampler.RunAsync(stop.Token);
        await AdvanceUntilAsync(probe, reads: 6);
        await StopAsync(running);
        var rows = Rows();
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.Equal(2_000_000, pair.Second.TUs - pair.First.TUs));
        Assert.InRange(sampler.MissedDeadlines, rows.Count - 1, rows.Count + 1);
    }

    [Fact]
    public async Task A_driver_that_throws_gives_missing_rows_and_one_line_in_the_log()
    {
        var log = new FakeLogger<ProbeSampler>();
        var probe = new SlowProbe(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(10), bench.Time) { Throws = true };
        var running = new ProbeSampler(probe, new RowIntake(bench.Outbox, bench.Sealer, 0), clock, bench.Time, log).RunAsync(stop.Token);
        await AdvanceUntilAsync(probe, reads: 4);
        await StopAsync(running);
        Assert.All(Rows(), row => Assert.Equal(MissingReason.Fault, row.Missing));
        Assert.Single(log.Collector.GetSnapshot());
    }

    [Fact]
    public async Task From_20_Hz_on_a_probe_has_its_own_thread_and_keeps_its_grid()
    {
        // Only sleeping and the transfer itself move this clock: how busy the machine is makes no difference.
        var nowUs = 3L;
        var fast = new BootClock(bench.Boot, new BootSource(null, () => Volatile.Read(ref nowUs), untilUs => Volatile.Write(ref nowUs, untilUs)));
        var probe = new FastProbe(TimeSpan.FromMilliseconds(5), enough: 60, stop, read => Volatile.Write(ref nowUs, Volatile.Read(ref nowUs) + (read == 10 ? 11_000 : 1_000)));
        var sampler = new ProbeSampler(probe, new RowIntake(bench.Outbox, bench.Sealer, 0), fast, bench.Time, new FakeLogger<ProbeSampler>());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sampler.RunAsync(stop.Token).WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken));

        // Deadlines 5, 10, … ms, each stamped 1 ms later; the tenth takes 11 ms, and the two deadlines in it are skipped.
        Assert.Equal([.. Enumerable.Range(1, 9).Select(k => (k * 5_000L) + 1_000), 61_000, .. Enumerable.Range(13, 50).Select(k => (k * 5_000L) + 1_000)], Rows().Select(row => row.TUs));
        Assert.Equal(2, sampler.MissedDeadlines);
        Assert.False(probe.OnPoolThread);
        Assert.Single(probe.Threads.Distinct());
    }

    [Fact]
    public async Task A_source_with_history_is_taken_at_once_up_to_now_and_then_as_its_clock_comes_to_it()
    {
        var now = clock.NowUs();
        var source = new ListSource(SourceClock.Device(TimeSpan.FromHours(1)), [.. Enumerable.Range(-100, 200).Select(i => now + (i * 1_000_000L))]);
        var running = Pump(source, clock).RunAsync(stop.Token);
        await source.Reached(now + 1_000_000).WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(202, Rows().Count);
        for (var second = 1; second <= 5; second++)
        {
            bench.Time.Advance(TimeSpan.FromSeconds(1));
            await source.Reached(now + ((second + 1) * 1_000_000L)).WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        await StopAsync(running);
        Assert.Equal(10, Rows().Count);
    }

    [Fact]
    public async Task A_source_that_waits_itself_does_not_hold_back_what_it_gave()
    {
        var source = new ChannelSource();
        var running = Pump(source, null).RunAsync(stop.Token);
        source.Give(10);
        await source.Waits(1).WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(10, Assert.Single(Rows()).TUs);
        await StopAsync(running);
    }

    [Fact]
    public async Task Readings_without_a_time_get_that_of_their_arrival_and_those_of_one_line_share_it()
    {
        var running = Pump(new LineSource(), clock).RunAsync(stop.Token);
        using var limit = new CancellationTokenSource(Patience, TimeProvider.System);
        while (!running.IsCompleted && !limit.IsCancellationRequested)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await running.WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        var rows = Rows().OrderBy(row => row.TUs).ToList();
        Assert.Equal([0, 1, 0, 1], rows.Select(row => row.Input));
        Assert.Equal((rows[0].TUs, rows[2].TUs), (rows[1].TUs, rows[3].TUs));
        Assert.True(rows[2].TUs > rows[1].TUs);
        Assert.InRange(rows[3].TUs, 0, clock.NowUs());
    }

    [Fact]
    public async Task A_source_that_fails_ends_and_the_log_says_so()
    {
        var log = new FakeLogger<SourcePump>();
        var source = new ListSource(SourceClock.Utc(1), [1, 2, 3]) { Fails = true };
        await new SourcePump(source, new RowIntake(bench.Outbox, bench.Sealer, 0), null, 0, bench.Time, log).RunAsync(stop.Token)
            .WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(2102, Assert.Single(log.Collector.GetSnapshot()).Id.Id);
    }

    [Fact]
    public void Two_probes_of_one_port_and_quantity_are_refused_with_both_names()
    {
        using var folder = new TestKit.TempFolder();
        using var book = AgentBook.Open(folder.File("agent.db"), out _);
        ProbeDescription Of(string name, string port) => new(name, TimeSpan.FromSeconds(1), [new OutputDescription(port, "ph", "[pH]")]);
        var error = Assert.Throws<InvalidDataException>(() => InputCatalog.Of([Of("left", "a"), Of("right", "a"), Of("shouting", "PH")], book));
        Assert.Contains("port 'a' gives ph twice: left, right", error.Message, StringComparison.Ordinal);
        Assert.Contains("port 'PH' of shouting", error.Message, StringComparison.Ordinal);
        var catalog = InputCatalog.Of([Of("left", "a"), Of("right", "b") with { Interval = TimeSpan.FromMilliseconds(200) }], book);
        Assert.Equal((0, 1, true), (catalog.FirstInput(0), catalog.FirstInput(1), catalog.HasFastInputs));
        Assert.Equal(CatalogHash.Of(catalog.Wire.Inputs), catalog.Wire.Hash);
    }

    public void Dispose()
    {
        stop.Dispose();
        bench.Dispose();
    }

    private static async Task StopAsync(Task running, CancellationTokenSource stop)
    {
        await stop.CancelAsync();
        await running.WaitAsync(Patience, TimeProvider.System, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task StopAsync(Task running) => StopAsync(running, stop);

    private ProbeSampler Sampler(IProbe probe) => new(probe, new RowIntake(bench.Outbox, bench.Sealer, 0), clock, bench.Time, new FakeLogger<ProbeSampler>());

    private SourcePump Pump(ITimedSource source, BootClock? boot) => new(source, new RowIntake(bench.Outbox, bench.Sealer, 0), boot, 0, bench.Time, new FakeLogger<SourcePump>());

    /// <summary>Moves the clock in small steps; after each lets the loop run until it waits again, which the probe or nobody can tell: a bounded number of yields.</summary>
    private async Task AdvanceUntilAsync(SlowProbe probe, int reads)
    {
        for (var step = 0; step < 2_000 && probe.Reads < reads; step++)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(10));
            for (var i = 0; i < 20; i++)
            {
                await Task.Yield();
            }
        }

        Assert.Equal(reads, probe.Reads);
    }

    /// <summary>Rows since the last call.</summary>
    private List<Row> Rows()
    {
        var newest = bench.Outbox.NewestAfter(0);
        bench.Outbox.Seal();
        var rows = new List<Row>();
        foreach (var held in bench.Outbox.Waiting(newest, long.MaxValue))
        {
            Assert.Equal(UpVerdict.Block, UpDecoder.Decode(held.Payload, out var block, out _, out _));
            rows.AddRange(block!.Columns.SelectMany(column => Enumerable.Range(column.Start, column.Length).Select(i => new Row(column.Input, block.TUs[i], block.Raw[i], (MissingReason)block.Missing[i]))));
        }

        return rows;
    }

    private static ProbeDescription Describe(TimeSpan interval, int outputs = 1) =>
        new("bench", interval, [.. Enumerable.Range(0, outputs).Select(i => new OutputDescription("p" + i, "ph", "[pH]"))]);

    private sealed class SlowProbe(TimeSpan interval, TimeSpan transfer, TimeProvider time) : IProbe
    {
        private int reads;

        public bool Throws { get; init; }

        public int Reads => Volatile.Read(ref reads);

        public ProbeDescription Description { get; } = Describe(interval);

        public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
        {
            await Task.Delay(transfer, time, cancellationToken);
            into.Span[0] = RawReading.Of(0, reads);
            Interlocked.Increment(ref reads);
            if (Throws)
            {
                throw new InvalidOperationException("a bug in a driver");
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Ends the sampling with its last reading.</summary>
    private sealed class FastProbe(TimeSpan interval, int enough, CancellationTokenSource stop, Action<int> transfer) : IProbe
    {
        private int reads;

        public List<int> Threads { get; } = [];

        public bool OnPoolThread { get; private set; }

        public ProbeDescription Description { get; } = Describe(interval);

        public ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
        {
            into.Span[0] = RawReading.Of(0, ++reads);
            OnPoolThread |= Thread.CurrentThread.IsThreadPoolThread;
            Threads.Add(Environment.CurrentManagedThreadId);
            transfer(reads);
            if (reads == enough)
            {
                stop.Cancel();
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Two outputs at each of the given times.</summary>
    private sealed class ListSource(SourceClock kind, ImmutableArray<long> times) : ITimedSource
    {
        private readonly Dictionary<long, TaskCompletionSource> reached = times.ToDictionary(t => t, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        public bool Fails { get; init; }

        public ProbeDescription Description { get; } = Describe(TimeSpan.FromSeconds(1), outputs: 2);

        public SourceClock Clock { get; } = kind;

        /// <summary>Ends when the pump asks for the reading of a time, having dealt with those before.</summary>
        public Task Reached(long tUs) => reached[tUs].Task;

        public async IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            foreach (var tUs in times.Where(t => t >= fromTUs))
            {
                yield return new TimedReading(0, tUs, tUs / 7.0, MissingReason.Unspecified);
                yield return new TimedReading(1, tUs, 0, MissingReason.NotCollected);
                reached[tUs].TrySetResult();
            }

            if (Fails)
            {
                throw new InvalidDataException("line 4 is not a reading");
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Two lines of two values that came together.</summary>
    private sealed class LineSource : ITimedSource
    {
        public ProbeDescription Description { get; } = Describe(TimeSpan.Zero, outputs: 2);

        public SourceClock Clock { get; } = SourceClock.Device(TimeSpan.Zero);

        public async IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            for (var i = 0; i < 4; i++)
            {
                yield return new TimedReading(i % 2, TimedReading.OnArrival, i, MissingReason.Unspecified);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class ChannelSource : ITimedSource
    {
        private readonly Channel<long> times = Channel.CreateUnbounded<long>();
        private readonly Channel<int> waits = Channel.CreateUnbounded<int>();

        public ProbeDescription Description { get; } = Describe(TimeSpan.Zero);

        public SourceClock Clock { get; } = SourceClock.Utc(1);

        public void Give(long tUs) => times.Writer.TryWrite(tUs);

        /// <summary>Ends when the source has given so many readings and waits; one more turn and the pump has flushed.</summary>
        public async Task Waits(int readings)
        {
            while (await waits.Reader.ReadAsync() < readings)
            {
                // An earlier wait.
            }

            for (var i = 0; i < 1_000; i++)
            {
                await Task.Yield();
            }
        }

        public async IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var given = 0; ; given++)
            {
                waits.Writer.TryWrite(given);
                var tUs = await times.Reader.ReadAsync(cancellationToken);
                yield return new TimedReading(0, tUs, 1, MissingReason.Unspecified);
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
