using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Machine;

/// <summary>
/// Tells systemd that the agent is ready, how it is, and, as long as it makes progress, that it lives (sd_notify(3)). An agent that hangs is silent, and systemd starts it again.
/// Outside systemd nothing happens. One loop.
/// </summary>
/// <param name="socketPath">NOTIFY_SOCKET; null = not under systemd.</param>
/// <param name="watchdog">WATCHDOG_USEC; zero = nobody waits for a sign of life.</param>
/// <param name="hasProgress">True where every loop has done something since it was asked last, or need not have.</param>
/// <param name="status">One line for `systemctl status`.</param>
/// <param name="time">For waiting.</param>
/// <param name="logger">Says once per episode that there is no progress.</param>
internal sealed class ServiceNotice(string? socketPath, TimeSpan watchdog, Func<bool> hasProgress, Func<string> status, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);

    /// <summary>As the environment of this process says.</summary>
    public static ServiceNotice OfThisProcess(Func<bool> hasProgress, Func<string> status, TimeProvider time, ILogger logger) => new(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 } path ? path : null,
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var us) ? TimeSpan.FromMicroseconds(us) : TimeSpan.Zero,
        hasProgress, status, time, logger);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (socketPath is null)
        {
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var systemd = new UnixDomainSocketEndPoint(socketPath[0] == '@' ? "\0" + socketPath[1..] : socketPath);
        await SendAsync(socket, systemd, $"READY=1\nSTATUS={status()}", cancellationToken);
        var pause = watchdog > TimeSpan.Zero && watchdog / 3 < Calm ? watchdog / 3 : Calm;
        var stuck = false;

        // Not a word at the end: the agent may declare its inputs anew in the same process, and systemd ends a service that says it stops.
        while (true)
        {
            await Task.Delay(pause, time, cancellationToken);
            if (hasProgress())
            {
                stuck = false;
                await SendAsync(socket, systemd, $"WATCHDOG=1\nSTATUS={status()}", cancellationToken);
            }
            else if (!stuck)
            {
                stuck = true;
                MachineLog.NoProgress(logger);
            }
        }
    }

    private static async Task SendAsync(Socket socket, UnixDomainSocketEndPoint systemd, string text, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendToAsync(Encoding.UTF8.GetBytes(text), SocketFlags.None, systemd, cancellationToken);
        }
        catch (SocketException)
        {
            // systemd is being started anew itself; the next sign of life reaches it.
        }
    }
}
