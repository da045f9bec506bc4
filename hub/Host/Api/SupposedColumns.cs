using System.Collections.Concurrent;
using StemLab.Hub.Derive;
using StemLab.Hub.Operations;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>Columns computed for one question: a definition as if somebody had stated it. The last few are kept, because a page asks several questions of one column. Safe from any thread.</summary>
internal sealed class SupposedColumns(DerivedStatements statements, DerivationBook derivations)
{
    private const int Most = 32;

    /// <summary>No channel of a hub bears it by chance.</summary>
    private const string Port = "supposed-column";

    private readonly ConcurrentDictionary<(long Version, string Definition), (string Channel, Derivation Under)> _kept = new();

    /// <summary>The channel it would be, and how everything would be read then; refuses with everything that is wrong.</summary>
    public (string Channel, Derivation Under) Of(DerivedChannelDefinition definition)
    {
        var current = derivations.Current;
        var key = (current.Version, definition.ToString());
        if (_kept.TryGetValue(key, out var kept))
        {
            return kept;
        }

        var input = definition.Inputs.FirstOrDefault(one => one.SourceCase == DerivedInputBinding.SourceOneofCase.Channel)?.Channel ?? "";
        if (input.Split('/') is not ["agents", var agent, "channels", _] || !Id128.TryParse(agent, out var id))
        {
            throw Rpc.InvalidArgument("span.definition.inputs", "name at least one channel of an agent", "cần ít nhất một kênh của một thiết bị");
        }

        var (body, problems) = statements.Read(new AgentId(id.Value), new DerivedChannelDefinition(definition) { Port = Port }, default);
        if (!problems.IsEmpty)
        {
            throw Rpc.InvalidArgument([.. problems.Select(problem => ($"span.definition.{problem.Field}", problem.Sentence.En, problem.Sentence.Vi))]);
        }

        if (_kept.Count >= Most)
        {
            _kept.Clear();
        }

        return _kept[key] = (body.Channel, derivations.Supposing(statements.DraftOf(body, default)));
    }
}
