using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using StemLab.TestKit;

namespace StemLab.Agent.Machine;

/// <summary>systemd hears that the agent is ready and lives, and nothing while it hangs.</summary>
public sealed class ServiceNoticeTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly FakeLogger<ServiceNotice> log = new();

    [Fact]
    public async Task Signs_of_life_come_only_with_progress()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd's socket is Linux's");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(folder.File("notify")));
        var lives = true;
        using var stop = new CancellationTokenSource();
        var running = new ServiceNotice(folder.File("notify"), TimeSpan.FromSeconds(9), () => lives, () => "Measuring", time, log).RunAsync(stop.Token);
        Assert.Equal("READY=1\nSTATUS=Measuring", await HeardAsync(systemd));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("WATCHDOG=1\nSTATUS=Measuring", await HeardAsync(systemd));
        lives = false;
        time.Advance(TimeSpan.FromSeconds(3));
        await log.WaitForLogAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, systemd.Available);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Single(log.Collector.GetSnapshot());
    }

    [Fact]
    public async Task Outside_systemd_nothing_happens() =>
        await new ServiceNotice(null, TimeSpan.Zero, () => true, () => "", time, log).RunAsync(TestContext.Current.CancellationToken);

    public void Dispose() => folder.Dispose();

    private static async Task<string> HeardAsync(Socket systemd)
    {
        var buffer = new byte[4096];
        var read = await systemd.ReceiveAsync(buffer, SocketFlags.None, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }
}

internal static class FakeLoggerWaiting
{
    /// <summary>Waits for the first line.</summary>
    public static async Task WaitForLogAsync<T>(this FakeLogger<T> log, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (log.Collector.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, limit.Token);
        }
    }
}
