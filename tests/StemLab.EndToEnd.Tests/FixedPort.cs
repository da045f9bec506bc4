using System.Net;
using System.Net.Sockets;

namespace StemLab.EndToEnd;

/// <summary>A port for a hub that is started again and again under the same address.</summary>
internal static class FixedPort
{
    /// <summary>A free port below those the system hands out by itself, so that nobody gets it while the hub is down.</summary>
    public static int Choose()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
