using StemLab.TestKit;

namespace StemLab.Store.Faults;

public sealed class KillTests
{
    [Fact]
    public async Task Killed_at_any_moment_every_receipted_block_is_there_once()
    {
        using var folder = new TempFolder();
        var random = new Random(11);
        var rounds = FaultReport.Rounds(6);
        for (var round = 0; round < rounds; round++)
        {
            using var child = ChildWriter.Start(folder.Path, int.MaxValue);
            try
            {
                await Acks.WaitForMoreAsync(folder.Path, random.Next(1, 60));
            }
            finally
            {
                child.Kill();
            }

            await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken);
            ChildWriter.Check(folder.Path, Acks.Last(folder.Path));
        }

        FaultReport.Line("store killed with kill -9 while it writes", rounds, (Acks.Last(folder.Path) + 1) * ChildWriter.RowsPerBlock);
    }

    private static class Acks
    {
        /// <summary>Waits for the child by its file; the child is a real process, so this is real time, bounded.</summary>
        public static async Task WaitForMoreAsync(string folder, int more)
        {
            var from = Last(folder);
            using var limit = new CancellationTokenSource(TestStore.Limit, TimeProvider.System);
            using var watcher = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            while (Last(folder) < from + more && await watcher.WaitForNextTickAsync(limit.Token))
            {
            }
        }

        public static long Last(string folder)
        {
            var path = Path.Combine(folder, ChildWriter.AckFile);
            if (!File.Exists(path))
            {
                return -1;
            }

            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            var lines = reader.ReadToEnd().Split('\n');
            return lines.Length < 2 ? -1 : long.Parse(lines[^2], System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
