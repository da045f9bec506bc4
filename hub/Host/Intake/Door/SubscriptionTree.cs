using System.Collections.Frozen;

namespace StemLab.Hub.Intake.Door;

/// <summary>
/// Which topics anybody but an agent listens to, so that a publish nobody hears costs nothing. Writers under a lock build a new tree, readers take the current one: safe from any thread.
/// </summary>
internal sealed class SubscriptionTree
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _filtersOfClient = [];
    private volatile Node? _root;

    /// <summary>Grows with every change; a cached answer holds while it stands still.</summary>
    public int Version => Volatile.Read(ref _version);

    private int _version;

    public void Add(string clientId, string filter)
    {
        lock (_gate)
        {
            if (!_filtersOfClient.TryGetValue(clientId, out var filters))
            {
                _filtersOfClient.Add(clientId, filters = new HashSet<string>(StringComparer.Ordinal));
            }

            if (filters.Add(filter))
            {
                Rebuild();
            }
        }
    }

    public void Remove(string clientId, string filter)
    {
        lock (_gate)
        {
            if (_filtersOfClient.TryGetValue(clientId, out var filters) && filters.Remove(filter))
            {
                if (filters.Count == 0)
                {
                    _filtersOfClient.Remove(clientId);
                }

                Rebuild();
            }
        }
    }

    /// <summary>The client's session has ended.</summary>
    public void RemoveAll(string clientId)
    {
        lock (_gate)
        {
            if (_filtersOfClient.Remove(clientId))
            {
                Rebuild();
            }
        }
    }

    /// <summary>True when somebody listens to the topic (MQTT 5.0 section 4.7).</summary>
    public bool Hears(ReadOnlySpan<char> topic)
    {
        var root = _root;
        return root is not null && root.Matches(topic, isFirstLevel: true);
    }

    /// <summary>True when somebody listens to anything that begins with these whole levels ("stemlab/").</summary>
    public bool HearsBelow(string prefix)
    {
        var node = _root;
        if (node is null)
        {
            return false;
        }

        if (node.HasHash)
        {
            return true;
        }

        var first = prefix.TrimEnd('/');
        return node.Children.ContainsKey(first) || node.Children.ContainsKey("+");
    }

    private void Rebuild()
    {
        var draft = new Draft();
        foreach (var filter in _filtersOfClient.Values.SelectMany(filters => filters).Distinct(StringComparer.Ordinal))
        {
            draft.Add(filter);
        }

        _root = _filtersOfClient.Count == 0 ? null : draft.Freeze();
        Interlocked.Increment(ref _version);
    }

    private sealed class Draft
    {
        private readonly Dictionary<string, Draft> _children = new(StringComparer.Ordinal);
        private bool _isEnd;
        private bool _hasHash;

        public void Add(string filter)
        {
            var draft = this;
            foreach (var level in filter.Split('/'))
            {
                if (level == "#")
                {
                    draft._hasHash = true;
                    return;
                }

                if (!draft._children.TryGetValue(level, out var child))
                {
                    draft._children.Add(level, child = new Draft());
                }

                draft = child;
            }

            draft._isEnd = true;
        }

        public Node Freeze() =>
            new(_children.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.Freeze(), StringComparer.Ordinal), _isEnd, _hasHash);
    }

    private sealed class Node(FrozenDictionary<string, Node> children, bool isEnd, bool hasHash)
    {
        private readonly FrozenDictionary<string, Node>.AlternateLookup<ReadOnlySpan<char>> _bySpan = children.GetAlternateLookup<ReadOnlySpan<char>>();
        private readonly Node? _plus = children.GetValueOrDefault("+");

        public FrozenDictionary<string, Node> Children => children;

        public bool HasHash => hasHash;

        public bool Matches(ReadOnlySpan<char> rest, bool isFirstLevel)
        {
            // Wildcards at the first level do not match topics that begin with $.
            var wild = !isFirstLevel || rest.Length == 0 || rest[0] != '$';
            if (hasHash && wild)
            {
                return true;
            }

            var slash = rest.IndexOf('/');
            var level = slash < 0 ? rest : rest[..slash];
            return (_bySpan.TryGetValue(level, out var child) && level is not "+" && child.Goes(rest, slash))
                || (wild && _plus is not null && _plus.Goes(rest, slash));
        }

        // "a/#" also matches "a".
        private bool Goes(ReadOnlySpan<char> rest, int slash) =>
            slash < 0 ? isEnd || hasHash : Matches(rest[(slash + 1)..], isFirstLevel: false);
    }
}
