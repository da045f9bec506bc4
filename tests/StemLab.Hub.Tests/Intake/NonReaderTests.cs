using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake.Door;
using StemLab.Wire;

namespace StemLab.Hub.Intake;

/// <summary>A client that takes nothing from its socket: a tablet asleep, a program that hangs, an attacker.</summary>
public sealed class NonReaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_client_that_does_not_read_keeps_neither_its_own_connection_nor_the_next_one_that_has_to_go()
    {
        await using var hub = await DoorFixture.OpenAsync();
        var (stuck, next) = (hub.Fleet.Enrol("stuck"), hub.Fleet.Enrol("next"));
        using var mute = await ConnectAsync(hub, stuck, receiveBytes: 4096);
        using var good = await ConnectAsync(hub, next);
        await mute.ExchangeAsync(mute.Subscribe(1, (Topics.Cmd(new Id128(stuck.Agent!.Id.Value)), 0)));
        await FillAsync(hub, stuck);
        var end = good.ReadToEndAsync();

        Assert.True(hub.Fleet.Expire(stuck.Agent.Id));
        await UntilAsync(() => hub.Counters[IntakeCount.ClosedTokenEnded] == 1);
        Assert.True(hub.Fleet.Expire(next.Agent!.Id));

        var bye = Assert.Single(await end.WaitAsync(Patience, TestContext.Current.CancellationToken));
        Assert.Equal((RawPacket.Disconnect, ReasonCode.NotAuthorized), (bye.Type, bye.Body[0]));
        await UntilAsync(() =>
        {
            hub.Time.Advance(TimeSpan.FromSeconds(1));
            return hub.Get<FrontDoor>().Connections.Count == 0;
        });
    }

    [Fact]
    public async Task A_hub_that_stops_tells_everybody_so_at_once()
    {
        var hub = await DoorFixture.OpenAsync();
        using var first = await ConnectAsync(hub, hub.Fleet.Enrol("first"));
        using var second = await ConnectAsync(hub, hub.Fleet.Enrol("second"));
        await hub.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        foreach (var client in (RawClient[])[first, second])
        {
            var bye = Assert.Single(await client.ReadToEndAsync());
            Assert.Equal((RawPacket.Disconnect, ReasonCode.ServerShuttingDown), (bye.Type, bye.Body[0]));
        }
    }

    [Fact]
    public async Task What_is_left_to_send_to_one_that_does_not_read_is_cut_off_after_its_time()
    {
        await using var hub = await DoorFixture.OpenAsync();
        var (input, output) = (new Pipe(), new Pipe());
        await using var context = new DefaultConnectionContext("1", new Duplex(input.Reader, output.Writer), new Duplex(output.Reader, input.Writer));
        await input.Writer.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await hub.Get<FrontDoor>().OnConnectedAsync(context).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, hub.Counters[IntakeCount.ClosedNotMqtt]);
        Assert.False(context.ConnectionClosed.IsCancellationRequested);

        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = context.ConnectionClosed.Register(cut.SetResult);
        hub.Time.Advance(TimeSpan.FromSeconds(5));
        await cut.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>Commands until the oldest is dropped and all that lies between the hub and the client is full.</summary>
    private static async Task FillAsync(DoorFixture hub, Enrolment stuck)
    {
        var command = new byte[60_000];
        while (hub.Counters[IntakeCount.FanoutDropped] < 200)
        {
            await hub.Get<FrontDoor>().SendCommandAsync(new Id128(stuck.Agent!.Id.Value), command);
        }
    }

    private static Task<RawClient> ConnectAsync(DoorFixture hub, Enrolment enrolled, int receiveBytes = 0)
    {
        var id = enrolled.Agent!.Id.ToString();
        return RawClient.ConnectAsync(hub.MqttPort, new RawConnect { ClientId = id, IsV5 = true, Username = id, Password = enrolled.Token, ReceiveBytes = receiveBytes });
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "it never came to that");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
