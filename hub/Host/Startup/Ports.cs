using System.Net;
using System.Net.Sockets;

namespace StemLab.Hub.Startup;

/// <summary>Looks for a port before anything is started, so that a refusal leaves nothing half-done.</summary>
internal static class Ports
{
    /// <summary>True when the port can be bound on 127.0.0.1 now. Port 0 always can.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (!OperatingSystem.IsWindows())
        {
            // As Kestrel binds: a port in TIME_WAIT is free.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }

        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The wanted port, or the next free one above it that none of <paramref name="taken"/> is; 0 stays 0.</summary>
    public static int NextFree(int wanted, IReadOnlyCollection<int> taken)
    {
        if (wanted == 0)
        {
            return 0;
        }

        for (var port = wanted; port <= 65535; port++)
        {
            if (!taken.Contains(port) && IsFree(port))
            {
                return port;
            }
        }

        return 0;
    }
}
