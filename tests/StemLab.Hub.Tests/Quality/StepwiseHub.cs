using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Store;

namespace StemLab.Hub.Quality;

/// <summary>The quality room without its loops: a test takes rows, follows facts and judges again step by step, in whatever order loops could, so that no machine's load has a part in it.</summary>
internal sealed class StepwiseHub(DeriveFixture hub) : IDisposable
{
    private QualityWatch? _watch;
    private Recheck? _recheck;
    private CommitPosition _taken;
    private IEnumerator<RecheckTask>? _round;

    public DeriveFixture Hub { get; } = hub;

    public QualityBook Book { get; private set; } = null!;

    /// <summary>A start of the hub: nothing is known but what is stored; also of late rows nobody will tell.</summary>
    public void Start()
    {
        Dispose();
        Book = new QualityBook(Hub.Store, Hub.Book, TimeProvider.System);
        _watch = new QualityWatch(Book, Hub.Stream, Hub.Book, Hub.Store, TimeProvider.System, NullLogger<QualityWatch>.Instance);
        _recheck = new Recheck(Book, Hub.Book, Hub.Store, TimeProvider.System, NullLogger<Recheck>.Instance);
        _ = Hub.Extents.TakeLate();
        _taken = _watch.Start();
    }

    /// <summary>One turn of the loop that takes rows: follows facts too.</summary>
    public void Take(int maxRows) => _taken = _watch!.Take(_taken, maxRows, TestContext.Current.CancellationToken);

    /// <summary>One step of the loop that judges again: sees what is open, takes its snapshot, judges, or settles.</summary>
    public void Judge()
    {
        if (_round is null)
        {
            ImmutableArray<RecheckTask> open = Book.Open(out _);
            _round = open.IsEmpty ? null : _recheck!.Steps(open, TestContext.Current.CancellationToken).GetEnumerator();
        }
        else if (!_round.MoveNext())
        {
            _round.Dispose();
            _round = null;
        }
    }

    /// <summary>What the loops do when nothing comes any more: late rows are told, everything is taken and judged.</summary>
    public void Settle()
    {
        Hub.Book.PublishLate();
        do
        {
            Take(1_000);
        }
        while (_taken < CommitPosition.After(Hub.Store.Stats.Commit));

        while (_round is not null || Book.HasOpen)
        {
            Judge();
        }
    }

    /// <summary>Every row of every channel as the book knows it, and as one that has seen nothing come judges it from the store.</summary>
    public (List<string> Known, List<string> Whole) Compare()
    {
        QualityBook fresh = Hub.Judged();
        using StoreSnapshot snapshot = Hub.Store.Snapshot();
        Derivation derivation = Hub.Book.Current;
        Assert.Same(derivation, Book.Derivation);
        return ([.. Rows(snapshot, derivation, Book)], [.. Rows(snapshot, derivation, fresh)]);
    }

    public void Dispose()
    {
        _round?.Dispose();
        _round = null;
        _watch?.Dispose();
        _recheck?.Dispose();
    }

    private static IEnumerable<string> Rows(StoreSnapshot snapshot, Derivation derivation, QualityBook book)
    {
        foreach (ChannelView channel in derivation.Channels)
        {
            ChannelFlags flags = book.FlagsOf(snapshot, derivation, channel, long.MinValue, long.MaxValue, TestContext.Current.CancellationToken);
            var rows = new ChannelRows(snapshot, derivation, channel, long.MinValue, long.MaxValue, flags);
            while (rows.TryNext(1000, out RowStretch stretch))
            {
                DerivedColumns columns = stretch.Columns;
                for (int i = stretch.From; i < stretch.From + stretch.Count; i++)
                {
                    yield return $"{channel.Port} at {(columns.UtcUs[i] - DeriveFixture.Utc0) / 1e6} s: {columns.Value[i]:G6}, {columns.Flag[i]} {columns.MachineFlag[i]} {columns.HumanFlag[i]} {columns.Reason[i]}";
                }

                rows.Release();
            }
        }
    }
}
