using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.History;
using StemLab.Hub.Operations;
using StemLab.Hub.Quality;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Units;
using StemLab.Science.Water;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Fact = StemLab.Hub.Facts.Fact;
using Sentence = StemLab.Science.Texts.Sentence;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.DerivedChannelService: the list to choose from, what a definition would give, and the definitions themselves.</summary>
internal sealed class DerivedChannelRpc(
    DerivedStatements statements, FactLog facts, DerivationBook derivations, FleetBook fleet, ObservationStore store, QualityBook quality, HubClock clock) : DerivedChannelService.DerivedChannelServiceBase
{
    /// <summary>Most readings of a preview.</summary>
    internal const int MostPreviewed = 1_000;

    private const long PreviewUs = 3_600_000_000;

    [Authorize(Policies.Read)]
    public override Task<ListFormulasResponse> ListFormulas(ListFormulasRequest request, ServerCallContext context)
    {
        var agent = AgentOf(request.Parent);
        ChannelView[] channels = [.. derivations.Current.Channels.Where(channel => channel.Agent == agent)];
        var answer = new ListFormulasResponse();
        answer.Formulas.AddRange(DerivedQuantities.All.Select(quantity => FormulaOf(quantity, channels)).Where(formula => formula.Possible || !request.PossibleOnly));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Read)]
    public override Task<PreviewDerivedChannelResponse> PreviewDerivedChannel(PreviewDerivedChannelRequest request, ServerCallContext context)
    {
        var replaces = request.Replaces.Length == 0 ? default : InForce(request.Replaces).FactId;
        var (body, problems) = statements.Read(AgentOf(request.Parent), request.Definition, replaces);
        var answer = new PreviewDerivedChannelResponse { Channel = body.Channel };
        answer.Problems.AddRange(problems.Select(problem => new V1.DerivedChannelProblem { Field = problem.Field, Sentence = WireOf(problem.Sentence) }));
        if (problems.IsEmpty)
        {
            Preview(answer, derivations.Supposing(statements.DraftOf(body, replaces)), context.CancellationToken);
        }

        return Task.FromResult(answer);
    }

    [Authorize(Policies.Teach)]
    public override Task<CreateDerivedChannelResponse> CreateDerivedChannel(CreateDerivedChannelRequest request, ServerCallContext context) =>
        Task.FromResult(new CreateDerivedChannelResponse { DerivedChannel = Stated(statements.State(AgentOf(request.Parent), request.Definition, default)) });

    [Authorize(Policies.Teach)]
    public override Task<ReplaceDerivedChannelResponse> ReplaceDerivedChannel(ReplaceDerivedChannelRequest request, ServerCallContext context)
    {
        var before = InForce(request.FactId);
        var agent = new AgentId(((DerivedChannelBody)before.Body).Agent.Value);
        return Task.FromResult(new ReplaceDerivedChannelResponse { DerivedChannel = Stated(statements.State(agent, request.Definition, before.FactId)) });
    }

    [Authorize(Policies.Read)]
    public override Task<ListDerivedChannelsResponse> ListDerivedChannels(ListDerivedChannelsRequest request, ServerCallContext context)
    {
        if (request.AsOfRevision < 0)
        {
            throw Rpc.InvalidArgument("as_of_revision", $"{request.AsOfRevision} is not a revision; 0 means the newest");
        }

        AgentId? agent = request.Parent == "agents/-" ? null : AgentOf(request.Parent);
        var derivation = request.AsOfRevision == 0 ? derivations.Current : derivations.At(request.AsOfRevision);
        var answer = new ListDerivedChannelsResponse { Revision = derivation.Revision };
        answer.DerivedChannels.AddRange(derivation.Derived.States.Where(state => agent is null || state.Body.Agent.Value == agent.Value.Value)
            .OrderBy(state => state.Name, StringComparer.Ordinal).ThenBy(state => state.Fact.FactId.Value).Select(ChannelOf));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Teach)]
    public override Task<WithdrawDerivedChannelResponse> WithdrawDerivedChannel(WithdrawDerivedChannelRequest request, ServerCallContext context)
    {
        if (Id128.TryParse(request.FactId, out var id) && facts.Current.TryFind(id, out var fact) && facts.Current.IsEffective(id))
        {
            DerivedStatements.RefuseWhileNeeded(facts.Current, fact);
        }

        FactUndo.Withdraw<DerivedChannelBody>(facts, clock, "derived channel", request.FactId, request.Reason);
        return Task.FromResult(new WithdrawDerivedChannelResponse());
    }

    private static V1.Sentence WireOf(Sentence sentence) => new() { En = sentence.En, Vi = sentence.Vi };

    private static V1.DerivedChannel ChannelOf(DerivedState state) => new()
    {
        FactId = state.Fact.FactId.ToString(),
        Channel = state.Name,
        Definition = state.Body.Definition(),
        UnitUcum = state.Channel?.UnitUcum ?? "",
        Trouble = state.Problems.IsEmpty
            ? new V1.Sentence()
            : new V1.Sentence { En = string.Join(" ", state.Problems.Select(problem => problem.Sentence.En)), Vi = string.Join(" ", state.Problems.Select(problem => problem.Sentence.Vi)) },
        ByRole = state.Fact.ByRole,
        Revision = state.Fact.Revision,
        DisplayName = WireOf(ComputedColumn.NameOf(state.Body)),
    };

    /// <summary>A listed quantity with the inputs found among an agent's channels.</summary>
    private static V1.Formula FormulaOf(DerivedQuantity quantity, ChannelView[] channels)
    {
        var formula = new V1.Formula { FormulaId = quantity.FormulaId, ObservedProperty = quantity.PropertyId, DisplayName = WireOf(quantity.Name), UnitUcum = quantity.UnitUcum };
        var found = new List<Sentence>();
        var usual = new List<Sentence>();
        var missing = new List<Sentence>();
        var port = "";
        foreach (var input in quantity.Inputs)
        {
            var name = DerivedWords.NameOf(input.PropertyId);
            var one = new FormulaInput { Name = input.PropertyId, UnitUcum = input.UnitUcum, ValidMin = input.Range.Min, ValidMax = input.Range.Max, DisplayName = WireOf(name) };
            if (input.Default is { } value)
            {
                one.DefaultValue = value;
            }

            // Of several, that of the probe the first input belongs to.
            ChannelView[] fitting =
            [
                .. channels.Where(channel => channel.PropertyId == input.PropertyId && (channel.UnitUcum == input.UnitUcum || Ucum.TryConvert(channel.UnitUcum, input.UnitUcum, out _)))
                    .OrderByDescending(channel => channel.Port == port).ThenByDescending(channel => channel.DerivedBy.IsEmpty).ThenBy(channel => channel.Name, StringComparer.Ordinal),
            ];
            one.Channels.AddRange(fitting.Select(channel => channel.Name));
            formula.Inputs.Add(one);
            if (fitting.Length > 0)
            {
                port = port.Length > 0 ? port : fitting[0].Port;
                found.Add(name);
            }
            else if (input.Default is { } stands)
            {
                usual.Add(DerivedWords.Usual(name, stands, UnitSymbols.Of(input.UnitUcum)));
            }
            else
            {
                missing.Add(name);
            }
        }

        formula.Possible = missing.Count == 0 && found.Count > 0;
        formula.Sentence = WireOf(formula.Possible ? DerivedWords.Possible(found, usual) : DerivedWords.Lacks(missing.Count > 0 ? missing : [.. quantity.Inputs.Select(input => DerivedWords.NameOf(input.PropertyId))]));
        return formula;
    }

    private AgentId AgentOf(string parent) =>
        parent.StartsWith("agents/", StringComparison.Ordinal) && Id128.TryParse(parent.AsSpan("agents/".Length), out var id)
            ? fleet.Current.IsKnown(new AgentId(id.Value)) ? new AgentId(id.Value) : throw Rpc.NotFound("agent", parent)
            : throw Rpc.InvalidArgument("parent", $"'{parent}' is not agents/{{32 hex}}");

    private Fact InForce(string factId)
    {
        if (!Id128.TryParse(factId, out var id))
        {
            throw Rpc.InvalidArgument("fact_id", $"is '{factId}'; expected 32 lowercase hex digits");
        }

        if (!facts.Current.TryFind(id, out var fact) || fact.Body is not DerivedChannelBody)
        {
            throw Rpc.NotFound("derived channel", factId);
        }

        return facts.Current.IsEffective(id) ? fact : throw Rpc.FailedPrecondition("SUPERSEDED", factId, "it is superseded or withdrawn already");
    }

    private V1.DerivedChannel Stated(Fact fact) => ChannelOf(derivations.Current.Derived.States.Single(state => state.Fact.FactId == fact.FactId));

    /// <summary>Readings of the last hour under facts that are not stated.</summary>
    private void Preview(PreviewDerivedChannelResponse into, Derivation supposed, CancellationToken cancellationToken)
    {
        if (!supposed.TryFindChannel(into.Channel, out var channel))
        {
            return;
        }

        into.UnitUcum = channel.UnitUcum;
        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var last = channel.Series.Select(supposed.Series).Select(series => snapshot.TryExtent(series.Entry.Id, out _, out var lastUs) ? series.Map.ToUtc(lastUs) : long.MinValue).DefaultIfEmpty(long.MinValue).Max();
        if (last == long.MinValue)
        {
            return;
        }

        var flags = quality.FlagsOf(snapshot, supposed, channel, last - PreviewUs, last + 1, cancellationToken);
        var rows = new ChannelRows(snapshot, supposed, channel, last - PreviewUs, last + 1, flags);
        var kept = new Queue<(long UtcUs, double Value, byte Flag)>();
        while (rows.TryNext(MostPreviewed, out var stretch))
        {
            for (var i = stretch.From; i < stretch.From + stretch.Count; i++)
            {
                var columns = stretch.Columns;
                kept.Enqueue((columns.UtcUs[i], columns.Value[i], columns.Flag[i]));
                if (kept.Count > MostPreviewed)
                {
                    kept.Dequeue();
                }

            }

            var newest = stretch.From + stretch.Count - 1;
            into.Latest = Latest(stretch, newest);
            into.Sentence = WireOf(RuleWords.Why(channel, stretch.Columns.MachineFlag[newest], stretch.Columns.HumanFlag[newest], stretch.Columns.Reason[newest]));

            rows.Release();
        }

        into.TimeUs.AddRange(kept.Select(row => row.UtcUs));
        into.Value.AddRange(kept.Select(row => row.Value));
        into.Flag.AddRange(kept.Select(row => (QcFlag)row.Flag));
    }

    private static Reading Latest(in RowStretch stretch, int row)
    {
        var columns = stretch.Columns;
        var reading = new Reading
        {
            Channel = stretch.Series.Channel.Name,
            TimeUs = columns.UtcUs[row],
            TimeState = ReadingBlocks.StateOf(stretch.TimeState),
            Flag = (QcFlag)columns.Flag[row],
            MachineFlag = (QcFlag)columns.MachineFlag[row],
            HumanFlag = (QcFlag)columns.HumanFlag[row],
        };
        reading.Reasons.AddRange(RuleWords.Names(columns.Reason[row]));
        if (columns.SigmaUs[row] != long.MaxValue)
        {
            reading.SigmaUs = columns.SigmaUs[row];
        }

        if (!double.IsNaN(columns.Value[row]))
        {
            reading.Value = columns.Value[row];
        }

        return reading;
    }
}
