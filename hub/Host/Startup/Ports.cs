using System.Net;
using System.Net.Sockets;

namespace StemLab.Hub.Startup;

/// <summary>Looks for a port before anything is started, so that a refusal leaves nothing half-done.</summary>
internal static class Ports
{
    /// <summary>True when the port can be bound on 127.0.0.1 now. Port 0 always can.</summary>
    public static bool IsFree(int port) => Trouble(new IPEndPoint(IPAddress.Loopback, port)) is null;

    /// <summary>Why an address and port cannot be listened on now, and what to do; null = they can.</summary>
    /// <param name="end">Address and port; port 0 = any free one.</param>
    /// <param name="key">Key of the port in the configuration file.</param>
    /// <param name="flag">Its option.</param>
    public static string? Refusal(IPEndPoint end, string key, string flag) => Trouble(end) switch
    {
        null => null,
        SocketError.AddressNotAvailable => $"Listen: {end.Address} is no address of this machine now; give one that it has, like 192.168.1.20, or 0.0.0.0 for all, with --listen",
        SocketError.AccessDenied => $"Port {end.Port} ({key}) is for the system's own programs: give one above 1023 with {flag}",
        SocketError.AddressAlreadyInUse => $"Port {end.Port} ({key}) is in use by another program: stop it, or give another port with {flag}",
        { } trouble => $"Port {end.Port} ({key}) of {end.Address} cannot be opened ({trouble}): give another one with {flag}, or another address with --listen",
    };

    private static SocketError? Trouble(IPEndPoint end)
    {
        using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (!OperatingSystem.IsWindows())
        {
            // As Kestrel binds: a port in TIME_WAIT is free.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        }

        try
        {
            socket.Bind(end);
            return null;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode;
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
