using System.Net;
using Microsoft.AspNetCore.Connections;

namespace StemLab.Hub.Access;

/// <summary>Connections one address may hold at once, over all ports. A class behind one router needs a few hundred; this machine is not counted. Safe from any thread.</summary>
internal sealed class ConnectionLimit(int most)
{
    /// <summary>Forty phones with six connections each, twice.</summary>
    public const int Most = 512;

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<IPAddress, int> _open = [];

    /// <summary>Passes a connection on, or closes it unanswered.</summary>
    public async Task PassAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var address } || IPAddress.IsLoopback(address))
        {
            await next(connection);
            return;
        }

        if (!TryEnter(address))
        {
            connection.Abort(new ConnectionAbortedException("too many connections from one address"));
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Leave(address);
        }
    }

    /// <summary>Counts a connection of that address in; false = it has too many.</summary>
    public bool TryEnter(IPAddress address)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(address);
            if (open >= most)
            {
                return false;
            }

            _open[address] = open + 1;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(address) - 1;
            if (open > 0)
            {
                _open[address] = open;
                return;
            }

            _open.Remove(address);
        }
    }
}
