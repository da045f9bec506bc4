using System.Collections.Frozen;
using System.Collections.Immutable;
using StemLab.Hub.Derive;

namespace StemLab.Hub.Quality;

/// <summary>A channel whose flags travel to another, and for how long after a reading, µs.</summary>
internal readonly record struct InputLink(string Channel, long ReachUs);

/// <summary>
/// Which channels' values are made with readings of which others, under one derivation. Where channels are made with each other, their flags do not travel: a flag
/// would be its own cause. Immutable.
/// </summary>
internal sealed class InputLinks
{
    private readonly FrozenDictionary<string, ImmutableArray<InputLink>> _inputs;
    private readonly FrozenDictionary<string, ImmutableArray<InputLink>> _dependents;
    private readonly FrozenDictionary<string, int> _depth;

    public InputLinks(Derivation derivation)
    {
        var reach = new Dictionary<(string Of, string Dependent), long>();
        foreach ((string of, string dependent, long reachUs) in derivation.FlagLinks())
        {
            reach[(of, dependent)] = Math.Max(reachUs, reach.GetValueOrDefault((of, dependent)));
        }

        // Links of links are among the links, so a ring shows as two channels that each come before the other.
        (string Of, string Dependent, long ReachUs)[] oneWay =
            [.. reach.Where(link => link.Key.Of != link.Key.Dependent && !reach.ContainsKey((link.Key.Dependent, link.Key.Of))).Select(link => (link.Key.Of, link.Key.Dependent, link.Value))];
        _inputs = oneWay.GroupBy(link => link.Dependent, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Select(link => new InputLink(link.Of, link.ReachUs)).ToImmutableArray(), StringComparer.Ordinal);
        _dependents = oneWay.GroupBy(link => link.Of, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.Select(link => new InputLink(link.Dependent, link.ReachUs)).ToImmutableArray(), StringComparer.Ordinal);
        _depth = _inputs.ToFrozenDictionary(input => input.Key, input => input.Value.Length, StringComparer.Ordinal);
    }

    /// <summary>Whether the second channel's flags travel to the first.</summary>
    public bool Has(string channel, string input) => _inputs.TryGetValue(channel, out ImmutableArray<InputLink> inputs) && inputs.Any(link => link.Channel == input);

    /// <summary>Channels this one's flags travel to.</summary>
    public ImmutableArray<InputLink> DependentsOf(string channel) => _dependents.GetValueOrDefault(channel, []);

    /// <summary>Channels in ascending order of it come after all whose flags travel to them.</summary>
    public int DepthOf(string channel) => _depth.GetValueOrDefault(channel);
}

/// <summary>Verdicts on the inputs of one channel, asked for an hour at a time as its rows are read. One use, one thread.</summary>
internal sealed class InputWindow(Func<ChannelView, long, long, ChannelFlags> flagsOf)
{
    private const long Ahead = 3_600_000_000;

    private readonly Dictionary<string, (long FromUtcUs, long LastUtcUs, ChannelFlags Flags)> _known = new(StringComparer.Ordinal);

    public SeriesFlags Of(SeriesDerivation series, long firstT, long lastT)
    {
        (long from, long last) = (series.Map.ToUtc(firstT), series.Map.ToUtc(lastT));
        if (!_known.TryGetValue(series.Channel.Name, out (long FromUtcUs, long LastUtcUs, ChannelFlags Flags) known) || from < known.FromUtcUs || last > known.LastUtcUs)
        {
            last = Math.Max(last, from > long.MaxValue - Ahead ? long.MaxValue : from + Ahead);
            known = (from, last, flagsOf(series.Channel, from, last == long.MaxValue ? last : last + 1));
            _known[series.Channel.Name] = known;
        }

        return known.Flags.Of(series.Id);
    }
}
