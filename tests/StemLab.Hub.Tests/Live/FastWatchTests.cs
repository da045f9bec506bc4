using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Hub.History;
using StemLab.Store;
using StemLab.Wire.V1;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Live;

/// <summary>Agents hear that somebody watches, and only those whose channels are fast.</summary>
public sealed class FastWatchTests
{
    [Fact]
    public async Task An_agent_is_told_at_once_that_a_fast_channel_of_it_is_watched_and_not_for_slow_or_other_ones()
    {
        await using DeriveFixture hub = await OpenAsync();
        await hub.RowsAsync("accel", "acceleration", "m/s2", (10, 1));
        await hub.RowsAsync("ph", "ph", "[pH]", (10, 7));
        hub.Fleet.ReportBirth(Owner, new Birth { Catalogs = { new Catalog { Inputs = { Of("accel", "acceleration", "m/s2", 10_000), Of("ph", "ph", "[pH]", 1_000_000) } } } });
        await hub.RowsAsync("accel", "acceleration", "m/s2", (20, 2));
        var sent = new List<(AgentId To, Command Command)>();
        var door = new AgentCommandDoor();
        door.Open((agent, command, _) =>
        {
            sent.Add((agent, command));
            return ValueTask.FromResult(true);
        });
        using var fast = new FastWatch(hub.Book, door, hub.Clock, TimeProvider.System);
        var channels = hub.Book.Current.Channels;

        using (await fast.BeginAsync(Select(channels.Single(channel => channel.Port == "ph").Name), TestContext.Current.CancellationToken))
        {
            Assert.Empty(sent);
        }

        using (await fast.BeginAsync(Select(channels.Single(channel => channel.Port == "accel").Name), TestContext.Current.CancellationToken))
        {
            var (to, command) = Assert.Single(sent);
            Assert.Equal((Owner, Command.BodyOneofCase.Watched), (to, command.BodyCase));
            Assert.True(command.Watched.ForSeconds > 0);
        }
    }

    private static Input Of(string port, string quantity, string unit, long intervalUs) => new() { Port = port, Quantity = quantity, UnitUcum = unit, ConfigRev = 1, IntervalUs = intervalUs };

    private static ChannelSelection Select(string name) => ChannelSelection.Parse([name], out _);
}
