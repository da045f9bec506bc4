using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Wire;

namespace StemLab.Hub.History;

/// <summary>Which channels a request means: exact names, "agents/{id}/channels/-", "agents/-/channels/-". Immutable, pure.</summary>
internal sealed class ChannelSelection
{
    private readonly bool _all;
    private readonly ImmutableHashSet<string> _agents;
    private readonly ImmutableHashSet<string> _names;

    private ChannelSelection(bool all, ImmutableHashSet<string> agents, ImmutableHashSet<string> names)
    {
        _all = all;
        _agents = agents;
        _names = names;
        Key = all ? "*" : string.Join('\n', agents.Order(StringComparer.Ordinal).Concat(names.Order(StringComparer.Ordinal)));
    }

    /// <summary>Equal for equal selections.</summary>
    public string Key { get; }

    /// <summary>Exact names asked for; an unknown one is the caller's mistake.</summary>
    public IEnumerable<string> Names => _names;

    /// <summary>Reads names; those out of form come back in <paramref name="malformed"/>. No names at all = everything.</summary>
    public static ChannelSelection Parse(IReadOnlyCollection<string> names, out ImmutableArray<string> malformed)
    {
        var all = names.Count == 0;
        var agents = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var exact = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var wrong = ImmutableArray.CreateBuilder<string>();
        foreach (var name in names)
        {
            var parts = name.Split('/');
            if (parts is ["agents", "-", "channels", "-"])
            {
                all = true;
            }
            else if (parts is ["agents", var agent, "channels", var channel] && Id128.TryParse(agent, out _) && channel.Length > 0)
            {
                (channel == "-" ? agents : exact).Add(channel == "-" ? $"agents/{agent}/" : name);
            }
            else
            {
                wrong.Add(name);
            }
        }

        malformed = wrong.ToImmutable();
        return new ChannelSelection(all, agents.ToImmutable(), exact.ToImmutable());
    }

    public bool Contains(ChannelView channel) => _all || _names.Contains(channel.Name) || (_agents.Count > 0 && _agents.Contains(channel.Name[..(channel.Name.IndexOf('/', "agents/".Length) + 1)]));

    /// <summary>The channels that match now, in the derivation's order.</summary>
    public ImmutableArray<ChannelView> Of(Derivation derivation) => [.. derivation.Channels.Where(Contains)];
}
