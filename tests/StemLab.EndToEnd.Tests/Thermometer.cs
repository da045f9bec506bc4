using System.Globalization;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>
/// A machine with one thermometer the kernel drives, as a folder for <c>stemlab-agent run --root</c>. It shows what time it is for the test, in seconds: so every reading says itself when it was taken, whatever its agent and hub think.
/// </summary>
internal sealed class Thermometer : IAsyncDisposable
{
    private const int LongestSeconds = 999;
    private readonly TempFolder folder = new();
    private readonly CancellationTokenSource stop = new();
    private readonly FileStream input;
    private readonly long started = TimeProvider.System.GetTimestamp();
    private readonly Task beating;

    public Thermometer()
    {
        var node = folder.File("sys/devices/platform/soc/1-0044/hwmon/hwmon0");
        Directory.CreateDirectory(node);
        File.WriteAllText(Path.Combine(node, "name"), "sht4x\n");
        input = new FileStream(Path.Combine(node, "temp1_input"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, 0);
        Show(0);
        Directory.CreateSymbolicLink(Path.Combine(node, "device"), folder.File("sys/devices/platform/soc/1-0044"));
        Directory.CreateDirectory(folder.File("sys/class/hwmon"));
        Directory.CreateSymbolicLink(folder.File("sys/class/hwmon/hwmon0"), node);
        beating = Task.Run(BeatAsync);
    }

    /// <summary>What `--root` names.</summary>
    public string Root => folder.Path;

    /// <summary>UTC µs when it showed 0.</summary>
    public long BeganUtcUs { get; } = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;

    /// <summary>Seconds of the test.</summary>
    public double Now => TimeProvider.System.GetElapsedTime(started).TotalSeconds;

    /// <summary>The longest it showed the same number: this machine stood still, and so may have any program on it.</summary>
    public double LongestPause { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await beating;
        await input.DisposeAsync();
        folder.Dispose();
        stop.Dispose();
    }

    /// <summary>In place and always of one length, because the reader keeps the file open.</summary>
    private void Show(double seconds) =>
        RandomAccess.Write(input.SafeFileHandle, System.Text.Encoding.ASCII.GetBytes(((int)(Math.Min(seconds, LongestSeconds) * 1000)).ToString("D6", CultureInfo.InvariantCulture) + "\n"), 0);

    private async Task BeatAsync()
    {
        for (var before = Now; !stop.IsCancellationRequested;)
        {
            var now = Now;
            Show(now);
            LongestPause = Math.Max(LongestPause, now - before);
            before = now;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
