using StemLab.Hub.Derive;
using StemLab.Hub.Operations;
using StemLab.Hub.Quality;
using StemLab.InfluxDbClient;
using StemLab.Science.Time;
using StemLab.Store;
using StemLab.Store.Influx;

namespace StemLab.Hub.Influx;

/// <summary>Joins the store to its InfluxDB while the hub runs, where the options name one. Safe from any thread.</summary>
internal sealed class InfluxLink(
    HubOptions options, ObservationStore store, DerivationBook derivations, QualityBook quality, StoredExtents extents, TimeProvider time, ILogger<InfluxStore> logger) : IHostedService, IAsyncDisposable
{
    // A boot placed worse than this would be dated wrongly for ever.
    private const long MostSigmaUs = 86_400L * 1_000_000;

    [ThreadStatic]
    private static DerivedColumns? columns;

    private InfluxStore? _influx;

    /// <summary>The far side; null in an embedded hub.</summary>
    public InfluxStore? Influx => Volatile.Read(ref _influx);

    /// <summary>How it stands with InfluxDB; null in an embedded hub.</summary>
    public FarStatus? Status => Influx?.Status;

    /// <summary>A boot's offset as it is known now, µs; null while it is neither known within a day nor placed by a person.</summary>
    public long? OffsetOf(BootId boot)
    {
        var derivation = derivations.Current;
        var map = derivation.MapOf(boot);
        if (map.State == TimeState.Unknown || !TryFirst(boot, out var tUs) || (map.SigmaUs(tUs) > MostSigmaUs && !derivation.IsPlacedByPerson(boot)))
        {
            return null;
        }

        return map.ToUtc(tUs) - tUs;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.InfluxOptions() is { } influx)
        {
            Volatile.Write(ref _influx, await InfluxStore.AttachAsync(
                store, influx, new FarProjection(OffsetOf, Values), options.InfluxWriter == "client" ? NamedClient.Open(influx) : null, time, logger, cancellationToken));
        }
        else if (store.ForwardedThrough is not null)
        {
            // It was joined once: nobody waits for the log any more.
            await store.StopForwardingAsync(cancellationToken);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _influx, null) is { } influx)
        {
            await influx.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync(default);

    private bool TryFirst(BootId boot, out long tUs)
    {
        foreach (var entry in store.Dictionary.Series.Span)
        {
            if (entry.Boot == boot && extents.TryFind(entry.Id, out tUs, out _))
            {
                return true;
            }
        }

        tUs = 0;
        return false;
    }

    /// <summary>Value and flag as of now, for rows on their way; what is not judged yet says so.</summary>
    private void Values(SeriesId series, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, Span<double> value, Span<byte> flag)
    {
        var current = derivations.Current;
        if (!current.TryFindSeries(series, out var derivation))
        {
            value.Fill(double.NaN);
            flag.Fill(SeriesDerivation.NotEvaluated);
            return;
        }

        columns ??= new DerivedColumns();
        using var snapshot = derivation.NeedsSiblings ? store.Snapshot() : null;
        derivation.Apply(tUs, raw, missing, snapshot is null ? null : new SiblingRows(snapshot, current), columns);
        quality.LiveFlags(series, tUs[0], tUs[^1]).Apply(tUs, columns);
        columns.Value.AsSpan(0, tUs.Length).CopyTo(value);
        columns.Flag.AsSpan(0, tUs.Length).CopyTo(flag);
    }
}
