using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>What people call the place of a channel, in both languages. Never empty.</summary>
internal readonly record struct PlaceName(string En, string Vi)
{
    public string In(string language) => language == "vi" ? Vi : En;
}

/// <summary>Where agents are now, by the facts of one derivation; <see cref="AgentPlaces"/> tells where they were.</summary>
internal static class PlaceNames
{
    /// <summary>
    /// The name of the site its agent is placed at; where another agent is placed there too, the agent's label is added. Placed nowhere: what the agent says of itself, else its label.
    /// </summary>
    public static PlaceName Of(Derivation derivation, ChannelView channel)
    {
        if (SiteOf(derivation, channel.Agent) is not { } site)
        {
            string own = derivation.Inputs.Fleet.TryFind(channel.Agent, out var agent) && agent.Description.Length > 0 ? agent.Description : channel.AgentSlug;
            return agent is { IsRecording: true } && own.Split(FleetAgent.LanguageMark) is [var en, var vi] ? new PlaceName(en, vi) : new PlaceName(own, own);
        }

        PlaceName named = Of(site);
        return derivation.Sites.IsShared(site) ? new PlaceName($"{named.En} · {channel.AgentSlug}", $"{named.Vi} · {channel.AgentSlug}") : named;
    }

    /// <summary>A site by the name it has; one that is named in one language only bears that name in both, one without any its slug.</summary>
    public static PlaceName Of(Site site)
    {
        string either = site.NameEn.Length > 0 ? site.NameEn : site.NameVi.Length > 0 ? site.NameVi : site.Slug;
        return new PlaceName(either, site.NameVi.Length > 0 ? site.NameVi : either);
    }

    /// <summary>Where its agent is; null = nowhere named.</summary>
    public static Site? SiteOf(Derivation derivation, AgentId agent) => derivation.Sites.Of(agent);
}
