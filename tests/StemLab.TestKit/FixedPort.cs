using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace StemLab.TestKit;

/// <summary>A port for a server that is started again and again under the same address. Safe from any thread.</summary>
public static class FixedPort
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port free on every address, never given before by this process, and below those the system hands out by itself: nobody gets it before the server starts, or while it is down.</summary>
    public static int Choose()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Any, port));
            }
            catch (SocketException)
            {
                // Taken: another one.
                continue;
            }

            if (Given.TryAdd(port, true))
            {
                return port;
            }
        }
    }
}
