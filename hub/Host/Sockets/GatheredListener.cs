using System.Collections.Immutable;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace StemLab.Hub.Sockets;

/// <summary>Takes connections in and shares them out to the loops in turn. Owns the listening socket; Kestrel calls one method at a time.</summary>
internal sealed class GatheredListener(Socket socket, ImmutableArray<SocketLoop> loops, TimeProvider time) : IConnectionListener
{
    /// <summary>Where the machine has no socket left, it is asked again so soon.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Cancelled when the port is given back.
    private readonly CancellationTokenSource _unbound = new();
    private int _turn;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return Open(await socket.AcceptAsync(cancellationToken));
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionReset or SocketError.NotConnected)
            {
                // Gone again before it was taken in.
            }
            catch (Exception full) when (full is SocketException or Win32Exception)
            {
                if (!await PauseAsync(cancellationToken))
                {
                    return null;
                }
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound.Cancel();
        socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);

    /// <summary>False when the port is given back: that may be told as a fault of the socket too, and then there is no next time.</summary>
    private async Task<bool> PauseAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_unbound.Token, cancellationToken);
        try
        {
            await Task.Delay(Pause, time, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private GatheredConnection Open(Socket accepted)
    {
        try
        {
            return new GatheredConnection(accepted, loops[_turn++ % loops.Length]);
        }
        catch (Exception failed) when (failed is SocketException or Win32Exception)
        {
            accepted.Dispose();
            throw;
        }
    }
}
