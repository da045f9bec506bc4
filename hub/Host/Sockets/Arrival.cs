using System.Buffers.Binary;
using System.Net.Sockets;

namespace StemLab.Hub.Sockets;

/// <summary>What the kernel remembers of a socket's arrivals. Source: tcp(7), TCP_INFO; struct tcp_info in the kernel's include/uapi/linux/tcp.h, tcpi_last_data_recv.</summary>
internal static class Arrival
{
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const int LastDataReceivedAt = 52;

    /// <summary>The kernel counts in steps of 1, 4 or 10 ms; what is told is never too long ago.</summary>
    private const long LongestStepUs = 10_000;

    /// <summary>How long ago the newest bytes came, µs, at least; 0 where the system does not say.</summary>
    public static long UsAgo(Socket socket)
    {
        Span<byte> info = stackalloc byte[LastDataReceivedAt + 4];
        try
        {
            return socket.GetRawSocketOption(Tcp, TcpInfo, info) < info.Length ? 0 : Math.Max(0, (BinaryPrimitives.ReadUInt32LittleEndian(info[LastDataReceivedAt..]) * 1000L) - LongestStepUs);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
