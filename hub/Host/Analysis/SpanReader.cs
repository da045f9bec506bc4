using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Operations;
using StemLab.Hub.Quality;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Analysis;

/// <summary>Reads spans to compute over, within what a hub on a Pi can afford: so many readings, so long, so many callers at once. Safe from any thread.</summary>
internal sealed class SpanReader(ObservationStore store, DerivationBook derivations, QualityBook quality, TimeProvider time) : IDisposable
{
    /// <summary>Readings of one call: about 70 MB while it lasts.</summary>
    public const int MostReadings = 2_000_000;

    /// <summary>Callers computing at once; others wait.</summary>
    public const int MostAtOnce = 2;

    /// <summary>Longest computation.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _places = new(MostAtOnce);

    /// <summary>Reads the span and computes over it, or refuses with a status that says what to do.</summary>
    /// <param name="asked">As sent; null = not sent.</param>
    /// <param name="most">Most readings this computation takes.</param>
    /// <param name="compute">Pure; called once, on the caller's thread.</param>
    /// <param name="supposed">Instead of the channel: one under facts that are supposed; called once there is a place. Absent = the channel, under the facts of the revision asked for.</param>
    public async Task<TAnswer> RunAsync<TAnswer>(
        ReadingSpan? asked, int most, Func<SpanValues, CancellationToken, TAnswer> compute, CancellationToken cancellationToken, Func<(string Channel, Derivation Under)>? supposed = null)
    {
        Check(asked, supposed is not null);
        if (!await _places.WaitAsync(Patience, cancellationToken))
        {
            throw Rpc.ResourceExhausted("analysis", $"{MostAtOnce} other computations are running; try again in a moment", $"Đang có {MostAtOnce} phép tính khác; hãy thử lại sau", TimeSpan.FromSeconds(5));
        }

        using var limit = new CancellationTokenSource(Limit, time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return compute(Read(asked!, supposed?.Invoke(), most, ends.Token), ends.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Rpc.ResourceExhausted("analysis", $"the computation took longer than {Limit.TotalSeconds} s; ask for a shorter span", $"Tính lâu hơn {Limit.TotalSeconds} giây; hãy chọn đoạn ngắn hơn", TimeSpan.Zero);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Another channel over the same time and facts, as x of a fit.</summary>
    public ReadSpan ReadBeside(SpanValues values, string channel, long earlierUs, int most, CancellationToken cancellationToken)
    {
        var derivation = derivations.At(values.Revision);
        if (!derivation.TryFindChannel(channel, out var view))
        {
            throw Rpc.NotFound("channel", channel);
        }

        using var snapshot = store.Snapshot();
        var (first, last) = values.Count == 0 ? (0, 0) : (values.UtcUs[0], values.UtcUs[^1]);
        var flags = quality.FlagsOf(snapshot, derivation, view, first - earlierUs, last + 1, cancellationToken);
        return ReadSpan.Read(snapshot, derivation, view, first - earlierUs, last + 1, most, flags, cancellationToken) ?? throw TooMany(most);
    }

    public void Dispose() => _places.Dispose();

    private static void Check(ReadingSpan? asked, bool isSupposed)
    {
        if (asked is null || (asked.Channel.Length == 0 && !isSupposed))
        {
            throw Rpc.InvalidArgument("span.channel", "name the channel: agents/{32 hex}/channels/{id}");
        }

        var wrong = new List<(string, string)>();
        if (asked.EndTimeUs != 0 && asked.EndTimeUs <= asked.StartTimeUs)
        {
            wrong.Add(("span.end_time_us", $"{asked.EndTimeUs} is not after span.start_time_us {asked.StartTimeUs}"));
        }

        if (asked.AsOfRevision < 0)
        {
            wrong.Add(("span.as_of_revision", $"{asked.AsOfRevision} is not a revision; 0 means the newest"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }
    }

    private SpanValues Read(ReadingSpan asked, (string Channel, Derivation Under)? supposed, int most, CancellationToken cancellationToken)
    {
        using var snapshot = store.Snapshot();
        var derivation = supposed?.Under ?? (asked.AsOfRevision == 0 ? derivations.Current : derivations.At(asked.AsOfRevision));
        if (!derivation.TryFindChannel(supposed?.Channel ?? asked.Channel, out var channel))
        {
            throw Rpc.NotFound("channel", asked.Channel);
        }

        var toUtcUs = asked.EndTimeUs == 0 ? long.MaxValue : asked.EndTimeUs;
        var flags = quality.FlagsOf(snapshot, derivation, channel, asked.StartTimeUs, toUtcUs, cancellationToken);
        var read = ReadSpan.Read(snapshot, derivation, channel, asked.StartTimeUs, toUtcUs, most, flags, cancellationToken);
        return read is null ? throw TooMany(most) : SpanValues.Of(read, asked.WithFailed);
    }

    private static Grpc.Core.RpcException TooMany(int most) =>
        Rpc.ResourceExhausted("analysis", $"the span holds more than {most} readings; ask for a shorter one, or for buckets by readings:query", $"Đoạn này có hơn {most} số đo; hãy chọn đoạn ngắn hơn", TimeSpan.Zero);
}
