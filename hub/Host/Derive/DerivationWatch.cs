using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;

namespace StemLab.Hub.Derive;

/// <summary>Has the derivation rebuilt soon after facts or the fleet changed, so that watchers hear of it without anybody asking. One loop.</summary>
internal sealed class DerivationWatch(DerivationBook book, FactLog facts, FleetBook fleet) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Derivation current = book.Current;
            Task stated = facts.WaitForChangeAsync(current.Revision, stoppingToken);
            Task moved = fleet.WaitForChangeAsync(current.Inputs.Fleet.Version, stoppingToken);
            await await Task.WhenAny(stated, moved);
        }
    }
}
