using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace StemLab.Hub.Startup;

/// <summary>
/// Which thread goes on when a socket has something. MQTT readings are taken on the thread the kernel woke: nothing on their way waits, and a switch of threads costs more than the
/// reading. What may wait (pages, JSON) or works long (TLS) goes to the pool first; gRPC does so by itself, call by call.
/// </summary>
internal static class SocketThreads
{
    /// <summary>The runtime's own switch; it is read once, when the first socket of the process is made, and there is no other way to set it.</summary>
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Before the first socket of this process. Whoever started the hub may have chosen otherwise.</summary>
    public static void TakeWhereWoken()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }

    /// <summary>For ports whose answers may wait for a disk: what reads from the connection goes on in the pool.</summary>
    public static ConnectionDelegate ReadInPool(ConnectionDelegate next) => connection =>
    {
        connection.Transport = new Pipes(new PoolReader(connection.Transport.Input), connection.Transport.Output);
        return next(connection);
    };

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
