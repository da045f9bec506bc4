using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Preflight;

/// <summary>
/// Tries what a trip will need: a store of its own beside the real one takes readings, is closed, opened and checked; and the real one's last hour is read back the way an export
/// reads it. Nothing of it stays. Safe from any thread; one at a time.
/// </summary>
internal sealed class DryRun(ReadingQuery query, DerivationBook derivations, string dataFolder, ILoggerFactory loggers, TimeProvider time) : IDisposable
{
    private const string Prefix = "dryrun-";
    private const int Rows = 1_000;
    private const long HourUs = 3_600_000_000;
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Writes, closes, opens and verifies; how long that took.</summary>
    /// <exception cref="IOException">The disk refuses, or what was read is not what was written.</exception>
    public async Task<TimeSpan> StoreAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        var folder = Path.Combine(dataFolder, Prefix + Id128.New());
        try
        {
            foreach (var old in Directory.EnumerateDirectories(dataFolder, Prefix + "*"))
            {
                Directory.Delete(old, recursive: true);
            }

            var started = time.GetTimestamp();
            Directory.CreateDirectory(folder);
            await WriteAsync(folder, cancellationToken);
            var report = SeriesFile.Verify(folder, static (ReadOnlySpan<byte> _, out BlockRows rows) =>
            {
                rows = null!;
                return false;
            });
            var found = SeriesFile.Stats(folder).ChunkRows;
            if (!report.IsGood || found != Rows)
            {
                throw new IOException(report.IsGood ? $"{found} of {Rows} readings were there again" : report.Problems[0]);
            }

            return time.GetElapsedTime(started);
        }
        finally
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            _one.Release();
        }
    }

    /// <summary>Reads the last hour of every channel through time, calibration and flags, as an export does: how many readings, of how many channels.</summary>
    public async Task<(long Readings, int Channels)> ReadAsync(long? utcUs, CancellationToken cancellationToken)
    {
        var request = new QueryReadingsRequest { StartTimeUs = utcUs is { } now ? now - HourUs : 0, MaxBuckets = 60 };
        var (readings, channels) = (0L, 0);
        await foreach (var answer in query.RunAsync(request, ChannelSelection.Parse([], out _), cancellationToken))
        {
            channels += answer.ChannelNames.Count;
            readings += answer.Buckets.Sum(block => block.Count.Sum() + block.Excluded.Sum());
        }

        return (readings, Math.Min(channels, derivations.Current.Channels.Count));
    }

    public void Dispose() => _one.Dispose();

    private async Task WriteAsync(string folder, CancellationToken cancellationToken)
    {
        var (agent, boot) = (new AgentId(Id128.New().Value), new BootId(Id128.New().Value));
        await using var store = ObservationStore.Open(
            new StoreOptions { Folder = folder }, static (ReadOnlySpan<byte> _, out BlockRows rows) =>
            {
                rows = null!;
                return false;
            },
            static _ => { }, time, loggers.CreateLogger<ObservationStore>());
        await store.DeclareAsync(new Declarations(agent, [new BootDeclaration(boot, agent, BootKind.Device, 1, null)], [], []), cancellationToken);
        var input = new InputDeclaration("dryrun", "temperature", "Cel", 1_000_000);
        var submission = new ForeignRows(agent, boot, [.. Enumerable.Range(0, Rows).Select(i => new ForeignRow(input, i * 1_000_000L, 20 + (i * 0.01), 0))], null, false);
        await store.SubmitAsync(submission, cancellationToken);
        await submission.Completion.WaitAsync(cancellationToken);
        await store.FlushAsync(cancellationToken);
    }
}
