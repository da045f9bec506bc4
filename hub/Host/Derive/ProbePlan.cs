using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>Which probe hung where and which calibration of it was in force: lays both on one boot's clock. Immutable.</summary>
internal sealed class ProbePlan
{
    private readonly ILookup<(Id128 Agent, string Port), (Fact Fact, Deployment Body)> _deployments;
    private readonly ILookup<Id128, (Fact Fact, Calibration Body)> _calibrations;
    private readonly ILookup<Id128, (Fact Fact, DriftSpread Body)> _drifts;
    private readonly FactSnapshot _facts;
    private readonly Instants _instants;

    public ProbePlan(FactSnapshot facts, Instants instants)
    {
        _facts = facts;
        _instants = instants;
        _deployments = facts.Of<Deployment>().ToLookup(fact => (fact.Body.Agent, ChannelView.PortText(fact.Body.Port)));
        _calibrations = facts.Of<Calibration>().ToLookup(fact => fact.Body.Probe);
        _drifts = facts.Of<DriftSpread>().ToLookup(fact => fact.Body.FromCalibration);
    }

    /// <summary>Stretches of the series' clock with the probe and the calibration in force, ascending, covering everything.</summary>
    /// <param name="applies">Whether a calibration speaks of this input.</param>
    public ImmutableArray<PlannedSpan> Of(SeriesEntry series, Func<Calibration, bool> applies)
    {
        Id128 boot = new(series.Boot.Value);
        var spans = ImmutableArray.CreateBuilder<PlannedSpan>();
        List<(long T, Deployment Body)> deployments = InOrder(_deployments[(new Id128(series.Agent.Value), ChannelView.PortText(series.Input.Port))], boot, deployment => deployment.From);
        Add(spans, boot, Instants.Beginning, deployments.Count > 0 ? deployments[0].T : Instants.Never, default, applies);
        for (int i = 0; i < deployments.Count; i++)
        {
            long to = i + 1 < deployments.Count ? deployments[i + 1].T : Instants.Never;
            Add(spans, boot, deployments[i].T, to, deployments[i].Body.Probe, applies);
        }

        return spans.Count > 0 ? spans.ToImmutable() : [new PlannedSpan(Instants.Beginning, Instants.Never, default, null, default)];
    }

    /// <summary>One probe's time at the port, cut at its calibrations; the newest calibration begun by then is in force.</summary>
    private void Add(ImmutableArray<PlannedSpan>.Builder spans, Id128 boot, long from, long to, Id128 probe, Func<Calibration, bool> applies)
    {
        Calibration? inForce = null;
        Id128 factId = default;
        long start = from;
        foreach ((long t, Fact fact, Calibration body) in Calibrations(boot, probe, applies))
        {
            if (t >= to)
            {
                break;
            }

            if (t > start)
            {
                Cut(spans, boot, new PlannedSpan(start, t, probe, inForce, factId));
                start = t;
            }

            (inForce, factId) = (body, fact.FactId);
        }

        if (start < to)
        {
            Cut(spans, boot, new PlannedSpan(start, to, probe, inForce, factId));
        }
    }

    /// <summary>Adds a span with its drift, cut where the calibration's time is over.</summary>
    private void Cut(ImmutableArray<PlannedSpan>.Builder spans, Id128 boot, PlannedSpan span)
    {
        span = span with { Drift = DriftOf(boot, span) };
        long until = span.Calibration?.Method?.ValidUntil is { } stated ? _instants.On(boot, stated) : Instants.Never;
        if (until > span.FromT && until < span.ToT)
        {
            spans.Add(span with { ToT = until });
            spans.Add(span with { FromT = until, IsExpired = true });
            return;
        }

        spans.Add(span with { IsExpired = until <= span.FromT && until != Instants.Never });
    }

    /// <summary>The spread that starts from the calibration in force; of several the one that ends last, equals by fact id. It waits until the clocks can measure its length.</summary>
    private PlannedDrift? DriftOf(Id128 boot, in PlannedSpan span)
    {
        PlannedDrift? last = null;
        foreach ((Fact fact, DriftSpread spread) in _drifts[span.CalibrationFact])
        {
            if (span.Calibration is null || spread.Probe != span.Probe || !_facts.IsEffective(spread.ToFact) || !_facts.TryFind(spread.ToFact, out Fact? to))
            {
                continue;
            }

            bool isOfProbe = to.Body is CalibrationCheck check ? check.Probe == span.Probe : to.Body is Calibration after && after.Probe == span.Probe;
            if (isOfProbe && _instants.TryOnLine(boot, spread.Start, out long startUs) && _instants.TryOnLine(boot, spread.End, out long endUs) && endUs > startUs
                && (last is null || (endUs, fact.FactId.Value).CompareTo((last.EndUtcUs, last.Fact.Value)) > 0))
            {
                last = new PlannedDrift(fact.FactId, startUs, endUs, to);
            }
        }

        return last;
    }

    private List<(long T, Fact Fact, Calibration Body)> Calibrations(Id128 boot, Id128 probe, Func<Calibration, bool> applies) =>
    [
        .. _calibrations[probe].Where(fact => applies(fact.Body))
            .Select(fact => (T: _instants.On(boot, fact.Body.ValidFrom), fact.Fact, fact.Body))
            .OrderBy(fact => fact.T).ThenBy(fact => fact.Fact.FactId.Value),
    ];

    /// <summary>By time on the boot's clock, ties by fact id; those that have not begun there are left out.</summary>
    private List<(long T, T Body)> InOrder<T>(IEnumerable<(Fact Fact, T Body)> facts, Id128 boot, Func<T, Instant> from) =>
    [
        .. facts.Select(fact => (T: _instants.On(boot, from(fact.Body)), fact.Fact.FactId, fact.Body))
            .Where(fact => fact.T != Instants.Never)
            .OrderBy(fact => fact.T).ThenBy(fact => fact.FactId.Value)
            .Select(fact => (fact.T, fact.Body)),
    ];
}

/// <summary>From inclusive, to exclusive, µs of the boot; <paramref name="Calibration"/> absent = none in force.</summary>
internal readonly record struct PlannedSpan(long FromT, long ToT, Id128 Probe, Calibration? Calibration, Id128 CalibrationFact)
{
    /// <summary>Absent = none.</summary>
    public PlannedDrift? Drift { get; init; }

    /// <summary>The calibration's time was over.</summary>
    public bool IsExpired { get; init; }
}

/// <summary>A drift spread on one boot's line of time; <paramref name="To"/> is the check or the later calibration.</summary>
internal sealed record PlannedDrift(Id128 Fact, long StartUtcUs, long EndUtcUs, Fact To);
