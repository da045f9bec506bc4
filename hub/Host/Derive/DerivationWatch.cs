using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;

namespace StemLab.Hub.Derive;

/// <summary>Has the derivation rebuilt soon after facts or the fleet changed, so that watchers hear of it without anybody asking. One loop.</summary>
internal sealed class DerivationWatch(DerivationBook book, FactLog facts, FleetBook fleet, StoredExtents extents, TimeProvider time) : BackgroundService
{
    /// <summary>A backlog that drains block by block is told in one change a second, not one a block.</summary>
    private static readonly TimeSpan LatePause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Task stated = Task.CompletedTask;
        Task moved = Task.CompletedTask;
        Task late = Task.CompletedTask;
        while (!stoppingToken.IsCancellationRequested)
        {
            Derivation current = book.Current;

            // Only the one that fired is asked for again: a wait that never ends must not pile up.
            stated = stated.IsCompleted ? facts.WaitForChangeAsync(current.Revision, stoppingToken) : stated;
            moved = moved.IsCompleted ? fleet.WaitForChangeAsync(current.Inputs.Fleet.Version, stoppingToken) : moved;
            late = late.IsCompleted ? TellLateAsync(stoppingToken) : late;
            await await Task.WhenAny(stated, moved, late);
        }
    }

    private async Task TellLateAsync(CancellationToken stoppingToken)
    {
        await extents.WaitForLateAsync(stoppingToken);
        await Task.Delay(LatePause, time, stoppingToken);
        book.PublishLate();
    }
}
