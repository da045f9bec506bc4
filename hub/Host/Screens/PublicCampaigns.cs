using System.Collections.Concurrent;
using System.Collections.Immutable;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Export;
using StemLab.Hub.Quality;
using StemLab.Science.Units;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Screens;

/// <summary>
/// Campaigns somebody chose for the public: what they are, and their readings as means over their time, by property and place. One answer is computed at a time, to its end whoever
/// still waits, and kept for a minute at least, and so long that all chosen campaigns together cost a twentieth of a core, however often strangers ask. Safe from any thread.
/// </summary>
internal sealed class PublicCampaigns(ScreenBook book, CampaignBook campaigns, AccessOptions access, ObservationStore store, DerivationBook derivations, QualityBook quality, TimeProvider time) : IDisposable
{
    public const int MostSeries = 60;

    private static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _computing = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<GetPublicCampaignResponse>>> _running = new(StringComparer.Ordinal);

    /// <summary>Those that were chosen and described, in the order they were chosen.</summary>
    public ImmutableArray<PublicCampaign> Chosen()
    {
        if (book.Settings is not { Campaigns: { IsEmpty: false } chosen })
        {
            return [];
        }

        var known = campaigns.Campaigns();
        return [.. chosen.Select(name => known.FirstOrDefault(campaign => campaign.Name == name)).OfType<Campaign>().Select(Described)];
    }

    /// <summary>One of them with its readings; null for a name that was not chosen.</summary>
    public async Task<GetPublicCampaignResponse?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (book.Settings?.Campaigns.Contains(name) != true || campaigns.Campaigns().FirstOrDefault(known => known.Name == name) is not { } campaign)
        {
            return null;
        }

        return IsFresh(campaign, out var answer)
            ? answer
            : await _running.GetOrAdd(name, _ => new Lazy<Task<GetPublicCampaignResponse>>(() => Task.Run(() => KeepAsync(campaign), _stop.Token))).Value.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _computing.Dispose();
    }

    private async Task<GetPublicCampaignResponse> KeepAsync(Campaign campaign)
    {
        var stop = _stop.Token;
        try
        {
            await _computing.WaitAsync(stop);
            try
            {
                var began = time.GetTimestamp();
                var answer = await ComputeAsync(campaign, stop);
                var rest = time.GetElapsedTime(began) * 20 * Math.Max(1, book.Settings?.Campaigns.Length ?? 1);
                _kept[campaign.Name] = new Kept(campaign, time.GetTimestamp(), rest > FreshFor ? rest : FreshFor, answer);
                return answer;
            }
            finally
            {
                _computing.Release();
            }
        }
        finally
        {
            _running.TryRemove(campaign.Name, out _);
        }
    }

    private static PublicCampaign Described(Campaign campaign)
    {
        var told = new PublicCampaign { Name = campaign.Name, Title = campaign.Title, Description = campaign.Description, Creator = campaign.Creator, Licence = campaign.Licence };
        if (campaign.Selection is { StartTimeUs: not 0 and var start })
        {
            told.StartTimeUs = start;
        }

        if (campaign.Selection is { EndTimeUs: not 0 and var end })
        {
            told.EndTimeUs = end;
        }

        return told;
    }

    private bool IsFresh(Campaign campaign, out GetPublicCampaignResponse answer)
    {
        var isFresh = _kept.TryGetValue(campaign.Name, out var kept) && kept.Of.Equals(campaign) && time.GetElapsedTime(kept.At) < kept.Lasts;
        answer = isFresh ? kept!.Answer : new GetPublicCampaignResponse();
        return isFresh;
    }

    private async Task<GetPublicCampaignResponse> ComputeAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var derivation = derivations.Current;
        var wrong = new List<(string Field, string Text)>();
        var request = SelectionCheck.Read(campaign.Selection ?? new DatasetSelection(), derivation, access.Demo, campaign.HasPlaceDecimals ? campaign.PlaceDecimals : null, wrong);
        if (wrong.Count > 0)
        {
            // A run or a site it names was taken back: what is left of the selection is not what somebody chose.
            return new GetPublicCampaignResponse { Campaign = Described(campaign) };
        }

        var places = new AgentPlaces(derivation, request.PlaceDecimals);
        ImmutableArray<CampaignSeries> all = [.. SelectedChannels.Of(request, derivation, places).Where(selected => !AgentTrack.IsPlace(selected.Channel) && selected.Channel.Port != "agent").SelectMany(selected => CampaignSeries.Of(selected, places)).OrderBy(series => series.Channel.PropertyId, StringComparer.Ordinal).ThenBy(series => series.Place.Site, StringComparer.Ordinal)];
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        await quality.TryWaitThroughAsync(snapshot.Commit, cancellationToken);
        var reading = new CampaignReading(snapshot, derivation, quality, request.Flags);
        var measured = reading.Measured(all);
        var answer = new GetPublicCampaignResponse { Campaign = Described(campaign), LeftOut = Math.Max(0, measured.Length - MostSeries) };
        if (measured.IsEmpty)
        {
            return answer;
        }

        var steps = CampaignSteps.Over(measured.Min(series => series.Spans[0].FromUtcUs), measured.Max(series => series.Spans[^1].ToUtcUs));
        (answer.StartTimeUs, answer.StepUs, answer.StepCount) = (steps.StartUs, steps.WidthUs, steps.Count);
        foreach (var series in measured.Take(MostSeries))
        {
            var told = Named(series, derivation);
            await reading.FillAsync(told, series, steps, cancellationToken);
            if (told.Count > 0)
            {
                answer.Series.Add(told);
            }
        }

        return answer;
    }

    private static PublicSeries Named(CampaignSeries series, Derivation derivation)
    {
        var channel = series.Channel;
        var site = derivation.Inputs.Facts.Of<Facts.Site>().Select(fact => fact.Body).LastOrDefault(known => known.Slug == series.Place.Site && series.Place.Site.Length > 0);
        var own = derivation.Inputs.Fleet.TryFind(channel.Agent, out var agent) ? agent.Description : "";
        var place = site is not null ? PlaceNames.Of(site) : own.Length > 0 ? new PlaceName(own, own) : new PlaceName("place not stated", "chưa ghi nơi đo");
        var told = new PublicSeries
        {
            Property = new Sentence { En = channel.Property?.NameEn ?? channel.Port, Vi = channel.Property?.NameVi ?? channel.Port },
            Place = new Sentence { En = place.En, Vi = place.Vi },
            UnitSymbol = UnitSymbols.Of(channel.UnitUcum),
            DisplayDecimals = channel.Property?.Decimals ?? 2,
            Simulated = channel.Simulated,
        };
        if (series.Place is { Latitude: { } north, Longitude: { } east })
        {
            (told.Latitude, told.Longitude) = (north, east);
        }

        return told;
    }

    private sealed record Kept(Campaign Of, long At, TimeSpan Lasts, GetPublicCampaignResponse Answer);
}
