using System.Collections.Immutable;

namespace StemLab.Science.Formulas;

/// <summary>Formulas that rest on each other in a ring have no value. Pure.</summary>
public static class FormulaCycles
{
    /// <summary>A ring among formulas.</summary>
    /// <param name="inputsByName">What each derived channel rests on; names without an entry are measured.</param>
    /// <returns>The names along one ring, the first repeated at the end; empty when there is none. The same for any order of the entries.</returns>
    public static ImmutableArray<string> Find(IReadOnlyDictionary<string, ImmutableArray<string>> inputsByName)
    {
        ArgumentNullException.ThrowIfNull(inputsByName);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in inputsByName.Keys.Order(StringComparer.Ordinal))
        {
            // Depth first without recursion: a chain of formulas may be long.
            var path = new List<(string Name, int Next)> { (start, 0) };
            var onPath = new HashSet<string>(StringComparer.Ordinal) { start };
            while (path.Count > 0)
            {
                var (name, next) = path[^1];
                if (done.Contains(name) || !inputsByName.TryGetValue(name, out var inputs) || next >= inputs.Length)
                {
                    done.Add(name);
                    onPath.Remove(name);
                    path.RemoveAt(path.Count - 1);
                    continue;
                }

                path[^1] = (name, next + 1);
                if (onPath.Contains(inputs[next]))
                    return [.. path.Select(step => step.Name).SkipWhile(step => step != inputs[next]), inputs[next]];
                if (done.Contains(inputs[next]))
                    continue;
                onPath.Add(inputs[next]);
                path.Add((inputs[next], 0));
            }
        }

        return [];
    }
}
