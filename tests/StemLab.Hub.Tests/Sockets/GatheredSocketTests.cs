using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;
using StemLab.TestKit;

namespace StemLab.Hub.Sockets;

/// <summary>Real sockets on this machine, one end of each read in rounds.</summary>
[SupportedOSPlatform("linux")]
public sealed class GatheredSocketTests : IAsyncLifetime
{
    private readonly GatheredTransport _transport = new(() => new GatheredOptions(TimeSpan.FromMilliseconds(40), TimeProvider.System));
    private IConnectionListener _listener = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sockets are read in rounds on Linux only");
        _listener = await _transport.BindAsync(new GatheredEndPoint(IPAddress.Loopback, 0), Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _transport.Dispose();
    }

    [Fact]
    public void Only_addresses_that_ask_for_it_are_served()
    {
        Assert.True(_transport.CanBind(new GatheredEndPoint(IPAddress.Loopback, 1883)));
        Assert.False(_transport.CanBind(new IPEndPoint(IPAddress.Loopback, 1883)));
    }

    [Fact]
    public async Task A_port_in_use_is_said_to_be()
    {
        var taken = (IPEndPoint)_listener.EndPoint;
        await Assert.ThrowsAsync<AddressInUseException>(async () => await _transport.BindAsync(new GatheredEndPoint(taken.Address, taken.Port), Token));
    }

    [Fact]
    public async Task A_port_that_is_given_back_ends_its_accepting_whatever_the_clock_does()
    {
        using var transport = new GatheredTransport(() => new GatheredOptions(TimeSpan.Zero, new FakeTimeProvider()));
        for (var i = 0; i < 500; i++)
        {
            var listener = await transport.BindAsync(new GatheredEndPoint(IPAddress.Loopback, 0), Token);
            var accepting = AcceptAllAsync(listener);
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            if (i % 2 == 0)
            {
                await client.ConnectAsync(listener.EndPoint, Token);
            }

            await Task.Run(async () => await listener.UnbindAsync(Token), Token);
            await Soon.IsDoneAsync(accepting, "accepting goes on");
        }
    }

    [Fact]
    public async Task Both_ends_hear_each_other_and_the_end()
    {
        var (client, connection) = await ConnectAsync();
        using (client)
        {
            await client.SendAsync("ping"u8.ToArray(), Token);
            Assert.Equal("ping"u8.ToArray(), await ReadAsync(connection, 4));
            await connection.Transport.Output.WriteAsync("pong"u8.ToArray(), Token);
            var heard = new byte[4];
            await client.ReceiveAsync(heard, Token);
            Assert.Equal("pong"u8.ToArray(), heard);
            client.Shutdown(SocketShutdown.Send);
            Assert.True((await connection.Transport.Input.ReadAsync(Token)).IsCompleted);
            await Soon.IsDoneAsync(ClosedAsync(connection), "the end was not told");

            // The other direction is still open, until Kestrel is done with it.
            await connection.Transport.Output.WriteAsync("bye!"u8.ToArray(), Token);
            await connection.DisposeAsync();
            Assert.Equal(4, await client.ReceiveAsync(heard, Token));
            Assert.Equal(0, await client.ReceiveAsync(heard, Token));
        }
    }

    [Fact]
    public async Task A_reader_that_is_behind_holds_its_sender_back_and_then_gets_everything()
    {
        const int Bytes = 32 * 1024 * 1024;
        var (client, connection) = await ConnectAsync();
        using (client)
        {
            var sending = Task.Run(() => SendAll(client, Bytes), Token);
            var (next, got) = ((byte)0, 0L);
            while (got < Bytes)
            {
                var read = await connection.Transport.Input.ReadAsync(Token);
                Assert.True(read.Buffer.Length <= 128 * 1024);
                foreach (var memory in read.Buffer)
                {
                    foreach (var one in memory.Span)
                    {
                        if (one != next++)
                        {
                            Assert.Fail($"after {got} bytes something is missing or twice");
                        }

                        got++;
                    }
                }

                connection.Transport.Input.AdvanceTo(read.Buffer.End);
            }

            await sending;
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_the_other_end_does_not_take_waits_and_arrives_whole_also_after_the_end()
    {
        const int Bytes = 24 * 1024 * 1024;
        var (client, connection) = await ConnectAsync();
        using (client)
        {
            var pattern = Pattern(Bytes);
            var writing = connection.Transport.Output.WriteAsync(pattern, Token).AsTask();
            Assert.False(writing.IsCompleted);
            var disposing = connection.DisposeAsync().AsTask();
            Assert.False(disposing.IsCompleted);
            var got = new byte[Bytes];
            for (var at = 0; at < Bytes;)
            {
                at += await client.ReceiveAsync(got.AsMemory(at), Token);
            }

            Assert.True(pattern.AsSpan().SequenceEqual(got));
            Assert.False((await writing).IsCompleted);
            Assert.Equal(0, await client.ReceiveAsync(new byte[1], Token));
            await Soon.IsDoneAsync(disposing, "the connection was not closed");
        }
    }

    [Fact]
    public async Task A_connection_cut_off_ends_every_wait()
    {
        var (client, connection) = await ConnectAsync();
        using (client)
        {
            var writing = connection.Transport.Output.WriteAsync(Pattern(24 * 1024 * 1024), Token).AsTask();
            var reading = connection.Transport.Input.ReadAsync(Token).AsTask();
            connection.Abort(new ConnectionAbortedException("enough"));
            Assert.True((await writing).IsCompleted);
            await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading);
            await Soon.IsDoneAsync(ClosedAsync(connection), "the end was not told");
            Assert.True((await connection.Transport.Output.WriteAsync(new byte[1], Token)).IsCompleted);
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_client_that_breaks_off_is_told_as_a_fault()
    {
        var (client, connection) = await ConnectAsync();
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await connection.Transport.Input.ReadAsync(Token));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_flush_that_is_given_up_loses_nothing()
    {
        var (client, connection) = await ConnectAsync();
        using (client)
        {
            using var patience = new CancellationTokenSource();
            var bytes = Pattern(24 * 1024 * 1024);
            var writing = connection.Transport.Output.WriteAsync(bytes, patience.Token).AsTask();
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
            var second = connection.Transport.Output.WriteAsync("end"u8.ToArray(), Token).AsTask();
            var got = new byte[bytes.Length + 3];
            for (var at = 0; at < got.Length;)
            {
                at += await client.ReceiveAsync(got.AsMemory(at), Token);
            }

            Assert.True(bytes.AsSpan().SequenceEqual(got.AsSpan(0, bytes.Length)));
            Assert.Equal("end"u8.ToArray(), got[bytes.Length..]);
            Assert.False((await second).IsCompleted);
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_kernel_tells_how_long_ago_something_came_and_never_too_long()
    {
        var (client, connection) = await ConnectAsync();
        using (client)
        {
            var sent = TimeProvider.System.GetTimestamp();
            await connection.Transport.Output.WriteAsync("now"u8.ToArray(), Token);
            await client.ReceiveAsync(new byte[3], Token);
            while (Arrival.UsAgo(client) == 0)
            {
                await Task.Yield();
            }

            Assert.InRange(Arrival.UsAgo(client), 1, (long)TimeProvider.System.GetElapsedTime(sent).TotalMicroseconds);
            await connection.DisposeAsync();
        }
    }

    private static async Task AcceptAllAsync(IConnectionListener listener)
    {
        while (await listener.AcceptAsync(Token) is { } connection)
        {
            connection.Abort(new ConnectionAbortedException("not wanted"));
            await connection.DisposeAsync();
        }
    }

    private static async Task ClosedAsync(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource();
        await using var registration = connection.ConnectionClosed.Register(closed.SetResult);
        await closed.Task;
    }

    private static byte[] Pattern(int bytes)
    {
        var pattern = new byte[bytes];
        for (var i = 0; i < bytes; i++)
        {
            pattern[i] = (byte)i;
        }

        return pattern;
    }

    private static void SendAll(Socket client, int bytes)
    {
        var pattern = Pattern(64 * 1024);
        for (var sent = 0; sent < bytes;)
        {
            sent += client.Send(pattern.AsSpan(sent % pattern.Length));
        }
    }

    private static async Task<byte[]> ReadAsync(ConnectionContext connection, int bytes)
    {
        var read = await connection.Transport.Input.ReadAtLeastAsync(bytes, Token);
        var got = read.Buffer.ToArray();
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        return got;
    }

    private async Task<(Socket Client, ConnectionContext Connection)> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var accepting = _listener.AcceptAsync(Token);
        await client.ConnectAsync(_listener.EndPoint, Token);
        return (client, (await accepting)!);
    }
}
