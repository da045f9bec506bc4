using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Science.Quality;
using StemLab.Store;

namespace StemLab.Hub.Quality;

/// <summary>A hub that judges: the derive fixture with the quality room running.</summary>
internal sealed class QualityFixture : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private QualityFixture(DeriveFixture hub, TimeProvider time)
    {
        Hub = hub;
        Book = new QualityBook(hub.Store, hub.Book, TimeProvider.System);
        Watch = new QualityWatch(Book, hub.Stream, hub.Book, hub.Store, time, NullLogger<QualityWatch>.Instance);
        Recheck = new Recheck(Book, hub.Book, hub.Store, TimeProvider.System, NullLogger<Recheck>.Instance);
    }

    public DeriveFixture Hub { get; }

    public QualityBook Book { get; }

    public QualityWatch Watch { get; }

    public Recheck Recheck { get; }

    /// <summary>A hub whose UTC is known, so that boot times of the first agent's boot are UTC of <see cref="DeriveFixture.Utc0"/> on.</summary>
    /// <param name="isWatching">False: rows are judged when the test takes them.</param>
    public static async Task<QualityFixture> OpenAsync(Func<DeriveFixture, Task>? before = null, bool hasFarStore = false, bool isWatching = true)
    {
        DeriveFixture hub = await DeriveFixture.OpenAsync(hasFarStore);
        hub.HubUs = 100 * DeriveFixture.Second;
        hub.AnchorHub(DeriveFixture.Utc0);
        hub.Tie(DeriveFixture.Boot, 50 * DeriveFixture.Second, aheadUs: 0);
        if (before is not null)
        {
            await before(hub);
        }

        return await OverAsync(hub, isWatching: isWatching);
    }

    /// <summary>Judging over a hub with facts of its own.</summary>
    public static async Task<QualityFixture> OverAsync(DeriveFixture hub, TimeProvider? time = null, bool isWatching = true)
    {
        var fixture = new QualityFixture(hub, time ?? TimeProvider.System);
        if (isWatching)
        {
            await fixture.Watch.StartAsync(TestContext.Current.CancellationToken);
        }

        await fixture.Recheck.StartAsync(TestContext.Current.CancellationToken);
        return fixture;
    }

    /// <summary>Ends when every stored row was taken, every fact followed, and nothing waits to be judged.</summary>
    public async Task SettledAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await Book.WaitThroughAsync(Hub.Store.Stats.Commit, cancellationToken).WaitAsync(Limit, cancellationToken);
        await JudgedAsync();
    }

    /// <summary>Ends when every fact was followed, and nothing waits to be judged.</summary>
    public async Task JudgedAsync()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        while (true)
        {
            // Taken before looking: what moves after the look must end the wait.
            Task moved = Recheck.State.Moved;
            Derivation newest = Hub.Book.Current;
            long version = Book.Version;

            // In this order: what following it opens is open before it counts as followed.
            if (ReferenceEquals(Book.Derivation, newest) && !Book.HasOpen)
            {
                return;
            }

            await Task.WhenAny(Book.WaitForChangeAsync(version, cancellationToken), moved).WaitAsync(Limit, cancellationToken);
        }
    }

    public ChannelView Channel(string port) => Hub.Book.Current.Channels.Single(channel => channel.Port == port);

    /// <summary>Rows of a channel in the order of time, as the newest facts (or those of a revision) read them.</summary>
    public List<FlaggedRow> Rows(string port, long revision = 0)
    {
        Derivation derivation = revision == 0 ? Hub.Book.Current : Hub.Book.At(revision);
        using StoreSnapshot snapshot = Hub.Store.Snapshot();
        ChannelView channel = derivation.Channels.Single(one => one.Port == port);
        ChannelFlags flags = Book.FlagsOf(snapshot, derivation, channel, long.MinValue, long.MaxValue, TestContext.Current.CancellationToken);
        var rows = new ChannelRows(snapshot, derivation, channel, long.MinValue, long.MaxValue, flags);
        var all = new List<FlaggedRow>();
        while (rows.TryNext(1000, out RowStretch stretch))
        {
            for (int i = stretch.From; i < stretch.From + stretch.Count; i++)
            {
                DerivedColumns columns = stretch.Columns;
                all.Add(new FlaggedRow(columns.UtcUs[i], columns.Value[i], columns.Flag[i], columns.MachineFlag[i], columns.HumanFlag[i], columns.Reason[i]));
            }

            rows.Release();
        }

        return all;
    }

    /// <summary>What the rules say of those rows when they are judged all at once.</summary>
    public byte[] Whole(string port)
    {
        List<FlaggedRow> rows = Rows(port);
        var flags = new QcFlag[rows.Count];
        Book.RulesOf(Hub.Book.Current).Of(Channel(port))[^1].Rules.Rules.Check([.. rows.Select(row => row.Value)], [.. rows.Select(row => row.UtcUs)], flags);
        return [.. flags.Select(flag => (byte)flag)];
    }

    public async ValueTask DisposeAsync()
    {
        await Watch.StopAsync(CancellationToken.None);
        await Recheck.StopAsync(CancellationToken.None);
        await Hub.DisposeAsync();
    }
}

internal sealed record FlaggedRow(long UtcUs, double Value, byte Flag, byte Machine, byte Human, FlagReasons Reasons);
