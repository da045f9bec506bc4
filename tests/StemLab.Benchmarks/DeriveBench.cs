using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.Hub.Stream;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Calibration = StemLab.Hub.Facts.Calibration;
using CalibrationMethod = StemLab.Hub.Facts.CalibrationMethod;
using Compensation = StemLab.Hub.Facts.Compensation;
using Fact = StemLab.Hub.Facts.Fact;
using Instant = StemLab.Hub.Facts.Instant;
using StandardReading = StemLab.Hub.Facts.StandardReading;
using Withdrawal = StemLab.Hub.Facts.Withdrawal;

namespace StemLab.Benchmarks;

/// <summary>
/// What facts cost when readings are asked for: 1,000 buckets over one boot of 10 million rows of an electrode at 10 Hz with a thermometer at 1 Hz, each beside
/// the same question without any calibration, and the step after a fact that re-times the boot. Real hub.db, real series.db.
/// </summary>
internal static class DeriveBench
{
    private const long Step = 100_000;
    private const long Utc0 = 1_780_000_000_000_000;
    private const int Block = 10_000;
    private const int Rounds = 7;

    private static readonly Id128 Agent = new(0xA);
    private static readonly Id128 Boot = new(0xB0);
    private static readonly Id128 Probe = new(0x77);

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var rows = scale.Of(smoke: 100_000, ordinary: 10_000_000, full: 10_000_000);
        using var folder = new BenchFolder();
        using var database = HubDatabase.Open(Path.Combine(folder.Path, "hub.db"));
        var identity = HubIdentity.Of(database);
        var log = new FactLog(database, identity);
        var clock = new HubClock(database, identity, new BootSource("bench", () => 1_000_000));
        var fleet = new FleetBook(database, clock);
        var extents = new StoredExtents();
        var stream = new CommittedStream();
        void Committed(CommittedRows committed)
        {
            extents.Observe(committed);
            stream.Publish(committed);
        }

        await using var store = ObservationStore.Open(new StoreOptions { Folder = folder.Path }, NoBlocks, Committed, TimeProvider.System);
        stream.Attach(store, store.Stats.Commit);
        var book = new DerivationBook(log, fleet, clock, store, extents, NullLogger<DerivationBook>.Instance);
        await FillAsync(store, rows);
        await using var judging = await Judging.StartAsync(store, stream, book);
        var query = new ReadingQuery(store, book, judging.Book, clock);

        Fact State(FactBody body) => log.Append(new FactDraft(body, clock.Now, FactRoles.Teacher)).Stated[0];

        State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        State(new Deployment(Agent, "a0", Probe, "", "", Instant.AtUtc(0)));
        await judging.SettledAsync();
        await RecheckAsync(figures, store, judging, State, rows);
        var raw = await ShortestAsync(query, book, rows);

        var affine = State(new Calibration(Probe, "voltage", "mV", "ph", "[pH]", -0.017, 7, Instant.AtUtc(0), ""));
        await judging.SettledAsync();
        figures.AtMost("derive_buckets_affine_over_raw", await ShortestAsync(query, book, rows) / raw, 2);
        var flagged = log.Append([.. Flags(rows).Select(flag => new FactDraft(flag, clock.Now, FactRoles.Teacher))]).Stated;
        await judging.SettledAsync();
        figures.AtMost("derive_buckets_affine_one_percent_flagged_over_raw", await ShortestAsync(query, book, rows) / raw, 2);
        log.Append(new FactDraft(new Withdrawal("bench"), clock.Now, FactRoles.Teacher) { Supersedes = [.. flagged.Select(fact => fact.FactId)] });
        await judging.SettledAsync();

        var end = Instant.AtBoot(Boot, rows * Step);
        var check = State(new CalibrationCheck(Probe, end, [new StandardReading(5, 7), new StandardReading(170, 4.01)], ""));
        State(new DriftSpread(Probe, affine.FactId, check.FactId, Instant.AtBoot(Boot, 0), end, DriftSpread.Linear, ""));
        await judging.SettledAsync();
        figures.AtMost("derive_buckets_drift_over_raw", await ShortestAsync(query, book, rows) / raw, 6);

        var method = new CalibrationMethod(CalibrationForm.Ph, [], [], [new Compensation(CompensationRole.Temperature, "water_temperature", 10_000_000)]);
        State(new Calibration(Probe, "voltage", "mV", "ph", "[pH]", -0.017, 7, Instant.AtBoot(Boot, 0), "", method));
        await judging.SettledAsync();
        figures.AtMost("derive_buckets_compensated_ph_over_raw", await ShortestAsync(query, book, rows) / raw, 6);

        State(new DerivedChannelBody(
            Agent,
            "computed",
            "",
            "number(v) * 2 + number(t)",
            "",
            "1",
            [new DerivedBinding("v", $"agents/{Agent}/channels/a0~ph", ""), new DerivedBinding("t", $"agents/{Agent}/channels/t~water_temperature", "")],
            0,
            ""));
        await judging.SettledAsync();
        figures.Stated("derive_buckets_computed_over_raw", await ShortestAsync(query, book, rows, "computed") / raw);

        List<double> repairs = [];
        for (var i = 1; i <= Rounds; i++)
        {
            State(new UtcAnchor(Boot, i * 1_000_000, Utc0 + (i * 1_000_000) + (i * 5), 500, "gps"));
            var started = TimeProvider.System.GetTimestamp();
            _ = book.Current;
            repairs.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }

        figures.AtMost("derive_time_repair_ms", Median(repairs), 100);
    }

    /// <summary>A person's word on 1 % of the span, in a hundred places.</summary>
    private static IEnumerable<HumanFlag> Flags(int rows)
    {
        const int Places = 100;
        for (var i = 0; i < Places; i++)
        {
            var from = rows / Places * i * Step;
            yield return new HumanFlag(
                $"agents/{Agent}/channels/a0~ph", Instant.AtBoot(Boot, from), Instant.AtBoot(Boot, from + (rows / Places / 100 * Step)), 4, "bench");
        }
    }

    /// <summary>Another rule for the electrode: all its rows are judged again, while somebody writes, who must hardly notice.</summary>
    private static async Task RecheckAsync(Figures figures, ObservationStore store, Judging judging, Func<FactBody, Fact> state, int rows)
    {
        var writer = new Writer(store);
        await writer.DeclareAsync();
        var idle = await writer.WriteAsync(Task.Delay(TimeSpan.FromSeconds(rows < 1_000_000 ? 0.2 : 4), TimeProvider.System));
        var started = TimeProvider.System.GetTimestamp();
        state(new QualityRules(
            "",
            $"agents/{Agent}/channels/a0~voltage",
            null,
            "mV",
            [],
            new RangeLimits(-500, 500, -81, -39),
            new ChangeLimits(5, 20),
            new ChangeLimits(50, 200),
            null,
            new AttenuationLimits(0.01, 0.001, 60)));
        var busy = await writer.WriteAsync(judging.SettledAsync());
        figures.AtMost("quality_recheck_10M_s", TimeProvider.System.GetElapsedTime(started).TotalSeconds * 10_000_000 / rows, 10);
        var (before, during) = (Percentile99(idle), Percentile99(busy));
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"intake p99: {before:0.00} ms idle ({idle.Count} submissions), {during:0.00} ms beside a recheck ({busy.Count})"));
        figures.AtMost("quality_recheck_intake_p99_over_idle", during / before, 1.5);
    }

    private static double Percentile99(List<double> values)
    {
        values.Sort();
        return values[(int)(values.Count * 0.99)];
    }

    private static async Task FillAsync(ObservationStore store, int rows)
    {
        var agent = new AgentId(Agent.Value);
        var boot = new BootId(Boot.Value);
        const ulong Catalog = 0xBE;
        var stream = new StreamId(1);
        InputDeclaration[] inputs = [new("a0", "voltage", "mV", 0), new("t", "water_temperature", "Cel", 0)];
        await store.DeclareAsync(new Declarations(
            agent, [new BootDeclaration(boot, agent, BootKind.Device, 1, null)], [new CatalogDeclaration(Catalog, [.. inputs])], [new StreamDeclaration(stream, boot, null)]));
        var random = new Random(7);
        ulong seq = 0;
        var inFlight = new List<Task>();
        for (var first = 0; first < rows; first += Block)
        {
            const int Slow = Block / 10;
            var block = new BlockRows
            {
                TUs = new long[Block + Slow],
                Raw = new double[Block + Slow],
                Missing = new byte[Block + Slow],
                Columns = [new BlockColumn(0, 0, Block), new BlockColumn(1, Block, Slow)],
            };
            for (var i = 0; i < Block; i++)
            {
                block.TUs[i] = ((first + i) * Step) + random.Next(500);
                block.Raw[i] = Math.Round(-60 + (20 * Math.Sin((first + i) / 3000.0)) + (random.Next(40) / 100.0), 2);
            }

            for (var i = 0; i < Slow; i++)
            {
                block.TUs[Block + i] = ((first + (i * 10)) * Step) + 700;
                block.Raw[Block + i] = Math.Round(28 + Math.Sin((first + i) / 9000.0), 2);
            }

            var submission = new NativeBlock(agent, stream, boot, Catalog, seq, Block + Slow, new byte[16], block);
            await store.SubmitAsync(submission);
            inFlight.Add(submission.Completion);
            seq += Block + Slow;
        }

        await Task.WhenAll(inFlight);
        await store.FlushAsync();
    }

    /// <summary>Shortest time of several, ms, of the whole question as the API asks it, without the network: what the work costs when nothing else disturbs it.</summary>
    private static async Task<double> ShortestAsync(ReadingQuery query, DerivationBook book, int rows, string port = "a0")
    {
        var name = book.Current.Channels.Single(channel => channel.Port == port).Name;
        var request = new QueryReadingsRequest { MaxBuckets = 1000, StartTimeUs = Utc0, EndTimeUs = Utc0 + (rows * Step), Channels = { name } };
        var selection = ChannelSelection.Parse(request.Channels, out _);
        List<double> times = [];
        for (var round = 0; round < Rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            var count = 0L;
            await foreach (var answer in query.RunAsync(request, selection, CancellationToken.None))
            {
                count += answer.Buckets.Sum(block => block.Count.Sum() + block.Excluded.Sum());
            }

            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
            if (count != rows)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"BUG: the buckets hold {count} of {rows} rows"));
            }
        }

        return times.Min();
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static bool NoBlocks(ReadOnlySpan<byte> payload, out BlockRows rows)
    {
        rows = null!;
        return false;
    }
}
