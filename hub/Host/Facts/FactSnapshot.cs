using System.Collections.Frozen;
using System.Collections.Immutable;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>The facts as of one revision. Immutable, safe from any thread; the same facts give the same snapshot whatever order they came in.</summary>
internal sealed class FactSnapshot
{
    private readonly FrozenDictionary<Id128, Fact> _byId;
    private readonly FrozenSet<Id128> _superseded;
    private readonly ImmutableDictionary<Type, ImmutableArray<Fact>> _effective;

    private FactSnapshot(long revision, FrozenDictionary<Id128, Fact> byId, FrozenSet<Id128> superseded)
    {
        Revision = revision;
        _byId = byId;
        _superseded = superseded;
        All = [.. byId.Values.OrderBy(fact => fact.FactId.Value)];
        Effective = [.. All.Where(fact => !superseded.Contains(fact.FactId))];
        _effective = Effective.GroupBy(fact => fact.Body.GetType()).ToImmutableDictionary(group => group.Key, group => group.ToImmutableArray());
    }

    public static FactSnapshot Empty { get; } = Of(0, []);

    public long Revision { get; }

    /// <summary>Every fact up to the revision, by fact id.</summary>
    public ImmutableArray<Fact> All { get; }

    /// <summary>Those no other fact supersedes, by fact id.</summary>
    public ImmutableArray<Fact> Effective { get; }

    /// <summary>Two facts that claim one id (a sender's bug) count as the one with the smaller digest, so that merging has no order.</summary>
    public static FactSnapshot Of(long revision, IEnumerable<Fact> facts)
    {
        var byId = new Dictionary<Id128, Fact>();
        foreach (Fact fact in facts)
        {
            if (!byId.TryGetValue(fact.FactId, out Fact? other) || FactJson.Digest(fact).AsSpan().SequenceCompareTo(FactJson.Digest(other)) < 0)
            {
                byId[fact.FactId] = fact;
            }
        }

        return new FactSnapshot(revision, byId.ToFrozenDictionary(), byId.Values.SelectMany(fact => fact.Supersedes).ToFrozenSet());
    }

    /// <summary>The facts in force whose body is a <typeparamref name="T"/>, by fact id.</summary>
    public IEnumerable<(Fact Fact, T Body)> Of<T>()
        where T : FactBody =>
        _effective.TryGetValue(typeof(T), out ImmutableArray<Fact> facts) ? facts.Select(fact => (fact, (T)fact.Body)) : [];

    public bool TryFind(Id128 factId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Fact? fact) => _byId.TryGetValue(factId, out fact);

    public bool IsEffective(Id128 factId) => _byId.ContainsKey(factId) && !_superseded.Contains(factId);
}
