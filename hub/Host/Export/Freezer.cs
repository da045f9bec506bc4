using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Store;

namespace StemLab.Hub.Export;

/// <summary>What freezing was made of: the facts' revision and the rows' commit.</summary>
internal sealed record Frozen(FrozenTables Tables, long Revision, long Commit);

/// <summary>Reads a selection as anybody would who asks for it, and keeps it: same merge, same derivation, same flags. Safe from any thread; one file a call.</summary>
internal sealed class Freezer(ObservationStore store, DerivationBook derivations, QualityBook quality)
{
    /// <summary>Rows of a channel whose flags and places are looked up at once: what is held in memory does not grow with the time that is exported.</summary>
    private const int RowsAtOnce = 1 << 18;

    /// <summary>Rows in range now, before flags are looked at, and the practice among what was asked for.</summary>
    public (long Rows, int Channels, long Revision, FrozenPractice? Practice) Count(FreezeRequest request)
    {
        using StoreSnapshot snapshot = store.Snapshot();
        Derivation derivation = At(request.Revision);
        ImmutableArray<SelectedChannel> chosen = SelectedChannels.Of(request, derivation, new AgentPlaces(derivation, null));
        return (chosen.Sum(selected => Count(snapshot, derivation, selected)), chosen.Count(selected => !selected.Spans.IsEmpty), derivation.Revision, PracticeOf(snapshot, derivation, request, chosen));
    }

    /// <summary>Freezes into a new file.</summary>
    /// <param name="told">Rows read, of about so many; now and then.</param>
    /// <param name="rowsAtOnce">Rows of a channel looked at at once; the version is the same whatever it is.</param>
    /// <exception cref="StoreDamagedException">Stored bytes failed their checksum; nothing half may be cited.</exception>
    public async Task<Frozen> FreezeAsync(FreezeRequest request, string path, Action<long, long> told, CancellationToken cancellationToken, int rowsAtOnce = RowsAtOnce)
    {
        using StoreSnapshot snapshot = store.Snapshot();
        Derivation derivation = At(request.Revision);
        await quality.TryWaitThroughAsync(snapshot.Commit, cancellationToken);
        var places = new AgentPlaces(derivation, request.PlaceDecimals);
        ImmutableArray<SelectedChannel> chosen = SelectedChannels.Of(request, derivation, places);
        long about = chosen.Sum(selected => Count(snapshot, derivation, selected));
        using var file = new FrozenWriter(path);
        using var work = new FreezeWork(file, new StretchTable(derivation), request, told, about);
        foreach (SelectedChannel selected in chosen)
        {
            work.Begin(selected.Channel);
            RangeCheck check = CheckOf(snapshot, derivation, selected.Channel);
            foreach ((long from, long to) in selected.Spans.SelectMany(span => Windows(check, span.FromUtcUs, span.ToUtcUs, rowsAtOnce)))
            {
                var track = AgentTrack.Of(snapshot, derivation, quality, selected.Channel.Agent, from, to, request.PlaceDecimals, cancellationToken);
                ChannelFlags flags = quality.FlagsOf(snapshot, derivation, selected.Channel, from, to, cancellationToken);
                var rows = new ChannelRows(snapshot, derivation, selected.Channel, from, to, flags, withUncertainty: true);
                while (rows.TryNext(ExportRows.Capacity, out RowStretch stretch))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    work.Add(stretch, places.Of(selected.Channel.Agent), track);
                    rows.Release();
                }
            }

            work.End();
        }

        file.Finish();
        FrozenTables tables = work.Tables();
        return new Frozen(tables with { Facts = FactsBehind(tables, derivation, request.PlaceDecimals), Rules = RulesBehind(tables, derivation), Practice = PracticeOf(snapshot, derivation, request, chosen) }, derivation.Revision, snapshot.Commit);
    }

    /// <summary>A span cut where needed, so that no part has more rows than wanted; a single moment is never cut.</summary>
    private static IEnumerable<(long FromUtcUs, long ToUtcUs)> Windows(RangeCheck check, long from, long to, int rows)
    {
        if (check.Count(from, to) <= rows || !check.TryExtent(out long first, out long last))
        {
            return [(from, to)];
        }

        Int128 begin = Math.Max(from, first);
        Int128 end = Int128.Min(to, (Int128)last + 1);
        var middle = (long)((begin + end) / 2);
        return middle <= begin || middle >= end ? [(from, to)] : [.. Windows(check, from, middle, rows), .. Windows(check, middle, to, rows)];
    }

    /// <summary>The calibrations, spreads, deployments and sites the rows name, the rules their channels were judged by, and what was taken out of the rows and of what they are made with.</summary>
    private static ImmutableArray<FrozenFact> FactsBehind(FrozenTables tables, Derivation derivation, int? decimals)
    {
        var named = tables.Stretches.SelectMany(stretch => (string[])[stretch.Calibration, stretch.Drift]).ToHashSet(StringComparer.Ordinal);
        var probes = tables.Stretches.Select(stretch => stretch.Probe).ToHashSet(StringComparer.Ordinal);
        var sites = tables.Stretches.Select(stretch => stretch.Site).ToHashSet(StringComparer.Ordinal);
        var channels = tables.Channels.Select(channel => channel.Name).ToHashSet(StringComparer.Ordinal);
        var removals = derivation.Removed.Where(removed => derivation.ChannelsMadeWith(removed.Key).Any(channels.Contains)).SelectMany(removed => removed.Value).Select(rows => rows.Fact).ToHashSet();
        var properties = tables.Channels.Select(channel => channel.Property).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. derivation.Inputs.Facts.Effective.Where(fact => named.Contains(fact.FactId.ToString()) || removals.Contains(fact.FactId) || fact.Body switch
                {
                    Deployment body => probes.Contains(body.Probe.ToString()),
                    CalibrationCheck body => probes.Contains(body.Probe.ToString()),
                    Site body => body.Slug.Length > 0 && sites.Contains(body.Slug),
                    QualityRules body => channels.Contains(body.Channel) || (body.Channel.Length == 0 && properties.Contains(body.Property)),
                    HumanFlag body => channels.Contains(body.Channel),
                    _ => false,
                })
                .OrderBy(fact => fact.Revision).ThenBy(fact => fact.FactId.Value)
                .Select(fact => new FrozenFact(fact.FactId.ToString(), fact.Kind, fact.ByRole, fact.Revision, FactJson.Write(Rough(fact.Body, decimals)))),
        ];
    }

    /// <summary>Places are as rough in the facts as in the rows.</summary>
    private static FactBody Rough(FactBody body, int? decimals) =>
        body is Site site ? site with { Latitude = AgentPlaces.Rounded(site.Latitude, decimals), Longitude = AgentPlaces.Rounded(site.Longitude, decimals) } : body;

    private ImmutableArray<FrozenRule> RulesBehind(FrozenTables tables, Derivation derivation) =>
    [
        .. from channel in derivation.Channels
           where tables.Channels.Any(frozen => frozen.Name == channel.Name)
           from test in RuleWords.Tests(quality.RulesOf(derivation).Of(channel)[^1].Rules, channel.Property?.Symbol ?? channel.UnitUcum)
           select new FrozenRule(channel.Name, test.Test, test.NameEn, test.NameVi, test.ThresholdsEn, test.ThresholdsVi, test.From, test.FactId, test.Off),
    ];

    private Derivation At(long revision) => revision <= 0 ? derivations.Current : derivations.At(revision);

    private long Count(StoreSnapshot snapshot, Derivation derivation, SelectedChannel selected)
    {
        RangeCheck check = CheckOf(snapshot, derivation, selected.Channel);
        return selected.Spans.Sum(span => check.Count(span.FromUtcUs, span.ToUtcUs));
    }

    private FrozenPractice? PracticeOf(StoreSnapshot snapshot, Derivation derivation, FreezeRequest request, ImmutableArray<SelectedChannel> chosen)
    {
        long rows = 0;
        var runs = new Dictionary<Wire.Id128, FrozenPracticeRun>();
        foreach (SelectedChannel selected in chosen.Where(selected => !selected.Practice.IsEmpty))
        {
            RangeCheck check = CheckOf(snapshot, derivation, selected.Channel);
            rows += SelectedChannels.Joined(selected.Practice.SelectMany(run => run.Spans)).Sum(span => check.Count(span.From, span.To));
            foreach (PracticeRun run in selected.Practice)
            {
                long before = runs.TryGetValue(run.Run, out FrozenPracticeRun? known) ? known.Rows : 0;
                runs[run.Run] = new FrozenPracticeRun(run.Run.ToString(), run.FromUtcUs, run.ToUtcUs, before + run.Spans.Sum(span => check.Count(span.From, span.To)));
            }
        }

        return rows == 0 ? null : new FrozenPractice(!request.Practice, rows, [.. runs.Values.Where(run => run.Rows > 0).OrderBy(run => run.FromUtcUs).ThenBy(run => run.Run, StringComparer.Ordinal)]);
    }

    private RangeCheck CheckOf(StoreSnapshot snapshot, Derivation derivation, ChannelView channel) =>
        new(snapshot, derivation, channel, quality.RulesOf(derivation).Of(channel), static (_, _, _) => SeriesFlags.None);
}
