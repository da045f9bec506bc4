using StemLab.Hub.Derive;
using StemLab.Hub.Operations;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>Columns computed for one question: a definition as if somebody had stated it. The last few are kept in memory while the facts stay, because a page asks several questions of one column. Safe from any thread; one builds at a time.</summary>
internal sealed class SupposedColumns(DerivedStatements statements, DerivationBook derivations)
{
    private const int Most = 4;

    /// <summary>No channel of a hub bears it by chance.</summary>
    private const string Port = "supposed-column";

    private readonly Lock _gate = new();

    // Under _gate, oldest first.
    private readonly List<(long Version, string Definition, (string Channel, Derivation Under) Column)> _kept = [];

    /// <summary>The channel it would be, and how everything would be read then; refuses with everything that is wrong.</summary>
    public (string Channel, Derivation Under) Of(DerivedChannelDefinition definition)
    {
        lock (_gate)
        {
            var version = derivations.Current.Version;
            var text = definition.ToString();
            _kept.RemoveAll(one => one.Version != version);
            if (_kept.Find(one => one.Definition == text) is { Definition: not null } known)
            {
                return known.Column;
            }

            var column = Built(definition);
            _kept.RemoveRange(0, Math.Max(0, _kept.Count - Most + 1));
            _kept.Add((version, text, column));
            return column;
        }
    }

    private (string Channel, Derivation Under) Built(DerivedChannelDefinition definition)
    {
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

        return (body.Channel, derivations.Supposing(statements.DraftOf(body, default)));
    }
}
