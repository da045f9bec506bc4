using System.Threading.Channels;
using StemLab.Store;

namespace StemLab.Hub.Fleet;

/// <summary>Sends settings to agents that came back without them, one agent after the other. One loop.</summary>
internal sealed class SettingsDelivery(SettingsBook settings) : BackgroundService
{
    // Full = more agents came back at once than a hub has; who is left out is told when it comes back next.
    private readonly Channel<AgentId> _back = Channel.CreateBounded<AgentId>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>An agent said who it is. Returns at once; safe from any thread.</summary>
    public void CameBack(AgentId agent)
    {
        if (settings.Of(agent).State == SettingsState.Waiting)
        {
            _back.Writer.TryWrite(agent);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (AgentId agent in _back.Reader.ReadAllAsync(stoppingToken))
        {
            await settings.DeliverAsync(agent, stoppingToken);
        }
    }
}
