using System.Globalization;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.SensorThings;

/// <summary>One reading as an Observation. Immutable.</summary>
/// <param name="UtcUs">phenomenonTime.</param>
/// <param name="Value">NaN = missing.</param>
internal sealed record ObservationRow(
    string Datastream, string Feature, long UtcUs, long SigmaUs, double Value, double Uncertainty, double Raw, byte Flag, byte FlagTests, byte FlagPerson, string Reasons, byte Missing, string Calibration, string Boot, long TUs)
{
    /// <summary>"{datastream}@{boot}.{t}": the reading's identity.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Datastream}@{Boot}.{TUs}");

    public DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks(UtcUs * 10);

    /// <summary>The value at a path of the observation, as filters see it.</summary>
    public object? Look(string path) => path switch
    {
        "id" => Id,
        "phenomenonTime" => Time,
        "result" => double.IsNaN(Value) ? null : Value,
        "parameters/raw" => double.IsNaN(Raw) ? null : Raw,
        "parameters/flag" => (double)Flag,
        "parameters/flagTests" => (double)FlagTests,
        "parameters/flagPerson" => FlagPerson == 0 ? null : (double)FlagPerson,
        "parameters/reasons" => Reasons,
        "parameters/calibration" => Calibration,
        "parameters/boot" => Boot,
        "parameters/t_us" => (double)TUs,
        "parameters/uncertainty" => double.IsNaN(Uncertainty) ? null : Uncertainty,
        "Datastream/id" => Datastream,
        "FeatureOfInterest/id" => Feature,
        "resultTime" => null,
        _ => throw SensorThingsProblem.Form($"'{path}' is nothing an observation can be chosen by; there are phenomenonTime, result, parameters/flag, parameters/raw, Datastream/id and more"),
    };
}

/// <summary>Reads observations of channels in order of time, either way, through the same merge, derivation and flags as every other reader. One request's own.</summary>
internal sealed class ObservationReader(StoreSnapshot snapshot, EntityGraph graph, QualityBook quality, CancellationToken cancellationToken)
{
    /// <summary>Most readings looked at for one answer.</summary>
    public const long MostLookedAt = 5_000_000;

    private const int Batch = 4_096;
    private const long FirstWindowUs = 600_000_000;

    private long _lookedAt;

    /// <summary>The first or last so many observations of a channel in a range that a filter holds for, in that order.</summary>
    public IEnumerable<ObservationRow> Take(ChannelView channel, long fromUtcUs, long toUtcUs, Func<ObservationRow, bool> holds, int most, bool descends) =>
        descends ? Last(channel, fromUtcUs, toUtcUs, holds, most) : Rows(channel, fromUtcUs, toUtcUs).Where(holds).Take(most);

    /// <summary>How many observations in a range a filter holds for; without one they are not looked at one by one.</summary>
    public long Count(ChannelView channel, long fromUtcUs, long toUtcUs, Func<ObservationRow, bool>? holds)
    {
        if (holds is not null)
        {
            return Rows(channel, fromUtcUs, toUtcUs).LongCount(holds);
        }

        var check = new RangeCheck(snapshot, graph.Derivation, channel, quality.RulesOf(graph.Derivation).Of(channel), static (_, _, _) => SeriesFlags.None);
        return check.Count(fromUtcUs, toUtcUs);
    }

    /// <summary>The one of an identity; null where there is none.</summary>
    public ObservationRow? Find(ChannelView channel, string boot, long tUs)
    {
        foreach (SeriesId id in channel.Series)
        {
            SeriesDerivation series = graph.Derivation.Series(id);
            if (series.Entry.Boot.ToString() == boot && series.Map.State != TimeState.Unknown)
            {
                long utc = series.Map.ToUtc(tUs);
                return Rows(channel, utc, utc == long.MaxValue ? utc : utc + 1).FirstOrDefault(row => row.TUs == tUs && row.Boot == boot);
            }
        }

        return null;
    }

    /// <summary>First and last moment of a channel, µs; null before the first reading.</summary>
    public (long FirstUs, long LastUs)? Extent(ChannelView channel)
    {
        (long first, long last) = (long.MaxValue, long.MinValue);
        foreach (SeriesId id in channel.Series)
        {
            SeriesDerivation series = graph.Derivation.Series(id);
            if (series.Map.State != TimeState.Unknown && snapshot.TryExtent(series.Entry.Id, out long firstT, out long lastT))
            {
                (first, last) = (Math.Min(first, series.Map.ToUtc(firstT)), Math.Max(last, series.Map.ToUtc(lastT)));
            }
        }

        return first <= last ? (first, last) : null;
    }

    /// <summary>Windows back from the end, each twice as long as the one before, until there are enough.</summary>
    private List<ObservationRow> Last(ChannelView channel, long fromUtcUs, long toUtcUs, Func<ObservationRow, bool> holds, int most)
    {
        var found = new List<ObservationRow>();
        if (Extent(channel) is not { } extent || most == 0)
        {
            return found;
        }

        long from = Math.Max(fromUtcUs, extent.FirstUs);
        long to = Math.Min(toUtcUs, extent.LastUs == long.MaxValue ? extent.LastUs : extent.LastUs + 1);
        for (long window = FirstWindowUs; to > from && found.Count < most; window *= 2)
        {
            long begin = to - from <= window ? from : to - window;
            var kept = new Queue<ObservationRow>();
            foreach (ObservationRow row in Rows(channel, begin, to).Where(holds))
            {
                kept.Enqueue(row);
                if (kept.Count > most - found.Count)
                {
                    kept.Dequeue();
                }
            }

            found.AddRange(kept.Reverse());
            to = begin;
        }

        return found;
    }

    private IEnumerable<ObservationRow> Rows(ChannelView channel, long fromUtcUs, long toUtcUs)
    {
        if (fromUtcUs >= toUtcUs)
        {
            yield break;
        }

        Derivation derivation = graph.Derivation;
        ChannelFlags flags = quality.FlagsOf(snapshot, derivation, channel, fromUtcUs, toUtcUs, cancellationToken);
        var rows = new ChannelRows(snapshot, derivation, channel, fromUtcUs, toUtcUs, flags, withUncertainty: true);
        (string datastream, string feature) = (EntityGraph.IdOf(channel), graph.FeatureOf(channel));
        while (rows.TryNext(Batch, out RowStretch stretch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((_lookedAt += stretch.Count) > MostLookedAt)
            {
                throw SensorThingsProblem.Form($"More than {MostLookedAt} observations would have to be looked at: narrow phenomenonTime, or ask one Datastream");
            }

            string boot = stretch.Series.Entry.Boot.ToString();
            for (int row = stretch.From; stretch.TimeState != TimeState.Unknown && row < stretch.From + stretch.Count; row++)
            {
                DerivedColumns columns = stretch.Columns;
                long tUs = stretch.Run.TUs.Span[row];
                byte missing = stretch.Run.Missing.Span[row];
                Wire.Id128 calibration = stretch.Series.SpanAt(tUs).Calibration;
                yield return new ObservationRow(
                    datastream,
                    feature,
                    columns.UtcUs[row],
                    columns.SigmaUs[row],
                    columns.Value[row],
                    columns.Uncertainty[row],
                    missing == 0 && stretch.Series.Computed is null ? stretch.Run.Raw.Span[row] : double.NaN,
                    columns.Flag[row],
                    columns.MachineFlag[row],
                    columns.HumanFlag[row],
                    string.Join('|', RuleWords.Names(columns.Reason[row])),
                    missing,
                    calibration.IsEmpty ? "" : calibration.ToString(),
                    boot,
                    tUs);
            }

            rows.Release();
        }
    }
}
