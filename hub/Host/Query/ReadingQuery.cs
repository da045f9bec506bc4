using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Query;

/// <summary>Answers about the past: raw rows or buckets of channels in a UTC range, under the facts of one revision and the rows of one commit. Safe from any thread.</summary>
internal sealed class ReadingQuery(ObservationStore store, DerivationBook derivations, QualityBook quality, HubClock clock)
{
    /// <summary>Rows in one message: about 140 kB.</summary>
    public const int RowsOfAMessage = 8_192;

    /// <summary>Most buckets one channel may ask for.</summary>
    public const int MostBuckets = 10_000;

    /// <summary>The derivation a request is answered under; 0 = newest.</summary>
    public Derivation DerivationAt(long revision) => revision <= 0 ? derivations.Current : derivations.At(revision);

    /// <summary>Streams the answer, channel by channel, oldest first.</summary>
    public IAsyncEnumerable<QueryReadingsResponse> RunAsync(QueryReadingsRequest request, ChannelSelection selection, CancellationToken cancellationToken) =>
        RunAsync(request, selection, null, cancellationToken);

    /// <summary>The same under facts that are only supposed; null = those of the revision asked for.</summary>
    public async IAsyncEnumerable<QueryReadingsResponse> RunAsync(
        QueryReadingsRequest request, ChannelSelection selection, Derivation? supposed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var snapshot = store.Snapshot();
        var damaged = new List<DamagedRows>();
        snapshot.OnDamage = rows =>
        {
            if (!damaged.Contains(rows))
            {
                damaged.Add(rows);
            }
        };
        var derivation = supposed ?? DerivationAt(request.AsOfRevision);
        var channels = selection.Of(derivation);
        var toUs = request.EndTimeUs == 0 ? long.MaxValue : request.EndTimeUs;
        var baseline = BaselineOf(request);
        await quality.TryWaitThroughAsync(snapshot.Commit, cancellationToken);
        for (var i = 0; i < channels.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var channelRef = (uint)i + 1;
            var flags = quality.FlagsOf(snapshot, derivation, channels[i], request.StartTimeUs, toUs, cancellationToken);
            var answers = request.MaxBuckets > 0
                ? Buckets(snapshot, derivation, channels[i], channelRef, request.StartTimeUs, toUs, request.MaxBuckets, flags, baseline)
                : Rows(snapshot, derivation, channels[i], channelRef, request, toUs, flags, baseline);
            var isFirst = true;
            var removed = RemovedFrom(derivations.Current, channels[i], channelRef, request.StartTimeUs, toUs);
            foreach (var answer in answers.Concat(removed.Length > 0 ? [new QueryReadingsResponse()] : []))
            {
                if (!isFirst && answer.Blocks.Count == 0 && answer.Buckets.Count == 0)
                {
                    // What was removed has been told with the first rows.
                    continue;
                }

                answer.Revision = derivation.Revision;
                answer.Commit = snapshot.Commit;
                if (isFirst)
                {
                    answer.ChannelNames.Add(channelRef, channels[i].Name);
                    answer.Removed.Add(removed);
                    isFirst = false;
                }

                yield return answer;
                await Task.Yield();
            }
        }

        if (damaged.Count > 0)
        {
            // Last, so that everything that is whole has been sent.
            throw new StoreDamagedException(WhatIsMissing(derivation, damaged));
        }

        if (channels.Length == 0)
        {
            yield return new QueryReadingsResponse { Revision = derivation.Revision, Commit = snapshot.Commit };
        }
    }

    /// <summary>What was erased or dropped of a channel within a range, by the newest facts.</summary>
    private static RemovedReadings[] RemovedFrom(Derivation newest, ChannelView channel, uint channelRef, long fromUs, long toUs)
    {
        if (newest.Removed.Count == 0)
        {
            return [];
        }

        return
        [
            .. channel.Series.Where(id => newest.TryFindSeries(id, out _)).Select(newest.Series)
                .Where(series => newest.Removed.ContainsKey(series.Entry.Id))
                .SelectMany(series => newest.Removed[series.Entry.Id].Select(rows => (series.Map, rows)))
                .Select(removed => new RemovedReadings
                {
                    ChannelRef = channelRef,
                    StartTimeUs = removed.rows.FromT == long.MinValue ? 0 : removed.Map.ToUtc(removed.rows.FromT),
                    EndTimeUs = removed.Map.ToUtc(removed.rows.ToT),
                    Count = removed.rows.Count,
                    FactId = removed.rows.Fact.ToString(),
                    Reason = removed.rows.Reason,
                })
                .Where(removed => removed.StartTimeUs < toUs && removed.EndTimeUs > fromUs)
                .OrderBy(removed => removed.StartTimeUs),
        ];
    }

    /// <summary>Newest reading of each channel, in the order given; channels without any are left out.</summary>
    public ImmutableArray<Reading> Latest(StoreSnapshot snapshot, Derivation derivation, IEnumerable<ChannelView> channels) =>
        [.. channels.Select(channel => LatestOf(snapshot, derivation, channel)).OfType<Reading>()];

    /// <summary>Newest reading of one channel by UTC; null before the first.</summary>
    public Reading? LatestOf(StoreSnapshot snapshot, Derivation derivation, ChannelView channel)
    {
        (SeriesDerivation Series, StoredRow Row, long UtcUs)? newest = null;
        foreach (var id in channel.Series)
        {
            var series = derivation.Series(id);
            if (!snapshot.TryLatest(series.Entry.Id, out var row))
            {
                continue;
            }

            var utcUs = series.Map.ToUtc(row.TUs);
            if (newest is null || (utcUs, series.BootNo).CompareTo((newest.Value.UtcUs, newest.Value.Series.BootNo)) >= 0)
            {
                newest = (series, row, utcUs);
            }
        }

        return newest is { } found ? ReadingOf(snapshot, derivation, channel, found.Series, found.Row) : null;
    }

    /// <summary>How long ago a boot's clock showed t, by the hub's own clock; null where the two cannot be compared.</summary>
    public long? AgeUs(Derivation derivation, SeriesDerivation series, long tUs)
    {
        var hub = new BootId(clock.BootId.Value);
        if (series.Entry.Boot == hub)
        {
            return Math.Max(0, clock.NowUs() - tUs);
        }

        var hubMap = derivation.MapOf(hub);
        if (series.Map.State == Science.Time.TimeState.Unknown || hubMap.State == Science.Time.TimeState.Unknown)
        {
            return null;
        }

        return Math.Max(0, hubMap.ToUtc(clock.NowUs()) - series.Map.ToUtc(tUs));
    }

    private Baseline? BaselineOf(QueryReadingsRequest request) => request.BaselineCase switch
    {
        QueryReadingsRequest.BaselineOneofCase.BaselineRevision => new Baseline(derivations.At(request.BaselineRevision)),
        QueryReadingsRequest.BaselineOneofCase.BaselineWithoutDrift when request.BaselineWithoutDrift => new Baseline(null),
        _ => null,
    };

    private Reading ReadingOf(StoreSnapshot snapshot, Derivation derivation, ChannelView channel, SeriesDerivation series, StoredRow row)
    {
        var columns = new DerivedColumns();
        series.Apply([row.TUs], [row.Raw], [row.Missing], new SiblingRows(snapshot, derivation), columns);
        quality.LiveFlags(series.Id, row.TUs, row.TUs).Apply([row.TUs], columns);
        var reading = new Reading
        {
            Channel = channel.Name,
            TimeState = ReadingBlocks.StateOf(series.Map.State),
            Flag = (QcFlag)columns.Flag[0],
            MachineFlag = (QcFlag)columns.MachineFlag[0],
            HumanFlag = (QcFlag)columns.HumanFlag[0],
        };
        reading.Reasons.AddRange(RuleWords.Names(columns.Reason[0]));
        if (series.Map.State != Science.Time.TimeState.Unknown)
        {
            reading.TimeUs = columns.UtcUs[0];
        }

        if (columns.SigmaUs[0] != long.MaxValue)
        {
            reading.SigmaUs = columns.SigmaUs[0];
        }

        if (!double.IsNaN(columns.Value[0]))
        {
            reading.Value = columns.Value[0];
        }

        if (row.Missing == 0 && series.Computed is null)
        {
            reading.Raw = row.Raw;
        }
        else if (row.Missing != 0)
        {
            reading.MissingReason = MissingText(row.Missing);
        }

        if (AgeUs(derivation, series, row.TUs) is { } age)
        {
            reading.AgeUs = age;
        }

        return reading;
    }

    private static string WhatIsMissing(Derivation derivation, List<DamagedRows> damaged)
    {
        var spans = damaged.Take(20).Select(rows =>
        {
            var series = derivation.Series(rows.Series);
            return $"{series.Channel.Name} from {Utc(series, rows.FirstUs)} to {Utc(series, rows.LastUs)} ({rows.Count} readings, chunk {rows.Chunk})";
        });
        return $"This answer is whole but for readings whose checksum failed: {string.Join("; ", spans)}{(damaged.Count > 20 ? $" and {damaged.Count - 20} more" : "")}. hub/Store/RECOVERY.md says how to get them back";
    }

    private static string Utc(SeriesDerivation series, long tUs) =>
        DateTimeOffset.UnixEpoch.AddMicroseconds(series.Map.ToUtc(tUs)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    internal static string MissingText(byte reason) => reason switch
    {
        1 => "absent",
        2 => "fault",
        3 => "out_of_range",
        4 => "not_collected",
        5 => "late",
        _ => "unknown",
    };

    private static IEnumerable<QueryReadingsResponse> Rows(
        StoreSnapshot snapshot, Derivation derivation, ChannelView channel, uint channelRef, QueryReadingsRequest request, long toUs, ChannelFlags flags, Baseline? baseline)
    {
        var rows = new ChannelRows(snapshot, derivation, channel, request.StartTimeUs, toUs, flags, baseline, request.WithDetails);
        ReadingBlock? block = null;
        while (rows.TryNext(RowsOfAMessage - (block?.Value.Count ?? 0), out var stretch))
        {
            var state = ReadingBlocks.StateOf(stretch.TimeState);
            if (block is not null && block.TimeState != state)
            {
                yield return new QueryReadingsResponse { Blocks = { block } };
                block = null;
            }

            block ??= new ReadingBlock { ChannelRef = channelRef, TimeState = state };
            ReadingBlocks.Append(block, stretch.Columns, stretch.Series.Computed is null ? stretch.Run.Raw.Span : [], stretch.From, stretch.Count, request.WithRaw);
            ReadingBlocks.AppendDetails(block, stretch, request.WithDetails, baseline is not null);
            rows.Release();
            if (block.Value.Count >= RowsOfAMessage)
            {
                yield return new QueryReadingsResponse { Blocks = { block } };
                block = null;
            }
        }

        if (block is not null)
        {
            yield return new QueryReadingsResponse { Blocks = { block } };
        }
    }

    private static IEnumerable<QueryReadingsResponse> Buckets(
        StoreSnapshot snapshot, Derivation derivation, ChannelView channel, uint channelRef, long fromUs, long toUs, int mostBuckets, ChannelFlags flags, Baseline? baseline)
    {
        if (!TryExtent(snapshot, derivation, channel, out var firstUs, out var lastUs))
        {
            yield break;
        }

        // A range far wider than the data would waste its buckets on nothing.
        fromUs = Math.Max(fromUs, firstUs);
        toUs = Math.Min(toUs, lastUs == long.MaxValue ? lastUs : lastUs + 1);
        if (fromUs >= toUs)
        {
            yield break;
        }

        var grid = BucketGrid.Over(fromUs, toUs, mostBuckets);
        var buckets = new ChannelBuckets(grid, new SiblingRows(snapshot, derivation));
        var then = baseline is null ? null : new ChannelBuckets(grid, new SiblingRows(snapshot, baseline.Of ?? derivation));
        foreach (var id in channel.Series)
        {
            var series = derivation.Series(id);
            if (snapshot.Dictionary.TryFind(series.Entry.Id, out _))
            {
                buckets.Add(snapshot, series, flags.Of(id));
                if (baseline?.For(series) is { } seriesThen)
                {
                    then!.Add(snapshot, seriesThen, flags.Of(id));
                }
            }
        }

        if (buckets.Block(channelRef, then) is { } block)
        {
            yield return new QueryReadingsResponse { Buckets = { block } };
        }
    }

    private static bool TryExtent(StoreSnapshot snapshot, Derivation derivation, ChannelView channel, out long firstUs, out long lastUs)
    {
        (firstUs, lastUs) = (long.MaxValue, long.MinValue);
        foreach (var id in channel.Series)
        {
            var series = derivation.Series(id);
            if (snapshot.TryExtent(series.Entry.Id, out var first, out var last))
            {
                var map = series.Map;
                firstUs = Math.Min(firstUs, map.ToUtc(first));
                lastUs = Math.Max(lastUs, map.ToUtc(last));
            }
        }

        return firstUs <= lastUs;
    }
}
