using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Query;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Samples;

/// <summary>Degrees north and east, WGS 84, and how old.</summary>
internal readonly record struct GpsFix(double Latitude, double Longitude, long AgeUs);

/// <summary>A site of the hub.</summary>
/// <param name="DistanceM">From the fix; null = there is no fix, or nobody has said where the site is.</param>
internal sealed record NearSite(Site Site, double? DistanceM);

/// <summary>Where a sample of a channel would be taken now: the fix, null without, and sites, the likeliest first.</summary>
/// <param name="IsHere">The first of them is where it is taken: the agent was placed there, or the fix is that near.</param>
internal sealed record SitesHere(GpsFix? Fix, ImmutableArray<NearSite> Sites, bool IsHere);

/// <summary>
/// Which sites a sample may be at: by the GPS of the channel's own agent, else where that agent was placed, else by the only GPS there is (a boat has one for all its probes). Safe from any thread.
/// </summary>
internal sealed class SitesNear(ObservationStore store, DerivationBook derivations, ReadingQuery query)
{
    /// <summary>An older fix says where the boat was.</summary>
    public const long FreshUs = 120_000_000;

    /// <summary>So near a site, the boat is at it: a GPS is a few metres off, a boat at anchor swings.</summary>
    public const double AtM = 200;

    public const int Most = 8;

    private const double EarthM = 6_371_008.8;

    /// <summary>Null where there is no such channel.</summary>
    public SitesHere? Of(string channel)
    {
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var derivation = derivations.Current;
        if (!derivation.TryFindChannel(channel, out var view))
        {
            return null;
        }

        var sites = derivation.Inputs.Facts.Of<Site>().GroupBy(site => site.Body.SiteId).Select(same => same.OrderBy(site => site.Fact.Revision).Last().Body).ToList();
        var placed = PlaceNames.SiteOf(derivation, view.Agent);
        var fix = FixOf(view.Agent, snapshot, derivation) ?? (placed is null ? OnlyFix(snapshot, derivation) : null);
        if (fix is null)
        {
            ImmutableArray<NearSite> known = [.. sites.OrderByDescending(site => site.SiteId == placed?.SiteId).ThenBy(site => site.Slug, StringComparer.Ordinal).Take(Most).Select(site => new NearSite(site, null))];
            return new SitesHere(null, known, placed is not null);
        }

        ImmutableArray<NearSite> near = [.. sites.Select(site => new NearSite(site, Distance(fix.Value, site))).OrderBy(site => site.DistanceM ?? double.MaxValue).ThenBy(site => site.Site.Slug, StringComparer.Ordinal).Take(Most)];
        return new SitesHere(fix, near, near is [{ DistanceM: <= AtM }, ..]);
    }

    /// <summary>Along the great circle, m; null where nobody has said where the site is. The haversine formula (R. W. Sinnott, Sky and Telescope 68, 1984).</summary>
    public static double? Distance(GpsFix fix, Site site)
    {
        if (site is not { Latitude: { } latitude, Longitude: { } longitude })
        {
            return null;
        }

        var (north, east) = (double.DegreesToRadians(latitude - fix.Latitude), double.DegreesToRadians(longitude - fix.Longitude));
        var half = Math.Pow(Math.Sin(north / 2), 2) + (Math.Cos(double.DegreesToRadians(fix.Latitude)) * Math.Cos(double.DegreesToRadians(latitude)) * Math.Pow(Math.Sin(east / 2), 2));
        return 2 * EarthM * Math.Asin(Math.Min(1, Math.Sqrt(half)));
    }

    /// <summary>The only fresh fix of the hub; null where there is none, or more than one boat.</summary>
    private GpsFix? OnlyFix(StoreSnapshot snapshot, Derivation derivation) =>
        derivation.Channels.Where(channel => channel.PropertyId == "latitude").Select(channel => channel.Agent).Distinct().Select(agent => FixOf(agent, snapshot, derivation)).OfType<GpsFix>().ToList() is [var only] ? only : null;

    private GpsFix? FixOf(AgentId agent, StoreSnapshot snapshot, Derivation derivation)
    {
        Reading? Newest(string property) => derivation.Channels.FirstOrDefault(channel => channel.Agent == agent && channel.PropertyId == property) is { } half
            && query.LatestOf(snapshot, derivation, half) is { HasValue: true, HasAgeUs: true, AgeUs: <= FreshUs, Flag: QcFlag.Good or QcFlag.NotEvaluated } reading ? reading : null;

        return Newest("latitude") is { } north && Newest("longitude") is { } east ? new GpsFix(north.Value, east.Value, Math.Max(north.AgeUs, east.AgeUs)) : null;
    }
}
