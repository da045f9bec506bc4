using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Bundles;

/// <summary>
/// Takes a bundle in: the union of what is here and what it holds, whatever the order, however often. Facts before rows, so that what was erased anywhere does not come back; a
/// ledger only when every row it counts is here. One merge an instance.
/// </summary>
internal sealed class BundleMerge(ObservationStore store, FactLog facts, FleetBook fleet)
{
    private const int MostInFlight = 16;
    private const int MostNamed = 100;
    private const int MostContradictions = 20;

    private readonly Queue<(ColumnRows Column, bool IsCollision)> _inFlight = [];
    private readonly List<Fact> _facts = [];
    private readonly List<LedgerCopy> _ledgers = [];
    private readonly List<DamagedPart> _unreadable = [];
    private readonly Dictionary<(AgentId, BootId), bool> _isCounted = [];
    private ErasedSpans? _erased;
    private MergeReport _report = new("", "");

    /// <summary>Merges all that can be read of a file.</summary>
    /// <param name="file">Seekable; read only.</param>
    /// <param name="progress">Told about every second.</param>
    /// <param name="cancellationToken">Gives up: what was taken stays, and merging again goes on.</param>
    /// <exception cref="Uploads.RefusedException">No bundle, or a newer one; nothing was taken.</exception>
    /// <exception cref="StoreUnavailableException">The disk refuses; what was taken stays.</exception>
    public async Task<MergeReport> RunAsync(System.IO.Stream file, Func<MergeReport, Task> progress, CancellationToken cancellationToken)
    {
        var reader = new BundleReader(file);
        _report = _report with { Size = file.Length };
        var told = TimeProvider.System.GetTimestamp();
        foreach (var part in reader.Parts())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await TakeAsync(part, cancellationToken))
            {
                _unreadable.Add(new DamagedPart(part.Hash, -1, -1));
            }

            if (TimeProvider.System.GetElapsedTime(told) > TimeSpan.FromSeconds(1))
            {
                told = TimeProvider.System.GetTimestamp();
                await progress(_report with { Read = reader.Position });
            }
        }

        TakeFacts();
        while (_inFlight.Count > 0)
        {
            await SettleAsync();
        }

        DamagedPart[] damaged = [.. reader.Damaged, .. _unreadable];
        var isWhole = damaged.Length == 0 && reader.HasEnd && _report.Unplaced == 0;
        if (isWhole && _ledgers.Count > 0)
        {
            _report = _report with { Ledgers = await store.MergeLedgersAsync(_ledgers, CancellationToken.None) };
        }

        if (!reader.HasEnd)
        {
            damaged = [.. damaged, new DamagedPart("", file.Length, file.Length)];
        }

        return _report = _report with { Read = file.Length, IsWhole = isWhole, DamagedCount = damaged.Length, Damaged = [.. damaged.Take(MostNamed)] };
    }

    /// <returns>False where the part is whole but not in form.</returns>
    private async Task<bool> TakeAsync(BundlePart part, CancellationToken cancellationToken)
    {
        switch (part.Kind)
        {
            case PartKind.Manifest:
                if (!BundleParts.TryJson(part.Payload, BundleJson.Default.Manifest, out var manifest))
                {
                    return false;
                }

                _report = _report with { From = manifest.Hub, FromName = manifest.Name.Length > 200 ? "" : manifest.Name };
                return true;
            case PartKind.Names:
                return BundleParts.TryJson(part.Payload, BundleJson.Default.ToldNames, out var names) && await DeclareAsync(names, cancellationToken);
            case PartKind.Facts:
                return Gather(part.Payload);
            case PartKind.Rows or PartKind.Collisions:
                return await RowsAsync(part, cancellationToken);
            case PartKind.Ledgers:
                return Ledgers(part.Payload);
            default:
                _report = _report with { Newer = _report.Newer + 1 };
                return true;
        }
    }

    private async Task<bool> DeclareAsync(ToldNames names, CancellationToken cancellationToken)
    {
        NamedBoot[] boots = [.. InForm(names.Boots, BundleJson.Default.NamedBoot)];
        NamedStream[] streams = [.. InForm(names.Streams, BundleJson.Default.NamedStream)];
        var isInForm = boots.Length == names.Boots.Length && streams.Length == names.Streams.Length;
        foreach (var one in names.Agents)
        {
            if (!BundleParts.TryJson(one, BundleJson.Default.NamedAgent, out var told) || !BundleParts.TryAgent(told, out var agent))
            {
                isInForm = false;
                continue;
            }

            _report = fleet.Learn(agent) ? _report with { AgentsNew = _report.AgentsNew + 1 } : _report;
        }

        foreach (var owner in boots.Select(boot => boot.Agent).Concat(streams.Select(stream => stream.Agent)).Distinct(StringComparer.Ordinal))
        {
            isInForm &= await DeclareAsync(owner, [.. boots.Where(boot => boot.Agent == owner)], [.. streams.Where(stream => stream.Agent == owner)], cancellationToken);
        }

        return isInForm;
    }

    private static IEnumerable<T> InForm<T>(JsonElement[] told, JsonTypeInfo<T> type)
        where T : class
    {
        foreach (var one in told)
        {
            if (BundleParts.TryJson(one, type, out var read))
            {
                yield return read;
            }
        }
    }

    private async Task<bool> DeclareAsync(string owner, NamedBoot[] boots, NamedStream[] streams, CancellationToken cancellationToken)
    {
        if (!Id128.TryParse(owner, out var id))
        {
            return false;
        }

        var agent = new AgentId(id.Value);
        var isInForm = true;
        var declaredBoots = ImmutableArray.CreateBuilder<BootDeclaration>();
        foreach (var boot in boots)
        {
            var previous = default(Id128);
            if (!Id128.TryParse(boot.Id, out var bootId) || (boot.Previous is { } before && !Id128.TryParse(before, out previous)) || !Enum.IsDefined((BootKind)boot.Kind))
            {
                isInForm = false;
                continue;
            }

            declaredBoots.Add(new BootDeclaration(new BootId(bootId.Value), agent, (BootKind)boot.Kind, boot.BootNo, previous.IsEmpty ? null : new BootId(previous.Value)));
        }

        var declaredStreams = ImmutableArray.CreateBuilder<StreamDeclaration>();
        foreach (var stream in streams)
        {
            if (!Id128.TryParse(stream.Boot, out var bootId) || stream.Id == 0)
            {
                isInForm = false;
                continue;
            }

            // Two hubs that met the same stream agree on its end in any order: the complete one, else the greater number.
            var known = store.Dictionary.TryFind(agent, new StreamId(stream.Id), out var entry) ? entry.Declaration.DurableNextSeq : null;
            var next = !stream.Complete && known is { } here && stream.DurableNextSeq is { } there ? Math.Max(here, there) : stream.DurableNextSeq;
            declaredStreams.Add(new StreamDeclaration(new StreamId(stream.Id), new BootId(bootId.Value), next) { IsComplete = stream.Complete });
        }

        var bootsNew = declaredBoots.Count(boot => !store.Dictionary.TryFind(boot.Id, out _));
        var outcome = await store.DeclareAsync(new Declarations(agent, declaredBoots.ToImmutable(), [], declaredStreams.ToImmutable()), cancellationToken);
        _report = _report with
        {
            BootsNew = _report.BootsNew + bootsNew,
            Contradictions = [.. _report.Contradictions.Concat(outcome.Refused).Take(MostContradictions)],
        };
        return isInForm;
    }

    private bool Gather(byte[] payload)
    {
        if (!BundleParts.TryJson(payload, BundleJson.Default.JsonElementArray, out var all))
        {
            return false;
        }

        foreach (var one in all)
        {
            if (BundleParts.TryJson(one, BundleJson.Default.ToldFact, out var told) && BundleParts.TryFact(told, out var fact))
            {
                _facts.Add(fact);
            }
            else
            {
                _report = _report with { FactsRefused = _report.FactsRefused + 1 };
            }
        }

        return true;
    }

    /// <summary>All that came so far as one revision.</summary>
    private void TakeFacts()
    {
        if (_facts.Count == 0)
        {
            return;
        }

        var stated = facts.Merge(_facts).Stated.Length;
        _report = _report with { FactsNew = _report.FactsNew + stated, FactsKnown = _report.FactsKnown + _facts.Count - stated };
        _facts.Clear();
        _erased = null;
    }

    private async Task<bool> RowsAsync(BundlePart part, CancellationToken cancellationToken)
    {
        TakeFacts();
        if (!BundleParts.TryRows(part.Payload, part.Kind == PartKind.Collisions, out var rows))
        {
            return false;
        }

        if (!store.Dictionary.TryFind(rows.Boot, out _))
        {
            _report = _report with { Unplaced = _report.Unplaced + rows.TUs.Length };
            return true;
        }

        _erased ??= ErasedSpans.Of(facts.Current);
        var (kept, erased) = _erased.Without(rows);
        _report = _report with { Erased = _report.Erased + (part.Kind == PartKind.Collisions ? 0 : erased) };
        foreach (var column in Columns(kept))
        {
            while (_inFlight.Count >= MostInFlight)
            {
                await SettleAsync();
            }

            await store.SubmitAsync(column, cancellationToken);
            _inFlight.Enqueue((column, rows.IsCollision));
        }

        return true;
    }

    /// <summary>Equal times follow each other in submissions of their own, so that each is held against what is there.</summary>
    private IEnumerable<ColumnRows> Columns(RowPart rows)
    {
        if (rows.TUs.Length == 0)
        {
            yield break;
        }

        var isCounted = IsCounted(rows);
        if (!rows.IsCollision)
        {
            yield return new ColumnRows(rows.Agent, rows.Boot, rows.Input, rows.TUs, rows.Raw, rows.Missing, isCounted);
            yield break;
        }

        for (var i = 0; i < rows.TUs.Length; i++)
        {
            yield return new ColumnRows(rows.Agent, rows.Boot, rows.Input, [rows.TUs[i]], [rows.Raw[i]], [rows.Missing[i]], isCounted: false);
        }
    }

    /// <summary>Rows of a stream are counted by its ledger.</summary>
    private bool IsCounted(RowPart rows)
    {
        if (!_isCounted.TryGetValue((rows.Agent, rows.Boot), out var isCounted))
        {
            isCounted = !store.Dictionary.Streams.Any(stream => stream.Agent == rows.Agent && stream.Declaration.Boot == rows.Boot);
            _isCounted[(rows.Agent, rows.Boot)] = isCounted;
        }

        return isCounted;
    }

    private async Task SettleAsync()
    {
        var (column, isCollision) = _inFlight.Dequeue();
        var outcome = await column.Completion;
        Debug.Assert(outcome.Verdict == Verdict.Stored, "its boot is declared");
        _report = _report with
        {
            New = _report.New + outcome.Stored,
            Duplicate = _report.Duplicate + (isCollision ? 0 : outcome.Duplicate),
            Conflict = _report.Conflict + outcome.Conflict,
            Erased = _report.Erased + outcome.Erased,
        };
    }

    private bool Ledgers(byte[] payload)
    {
        if (!BundleParts.TryJson(payload, BundleJson.Default.ToldLedgerArray, out var told))
        {
            return false;
        }

        foreach (var ledger in told)
        {
            if (ledger?.State is null || !Id128.TryParse(ledger.Agent, out var agent))
            {
                return false;
            }

            _ledgers.Add(new LedgerCopy(new AgentId(agent.Value), new StreamId(ledger.Stream), ledger.State));
        }

        return true;
    }
}
