using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Stream;
using StemLab.Store;

namespace StemLab.Hub.Quality;

/// <summary>Judges rows as they are committed and follows the derivation. One loop; nobody waits for it but those who show what it judges.</summary>
internal sealed class QualityWatch(QualityBook book, CommittedStream stream, DerivationBook derivations, ObservationStore store, TimeProvider time, ILogger<QualityWatch> logger) : BackgroundService
{
    private const int RowsOfAPage = 50_000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);

    private readonly DerivedColumns _columns = new();
    private long _version;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        CommitPosition? from = null;
        Task altered = Task.CompletedTask;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                CommitPosition position = from ??= Start();

                // Only asked for again when it has fired: a wait that seldom ends must not pile up, commit by commit.
                altered = altered.IsCompleted ? derivations.WaitForChangeAsync(_version, stoppingToken) : altered;
                await await Task.WhenAny(stream.WaitAsync(position, stoppingToken), altered);
                await GatherAsync(altered, stoppingToken);
                from = Take(position, RowsOfAPage, stoppingToken);
            }
            catch (Exception fault) when (fault is StoreUnavailableException or IOException or ObjectDisposedException)
            {
                QualityLog.WatchFailed(logger, fault);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    /// <summary>While nobody waits for verdicts and no fact has changed, more rows may come: they are judged together.</summary>
    private async Task GatherAsync(Task altered, CancellationToken stoppingToken)
    {
        Task wanted = book.WantedAsync();
        if (wanted.IsCompleted || altered.IsCompleted)
        {
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Task.WhenAny(wanted, altered, Task.Delay(Gathering, time, over.Token));
        await over.CancelAsync();
    }

    /// <summary>Starts from what is stored; what comes after the position is to be taken.</summary>
    public CommitPosition Start()
    {
        using StoreSnapshot snapshot = store.Snapshot();
        Derivation derivation = derivations.Current;
        book.Start(snapshot, derivation);
        _version = derivation.Version;
        return CommitPosition.After(snapshot.Commit);
    }

    private Derivation Follow()
    {
        Derivation derivation = derivations.Current;
        if (derivation.Version != _version)
        {
            bool isKnown = derivations.TryChangesSince(_version, out ImmutableArray<DerivationChange> changes);
            book.Follow(derivation, isKnown ? [.. changes.Where(change => change.Version <= derivation.Version).SelectMany(change => change.Spans)] : null);
            _version = derivation.Version;
        }

        return derivation;
    }

    /// <summary>Judges the next commits after a position, about so many rows of them; where it has come.</summary>
    public CommitPosition Take(CommitPosition position, int maxRows, CancellationToken cancellationToken)
    {
        CommitPage page = stream.Read(position, maxRows);

        // Asked for after the commits were read, it knows every series they bring.
        Derivation derivation = Follow();
        if (page.IsExpired)
        {
            // Further behind than the log is kept: everything is judged from what is stored.
            return Start();
        }

        if (page.Commits.IsEmpty)
        {
            // Commits that showed no rows: there was nothing to judge.
            book.Take(Through(page.Next), [], derivation, static (_, _, _) => throw new InvalidOperationException("BUG: no rows, no pass"));
            return page.Next;
        }

        // Most pages ask nothing of what was stored before.
        StoreSnapshot? opened = null;
        try
        {
            Judge(page, derivation, () => opened ??= Open(), cancellationToken);
        }
        finally
        {
            opened?.Dispose();
        }

        return page.Next;
    }

    /// <summary>The last commit that was read whole: the log may end a page within one.</summary>
    private static long Through(CommitPosition next) => next.Index == int.MaxValue ? next.Commit : next.Commit - 1;

    private void Judge(CommitPage page, Derivation derivation, Func<StoreSnapshot> snapshot, CancellationToken cancellationToken)
    {
        IEnumerable<(ChannelView Channel, Func<List<LiveRow>> Rows)> groups =
            from segment in page.Commits.SelectMany(commit => commit.Segments)
            from series in derivation.ReadersOf(segment.Series)
            group (series, segment) by series.Channel.Name into of
            select Group(of, snapshot, derivation);
        book.Take(Through(page.Next), groups, derivation, (timeline, first, rule) =>
            new RangeCheck(snapshot(), derivation, timeline.Channel, timeline.Rules, static (_, _, _) => SeriesFlags.None)
                .PassBefore(first.UtcUs, timeline.Rules[rule].Rules, timeline.Rules[rule].FromUtcUs, cancellationToken));
    }

    private (ChannelView Channel, Func<List<LiveRow>> Rows) Group(IEnumerable<(SeriesDerivation Series, SegmentOfRows Rows)> segments, Func<StoreSnapshot> snapshot, Derivation derivation)
    {
        ChannelView channel = segments.First().Series.Channel;
        return (channel, () => Rows(channel, segments, snapshot, derivation));
    }

    /// <summary>The rows of one channel, in their order.</summary>
    private List<LiveRow> Rows(ChannelView channel, IEnumerable<(SeriesDerivation Series, SegmentOfRows Rows)> segments, Func<StoreSnapshot> snapshot, Derivation derivation)
    {
        var siblings = new SiblingRows(snapshot, derivation, book.LiveInputFlags(derivation, channel));
        var rows = new List<LiveRow>();
        foreach ((SeriesDerivation series, SegmentOfRows segment) in segments)
        {
            Add(rows, series, segment, siblings);
        }

        if (!IsAscending(rows))
        {
            rows.Sort();
        }

        return rows;
    }

    private StoreSnapshot Open()
    {
        StoreSnapshot snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        return snapshot;
    }

    private void Add(List<LiveRow> rows, SeriesDerivation series, in SegmentOfRows segment, SiblingRows siblings)
    {
        series.Apply(segment.TUs.Span, segment.Raw.Span, segment.Missing.Span, siblings, _columns);
        ReadOnlySpan<long> tUs = segment.TUs.Span;
        for (int i = 0; i < tUs.Length; i++)
        {
            rows.Add(new LiveRow(series.Id, tUs[i], _columns.UtcUs[i], series.BootNo, _columns.Value[i], _columns.Flag[i], _columns.Reason[i]));
        }
    }

    private static bool IsAscending(List<LiveRow> rows)
    {
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i - 1].CompareTo(rows[i]) >= 0)
            {
                return false;
            }
        }

        return true;
    }
}
