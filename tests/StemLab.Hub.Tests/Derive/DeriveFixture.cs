using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Quality;
using StemLab.Hub.Stream;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Quality;
using StemLab.Store;
using StemLab.TestKit;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>A hub without its door: real hub.db, real series.db, facts, fleet and derivation.</summary>
internal sealed class DeriveFixture : IAsyncDisposable
{
    public const long Second = 1_000_000;

    /// <summary>2026-06-01T00:00Z, about; a hub's clock 0 in these tests.</summary>
    public const long Utc0 = 1_780_000_000 * Second;

    private readonly TempFolder _folder = new();
    private readonly FactFixture _facts = new();

    private DeriveFixture()
    {
    }

    public static Id128 Agent { get; } = new(0xA);

    public static Id128 Boot { get; } = new(0xB0);

    public static AgentId Owner => new(Agent.Value);

    public FakeTimeProvider Time { get; } = new();

    public HubDatabase Database => _facts.Database;

    public FactLog Log => _facts.Log;

    public HubClock Clock { get; private set; } = null!;

    public FleetBook Fleet { get; private set; } = null!;

    public ObservationStore Store { get; private set; } = null!;

    public DerivationBook Book { get; private set; } = null!;

    public CommittedStream Stream { get; private init; } = new();

    /// <summary>Clock of the hub, µs; tests set it.</summary>
    public long HubUs { get; set; } = Second;

    public string Folder => _folder.Path;

    public StoredExtents Extents { get; } = new();

    /// <param name="mostRows">Rows the committed stream holds; who is further behind reads the log.</param>
    public static async Task<DeriveFixture> OpenAsync(bool hasFarStore = false, int mostRows = CommittedStream.DefaultMostRows)
    {
        var hub = new DeriveFixture { Stream = new CommittedStream(mostRows) };
        hub.Clock = new HubClock(hub._facts.Database, hub._facts.Identity, new BootSource("kernel", () => hub.HubUs));
        hub.Fleet = new FleetBook(hub._facts.Database, hub.Clock);
        void Committed(CommittedRows rows)
        {
            hub.Extents.Observe(rows);
            hub.Stream.Publish(rows);
        }

        hub.Store = ObservationStore.Open(new StoreOptions { Folder = hub._folder.Path, HasFarStore = hasFarStore }, NoBlocks, Committed, hub.Time);
        hub.Stream.Attach(hub.Store, hub.Store.Stats.Commit);
        hub.Book = new DerivationBook(hub.Log, hub.Fleet, hub.Clock, hub.Store, hub.Extents, NullLogger<DerivationBook>.Instance);
        hub.Fleet.Enrol("ag-1", Owner);
        await hub.DeclareAsync(Agent, Boot, BootKind.Device, 1, default);
        return hub;
    }

    public async Task DeclareAsync(Id128 agent, Id128 boot, BootKind kind, uint bootNo, Id128 previous)
    {
        BootId? before = previous.IsEmpty ? null : new BootId(previous.Value);
        DeclareOutcome outcome = await Store.DeclareAsync(new Declarations(new AgentId(agent.Value), [new BootDeclaration(new BootId(boot.Value), new AgentId(agent.Value), kind, bootNo, before)], [], []));
        Assert.Empty(outcome.Refused);
    }

    public Task<SeriesId> RowsAsync(string port, string quantity, string unit, params (long TUs, double Raw)[] rows) => RowsAsync(Agent, Boot, port, quantity, unit, rows);

    public async Task<SeriesId> RowsAsync(Id128 agent, Id128 boot, string port, string quantity, string unit, params (long TUs, double Raw)[] rows)
    {
        var input = new InputDeclaration(port, quantity, unit, 0);
        var submission = new ForeignRows(
            new AgentId(agent.Value), new BootId(boot.Value), [.. rows.Select(row => new ForeignRow(input, row.TUs, double.IsNaN(row.Raw) ? 0 : row.Raw, (byte)(double.IsNaN(row.Raw) ? 1 : 0)))], null, false);
        await Store.SubmitAsync(submission);
        await submission.Completion.WaitAsync(TimeSpan.FromSeconds(30));

        // The sender is answered before listeners hear of the commit; the writer does the next thing after both.
        await Store.DeclareAsync(new Declarations(new AgentId(agent.Value), [], [], []));
        Assert.True(Store.Dictionary.TryFind(new BootId(boot.Value), new AgentId(agent.Value), input, out SeriesId series));
        return series;
    }

    /// <summary>Rows of several inputs of the agent in one commit, in the order given.</summary>
    public async Task TogetherAsync(params (string Port, string Quantity, string Unit, long TUs, double Raw)[] rows)
    {
        var submission = new ForeignRows(Owner, new BootId(Boot.Value), [.. rows.Select(row => new ForeignRow(new InputDeclaration(row.Port, row.Quantity, row.Unit, 0), row.TUs, row.Raw, 0))], null, false);
        await Store.SubmitAsync(submission);
        await submission.Completion.WaitAsync(TimeSpan.FromSeconds(30));
        await Store.DeclareAsync(new Declarations(Owner, [], [], []));
    }

    public Fact State(FactBody body, params Id128[] supersedes) =>
        Log.Append(new FactDraft(body, Clock.Now, FactRoles.Teacher) { Supersedes = [.. supersedes] }).Stated[0];

    public Fact Withdraw(Fact fact) => State(new Withdrawal("test"), fact.FactId);

    /// <summary>A tie of the agent's boot to the hub's: both clocks ran <paramref name="aheadUs"/> apart at that time of the agent.</summary>
    public Fact Tie(Id128 boot, long tUs, long aheadUs, long sigmaUs = 1_000) => State(new ClockTie(boot, tUs, Clock.BootId, tUs + aheadUs, sigmaUs));

    public Fact AnchorHub(long utcOfZeroUs, long sigmaUs = 20_000) => State(new UtcAnchor(Clock.BootId, HubUs, utcOfZeroUs + HubUs, sigmaUs, "ntp"));

    public (double[] Value, byte[] Flag, long[] Utc) Read(Derivation derivation, SeriesId series)
    {
        using StoreSnapshot snapshot = Store.Snapshot();
        var columns = new DerivedColumns();
        var siblings = new SiblingRows(snapshot, derivation);
        var value = new List<double>();
        var flag = new List<byte>();
        var utc = new List<long>();
        foreach (RowRun run in snapshot.Rows(series, long.MinValue, long.MaxValue))
        {
            derivation.Series(series).Apply(run.TUs.Span, run.Raw.Span, run.Missing.Span, siblings, columns);
            value.AddRange(columns.Value.AsSpan(0, columns.Count));
            flag.AddRange(columns.Flag.AsSpan(0, columns.Count));
            utc.AddRange(columns.UtcUs.AsSpan(0, columns.Count));
        }

        return ([.. value], [.. flag], [.. utc]);
    }

    /// <summary>As <see cref="Read"/>, with reasons and uncertainty.</summary>
    public (double[] Value, byte[] Flag, FlagReasons[] Reason, double[] Uncertainty) All(Derivation derivation, SeriesId series)
    {
        using StoreSnapshot snapshot = Store.Snapshot();
        var columns = new DerivedColumns(withUncertainty: true);
        RowRun run = Assert.Single(Runs(snapshot, series));
        derivation.Series(series).Apply(run.TUs.Span, run.Raw.Span, run.Missing.Span, new SiblingRows(snapshot, derivation), columns);
        return (columns.Value[..columns.Count], columns.Flag[..columns.Count], columns.Reason[..columns.Count], columns.Uncertainty[..columns.Count]);
    }

    /// <summary>Flags of everything stored by now.</summary>
    public QualityBook Judged()
    {
        var quality = new QualityBook(Store, Book, TimeProvider.System);
        using StoreSnapshot snapshot = Store.Snapshot();
        quality.Start(snapshot, Book.Current);
        return quality;
    }

    public double[] Values(SeriesId series) => Read(Book.Current, series).Value;

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _facts.Dispose();
        _folder.Dispose();
    }

    private static List<RowRun> Runs(StoreSnapshot snapshot, SeriesId series)
    {
        var runs = new List<RowRun>();
        foreach (RowRun run in snapshot.Rows(series, long.MinValue, long.MaxValue))
        {
            runs.Add(run);
        }

        return runs;
    }

    private static bool NoBlocks(ReadOnlySpan<byte> payload, out BlockRows rows)
    {
        rows = null!;
        return false;
    }
}
