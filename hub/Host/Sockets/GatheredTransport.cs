using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace StemLab.Hub.Sockets;

/// <summary>An address whose connections are read together. Elsewhere than on Linux it is one like any other.</summary>
internal sealed class GatheredEndPoint(IPAddress address, int port) : IPEndPoint(address, port);

/// <summary>Kestrel's way to sockets for every <see cref="GatheredEndPoint"/>. Owns the threads that read them; a thread takes what 4 cores can do with it. Safe from any thread.</summary>
internal sealed class GatheredTransport(Func<GatheredOptions> options) : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    private const int CoresOfALoop = 4;
    private const int Backlog = 512;

    private readonly Lock _gate = new();
    private readonly Lazy<GatheredOptions> _options = new(options);

    // Under _gate. Empty until the first address is listened on.
    private readonly List<SocketLoop> _loops = [];

    public bool CanBind(EndPoint endpoint) => endpoint is GatheredEndPoint && OperatingSystem.IsLinux();

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(taken.Message, taken);
        }

        socket.Listen(Backlog);
        lock (_gate)
        {
            while (_loops.Count < Math.Max(1, Environment.ProcessorCount / CoresOfALoop))
            {
                _loops.Add(new SocketLoop(_options.Value));
            }

            return new ValueTask<IConnectionListener>(new GatheredListener(socket, [.. _loops], _options.Value.Time));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _loops.ForEach(loop => loop.Dispose());
            _loops.Clear();
        }
    }
}
