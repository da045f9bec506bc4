using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Formulas;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Fact = StemLab.Hub.Facts.Fact;

namespace StemLab.Hub.Api;

/// <summary>Reads definitions of derived channels, says everything that is wrong with them, and states them one at a time, so that two cannot claim one name. Safe from any thread.</summary>
internal sealed class DerivedStatements(FactLog facts, DerivationBook derivations, HubClock clock)
{
    private const int LongestPort = 32;

    private readonly Lock _gate = new();

    /// <summary>Refuses to take away a derived channel another one needs.</summary>
    public static void RefuseWhileNeeded(FactSnapshot facts, Fact fact)
    {
        if (fact.Body is DerivedChannelBody body && NeededBy(facts, fact.FactId, body.Channel) is { Length: > 0 } needing)
        {
            var said = DerivedWords.Needed(Short(body.Channel), needing.Select(Short));
            throw Rpc.FailedPrecondition("NEEDED", fact.FactId.ToString(), said.En, said.Vi);
        }
    }

    /// <summary>The definition as a fact would say it, with everything that is wrong with it.</summary>
    /// <param name="agent">Of the channels.</param>
    /// <param name="replaces">The fact it takes the place of; empty = none.</param>
    public (DerivedChannelBody Body, ImmutableArray<DerivedProblem> Problems) Read(AgentId agent, DerivedChannelDefinition? definition, Id128 replaces)
    {
        var current = derivations.Current;
        var body = BodyOf(agent, definition ?? new DerivedChannelDefinition(), current, replaces);
        var form = body.Problems().Select(problem => new DerivedProblem(problem.Path, DerivedWords.Form(problem.Path, problem.Text))).ToImmutableArray();
        return (body, form.IsEmpty ? [.. Fitting(current, body, replaces)] : form);
    }

    /// <summary>States a definition, or refuses with everything that is wrong.</summary>
    public Fact State(AgentId agent, DerivedChannelDefinition? definition, Id128 replaces)
    {
        lock (_gate)
        {
            var (body, problems) = Read(agent, definition, replaces);
            if (problems.Length == 1 && problems[0].Sentence == DerivedWords.Taken(Short(body.Channel)))
            {
                throw Rpc.AlreadyExists("channel", body.Channel);
            }

            if (problems.Length > 0)
            {
                throw Rpc.InvalidArgument([.. problems.Select(problem => ($"definition.{problem.Field}", problem.Sentence.En, problem.Sentence.Vi))]);
            }

            if (!replaces.IsEmpty && facts.Current.TryFind(replaces, out var before) && before.Body is DerivedChannelBody known && known.Channel != body.Channel)
            {
                RefuseWhileNeeded(facts.Current, before);
            }

            return facts.Append(DraftOf(body, replaces)).Stated[0];
        }
    }

    public FactDraft DraftOf(DerivedChannelBody body, Id128 replaces) => new(body, clock.Now, FactRoles.Teacher) { Supersedes = replaces.IsEmpty ? [] : [replaces] };

    /// <summary>"salinity~practical_salinity" of a channel's name.</summary>
    private static string Short(string channel) => channel[(channel.LastIndexOf('/') + 1)..];

    private static string[] NeededBy(FactSnapshot facts, Id128 fact, string channel) =>
    [
        .. facts.Of<DerivedChannelBody>().Where(other => other.Fact.FactId != fact && other.Body.Inputs.Any(input => input.Channel == channel))
            .Select(other => other.Body.Channel).Order(StringComparer.Ordinal),
    ];

    private static DerivedChannelBody BodyOf(AgentId agent, DerivedChannelDefinition definition, Derivation current, Id128 replaces)
    {
        var body = new DerivedChannelBody(
            new Id128(agent.Value),
            definition.Port,
            definition.FormulaId,
            definition.Expression.Trim(),
            definition.ObservedProperty,
            definition.UnitUcum,
            [
                .. definition.Inputs.Select(input => new DerivedBinding(
                    input.Name, input.Channel, input.UnitUcum, input.SourceCase == DerivedInputBinding.SourceOneofCase.Constant ? input.Constant : null)),
            ],
            definition.MaxAgeUs,
            definition.Note.Trim());
        if (body.Port.Length > 0)
        {
            return body;
        }

        // The property's name, with a number where it is taken.
        var stem = body.Yields.Replace('_', '-');
        stem = stem.Length == 0 && body.Formula.Length > 0 ? "derived" : stem;
        stem = stem.Length > LongestPort - 3 ? stem[..(LongestPort - 3)] : stem;
        return Enumerable.Range(1, 99).Select(number => body with { Port = number == 1 ? stem : $"{stem}-{number}" }).First(named => named.Port.Length == 0 || !IsTaken(current, named.Channel, replaces));
    }

    private static bool IsTaken(Derivation current, string name, Id128 replaces) =>
        (current.TryFindChannel(name, out var channel) && (channel.DerivedBy.IsEmpty || channel.DerivedBy != replaces))
        || current.Derived.States.Any(state => state.Name == name && state.Fact.FactId != replaces);

    private static IEnumerable<DerivedProblem> Fitting(Derivation current, DerivedChannelBody body, Id128 replaces)
    {
        if (IsTaken(current, body.Channel, replaces))
        {
            yield return new("port", DerivedWords.Taken(Short(body.Channel)));
        }

        var rests = current.Derived.States.Where(state => state.Fact.FactId != replaces).DistinctBy(state => state.Name)
            .ToDictionary(state => state.Name, state => InputsOf(state.Body), StringComparer.Ordinal);
        rests[body.Channel] = InputsOf(body);
        if (FormulaCycles.Find(rests) is { IsEmpty: false } ring && ring.Contains(body.Channel))
        {
            yield return new("inputs", DerivedWords.Ring(ring.Select(Short)));
            yield break;
        }

        foreach (var problem in DerivedFinding.Of(default, body, name => current.TryFindChannel(name, out var channel) ? channel : null).Problems)
        {
            yield return problem;
        }
    }

    private static ImmutableArray<string> InputsOf(DerivedChannelBody body) => [.. body.Inputs.Where(input => input.Channel.Length > 0).Select(input => input.Channel)];
}
