using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Hub.Derive;
using StemLab.Hub.Quality;
using StemLab.Hub.Stream;
using StemLab.Store;

namespace StemLab.Benchmarks;

/// <summary>The quality room as a hub runs it: its two loops over a real store.</summary>
internal sealed class Judging : IAsyncDisposable
{
    private readonly ObservationStore _store;
    private readonly DerivationBook _derivations;
    private readonly QualityWatch _watch;
    private readonly Recheck _recheck;

    private Judging(ObservationStore store, CommittedStream stream, DerivationBook derivations)
    {
        (_store, _derivations) = (store, derivations);
        Book = new QualityBook(store, derivations, TimeProvider.System);
        _watch = new QualityWatch(Book, stream, derivations, store, TimeProvider.System, NullLogger<QualityWatch>.Instance);
        _recheck = new Recheck(Book, derivations, store, TimeProvider.System, NullLogger<Recheck>.Instance);
    }

    public QualityBook Book { get; }

    public static async Task<Judging> StartAsync(ObservationStore store, CommittedStream stream, DerivationBook derivations)
    {
        var judging = new Judging(store, stream, derivations);
        await judging._watch.StartAsync(CancellationToken.None);
        await judging._recheck.StartAsync(CancellationToken.None);
        return judging;
    }

    /// <summary>Ends when every fact is followed and nothing waits to be judged.</summary>
    public async Task SettledAsync()
    {
        await Book.WaitThroughAsync(_store.Stats.Commit, CancellationToken.None);
        while (true)
        {
            var moved = _recheck.State.Moved;
            var newest = _derivations.Current;
            var version = Book.Version;
            var isOpen = Book.HasOpen;
            if (ReferenceEquals(Book.Derivation, newest) && !isOpen)
            {
                return;
            }

            await Task.WhenAny(Book.WaitForChangeAsync(version, CancellationToken.None), moved);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(CancellationToken.None);
        await _recheck.StopAsync(CancellationToken.None);
    }
}
