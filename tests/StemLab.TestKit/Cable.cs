using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace StemLab.TestKit;

/// <summary>The way from agents, pages or apps to a hub, that can be cut: forwards TCP from a port of its own.</summary>
public sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, byte> open = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private volatile int hubPort;
    private volatile bool isCut;

    public Cable(int hubPort)
    {
        this.hubPort = hubPort;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Ends every connection and refuses new ones.</summary>
    public void Cut()
    {
        isCut = true;
        foreach (var client in open.Keys)
        {
            client.Close();
        }
    }

    /// <summary>Lets connections through again, to where the hub listens now.</summary>
    public void Join(int port)
    {
        hubPort = port;
        isCut = false;
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await listener.AcceptTcpClientAsync(stop.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient agent)
    {
        using var hub = new TcpClient();
        open[agent] = open[hub] = 0;
        try
        {
            if (!isCut)
            {
                await hub.ConnectAsync(IPAddress.Loopback, hubPort, stop.Token);
                await Task.WhenAny(agent.GetStream().CopyToAsync(hub.GetStream(), stop.Token), hub.GetStream().CopyToAsync(agent.GetStream(), stop.Token));
            }
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // Cut, or one side went.
        }
        finally
        {
            agent.Dispose();
            open.TryRemove(agent, out _);
            open.TryRemove(hub, out _);
        }
    }
}
