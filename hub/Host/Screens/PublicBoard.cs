using System.Collections.Immutable;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Units;
using StemLab.Store;
using StemLab.V1;
using QcFlag = StemLab.V1.QcFlag;

namespace StemLab.Hub.Screens;

/// <summary>
/// What anybody may see: chosen channels by place and property, without agents, groups or people. Computed once for all who ask within <see cref="FreshFor"/>, so that two hundred
/// visitors cost no more than one. Safe from any thread.
/// </summary>
internal sealed class PublicBoard(
    ScreenBook book, PublicCampaigns campaigns, SetupState setup, AccessOptions access, ObservationStore store, DerivationBook derivations, ReadingQuery query, HubClock clock, HubUtc utc, TimeProvider time)
    : IDisposable
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReplayFreshFor = TimeSpan.FromMinutes(1);
    private const long LeastStaleUs = 10_000_000;
    private const long DayUs = 86_400_000_000;
    private const int Steps = 288;
    private const int MostOfDemo = 12;

    private readonly SemaphoreSlim _replaying = new(1);

    // Replaced whole.
    private volatile Kept<GetPublicBoardResponse>? _board;
    private volatile Kept<GetPublicReplayResponse>? _replay;

    /// <summary>The board now, at most two seconds old.</summary>
    public GetPublicBoardResponse Now()
    {
        var settings = book.Settings;
        if (_board is { } kept && kept.Of == settings && time.GetElapsedTime(kept.At) < FreshFor)
        {
            return kept.Answer;
        }

        var board = Compute(settings);
        _board = new Kept<GetPublicBoardResponse>(settings, time.GetTimestamp(), board);
        return board;
    }

    /// <summary>Names of the channels the public sees now, chosen or those of a demo.</summary>
    public ImmutableArray<string> Shown() => book.Settings?.Channels ?? [.. Channels(null, derivations.Current).Select(channel => channel.Name)];

    /// <summary>The 24 hours before the newest public reading, in steps of five minutes; empty when nothing has a time.</summary>
    public async Task<GetPublicReplayResponse> ReplayAsync(CancellationToken cancellationToken)
    {
        var settings = book.Settings;
        await _replaying.WaitAsync(cancellationToken);
        try
        {
            if (_replay is { } kept && kept.Of == settings && time.GetElapsedTime(kept.At) < ReplayFreshFor)
            {
                return kept.Answer;
            }

            var answer = await ReplayAsync(settings, cancellationToken);
            _replay = new Kept<GetPublicReplayResponse>(settings, time.GetTimestamp(), answer);
            return answer;
        }
        finally
        {
            _replaying.Release();
        }
    }

    public void Dispose() => _replaying.Dispose();

    /// <summary>The channels the public may see, in their order on the board. A demo shows a dozen: nothing in it is real.</summary>
    private ImmutableArray<ChannelView> Channels(ScreenSettings? settings, Derivation derivation)
    {
        if (settings is null)
        {
            return access.Demo ? OfDemo(derivation) : [];
        }

        return [.. settings.Channels.Select(name => derivation.TryFindChannel(name, out var channel) ? channel : null).OfType<ChannelView>()];
    }

    /// <summary>One channel of every agent, each of another property as far as there are, then the next of every agent.</summary>
    private static ImmutableArray<ChannelView> OfDemo(Derivation derivation)
    {
        var agents = derivation.Channels.Where(channel => channel.Property is not null && channel.DerivedBy.IsEmpty && !channel.Recorded && channel.Port != "agent").GroupBy(channel => channel.Agent, (_, channels) => channels.ToList());
        return [.. agents.SelectMany((own, i) => own.Select((_, round) => (Channel: own[(i + round) % own.Count], Round: round))).OrderBy(one => one.Round).Select(one => one.Channel).Take(MostOfDemo)];
    }

    private GetPublicBoardResponse Compute(ScreenSettings? settings)
    {
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var derivation = derivations.Current;
        var board = new GetPublicBoardResponse { CityName = settings is { CityName.Length: > 0 } ? settings.CityName : setup.SchoolName.Length > 0 ? setup.SchoolName : "StemLab", HasLogo = settings?.Logo.Length > 0 };
        if (utc.At(clock.NowUs()) is { } now)
        {
            board.UtcUs = now.UtcUs;
        }

        var limits = settings is { ConfirmedLimits.Length: > 0 } && LimitsReader.Read(access.DataFolder, settings.ConfirmedLimits).File is { Confirmed: true } file ? file : null;
        foreach (var channel in Channels(settings, derivation))
        {
            var card = CardOf(snapshot, derivation, channel, (uint)board.Cards.Count);
            if (limits?.Limits.FirstOrDefault(limit => limit.ObservedProperty == channel.PropertyId) is { } stated && Converted(stated, channel.UnitUcum) is { } limit)
            {
                card.Limit = limit;
                board.LimitsSource = limits.Source;
            }

            board.Cards.Add(card);
        }

        board.Campaigns.AddRange(campaigns.Chosen());
        board.Live = board.Cards.Any(card => card.HasAgeUs && !card.Stale);
        return board;
    }

    private PublicCard CardOf(StoreSnapshot snapshot, Derivation derivation, ChannelView channel, uint number)
    {
        var latest = query.LatestOf(snapshot, derivation, channel);
        var card = new PublicCard
        {
            Number = number,
            Property = new Sentence { En = channel.Property?.NameEn ?? channel.Port, Vi = channel.Property?.NameVi ?? channel.Port },
            UnitSymbol = UnitSymbols.Of(channel.UnitUcum),
            DisplayDecimals = Math.Min(channel.Property?.Decimals ?? 2, Math.Abs(latest?.Value ?? 0) switch { >= 100 => 0, >= 10 => 1, _ => 2 }),
            Flag = latest?.Flag ?? QcFlag.Missing,
            Simulated = channel.Simulated,
            Stale = latest is not { HasAgeUs: true } || latest.AgeUs > Math.Max(LeastStaleUs, 3 * channel.IntervalUs),
            Meaning = Meanings.Of(channel.PropertyId),
        };
        if (latest is { HasValue: true, Flag: not (QcFlag.Fail or QcFlag.Missing) })
        {
            card.Value = latest.Value;
        }

        if (latest is { HasAgeUs: true })
        {
            card.AgeUs = latest.AgeUs;
        }

        var site = PlaceNames.SiteOf(derivation, channel.Agent);
        var place = site is null ? PlaceNames.Of(derivation, channel) : PlaceNames.Of(site);
        card.Place = new Sentence { En = place.En, Vi = place.Vi };
        if (site is { Latitude: { } north, Longitude: { } east })
        {
            (card.Latitude, card.Longitude) = (north, east);
        }

        return card;
    }

    /// <summary>In the unit the card shows; null where the units have nothing to do with each other.</summary>
    private static Limit? Converted(Limit stated, string unit)
    {
        if (!Ucum.TryConvert(stated.UnitUcum, unit, out var conversion))
        {
            return null;
        }

        var limit = new Limit(stated) { UnitUcum = unit };
        if (stated.HasLeast)
        {
            limit.Least = conversion.Apply(stated.Least);
        }

        if (stated.HasMost)
        {
            limit.Most = conversion.Apply(stated.Most);
        }

        return limit;
    }

    private async Task<GetPublicReplayResponse> ReplayAsync(ScreenSettings? settings, CancellationToken cancellationToken)
    {
        var answer = new GetPublicReplayResponse();
        var derivation = derivations.Current;
        var channels = Channels(settings, derivation);
        long? newest;
        using (var snapshot = store.Snapshot())
        {
            snapshot.OnDamage = static _ => { };
            newest = channels.Select(channel => query.LatestOf(snapshot, derivation, channel)).Max(latest => latest is { HasTimeUs: true } ? latest.TimeUs : (long?)null);
        }

        if (newest is not { } end)
        {
            return answer;
        }

        (answer.StartTimeUs, answer.StepUs) = (end - DayUs, DayUs / Steps);
        var numbers = channels.Select((channel, i) => (channel.Name, Number: (uint)i)).ToDictionary(pair => pair.Name, pair => pair.Number, StringComparer.Ordinal);
        var request = new QueryReadingsRequest { StartTimeUs = answer.StartTimeUs, EndTimeUs = end + 1, MaxBuckets = Steps };
        var names = new Dictionary<uint, string>();
        var tracks = new Dictionary<uint, PublicTrack>();
        await foreach (var part in query.RunAsync(request, ChannelSelection.Parse([.. numbers.Keys], out _), cancellationToken))
        {
            foreach (var (channelRef, name) in part.ChannelNames)
            {
                names[channelRef] = name;
            }

            foreach (var block in part.Buckets)
            {
                var track = tracks.TryGetValue(block.ChannelRef, out var begun) ? begun : tracks[block.ChannelRef] = Empty(numbers[names[block.ChannelRef]]);
                for (var i = 0; i < block.Index.Count; i++)
                {
                    // A bucket may be wider than a step: it stands for all it covers.
                    var begin = block.StartTimeUs + (block.Index[i] * block.WidthUs) - answer.StartTimeUs;
                    for (var step = Math.Max(0, begin / answer.StepUs); step < Steps && step * answer.StepUs < begin + block.WidthUs; step++)
                    {
                        track.Mean[(int)step] = block.Mean[i];
                    }
                }
            }
        }

        answer.Tracks.AddRange(tracks.Values.OrderBy(track => track.Number));
        return answer;
    }

    private static PublicTrack Empty(uint number)
    {
        var track = new PublicTrack { Number = number };
        track.Mean.AddRange(Enumerable.Repeat(double.NaN, Steps));
        return track;
    }

    private sealed record Kept<T>(ScreenSettings? Of, long At, T Answer);
}
