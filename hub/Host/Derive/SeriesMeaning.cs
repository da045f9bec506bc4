using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Properties;
using StemLab.Science.Units;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>What one series measures before its channel's unit is chosen: property, and per span the way from raw to some unit. Immutable, pure.</summary>
internal sealed class SeriesMeaning
{
    private readonly ImmutableArray<Step> _steps;

    private SeriesMeaning(SeriesEntry entry, string propertyId, ImmutableArray<Step> steps)
    {
        Entry = entry;
        PropertyId = propertyId;
        _steps = steps;
    }

    public SeriesEntry Entry { get; }

    public string PropertyId { get; }

    /// <summary>The registry's unit where some span leads to it, else the unit the series has by itself.</summary>
    public string PreferredUnit
    {
        get
        {
            string unit = UnitOf(PropertyId);
            return unit.Length > 0 && _steps.Any(step => Reaches(step, unit)) ? unit : _steps.LastOrDefault(step => step.Property == PropertyId).Unit ?? "";
        }
    }

    public static SeriesMeaning Of(SeriesEntry entry, ProbePlan plan)
    {
        string natural = entry.Input.Quantity;
        ImmutableArray<Step> steps = [.. plan.Of(entry, calibration => Applies(calibration, entry.Input)).Select(span => StepOf(entry.Input, span))];
        // A calibration may make another property of the input (a voltage becomes a pH): the series then belongs to that channel.
        string property = steps.LastOrDefault(step => step.Property != natural).Property ?? natural;
        return new SeriesMeaning(entry, property, steps);
    }

    /// <summary>The spans with one map each into the channel's unit.</summary>
    public ImmutableArray<DerivedSpan> In(string channelUnit)
    {
        var spans = ImmutableArray.CreateBuilder<DerivedSpan>(_steps.Length);
        foreach (Step step in _steps)
        {
            bool leads = step.Property == PropertyId && TryConvert(step.Unit, channelUnit, out _);
            AffineMap map = leads && TryConvert(step.Unit, channelUnit, out AffineMap last) ? step.Map.Then(last) : last = AffineMap.Identity;
            PlannedSpan plan = step.Plan;
            var span = new DerivedSpan(plan.FromT, plan.ToT, leads, map, plan.Calibration is null ? default : plan.CalibrationFact, plan.Probe) { IsExpired = plan.IsExpired };
            spans.Add(leads && plan.Calibration is { } calibration ? Curved(span, plan, calibration, step, last) : span);
        }

        return spans.MoveToImmutable();
    }

    /// <summary>The span with the calibration's curve and the drift on top of it.</summary>
    private DerivedSpan Curved(DerivedSpan span, in PlannedSpan plan, Calibration calibration, in Step step, AffineMap toChannel)
    {
        var curve = new ProbeCurve(plan.CalibrationFact, Methodical(calibration), step.ToInput, toChannel);
        return span with { Curve = calibration.Method is null ? null : curve, Drift = plan.Drift is { } drift ? DriftOf(drift, curve, step, toChannel) : null };
    }

    /// <summary>Null where the later calibration speaks of something else.</summary>
    private ProbeDrift? DriftOf(PlannedDrift drift, ProbeCurve before, in Step step, AffineMap toChannel)
    {
        if (drift.To.Body is CalibrationCheck check)
        {
            return new ProbeDrift(drift.Fact, drift.StartUtcUs, drift.EndUtcUs, before.Correction(check.Points), null, null);
        }

        var later = (Calibration)drift.To.Body;
        Step end = StepOf(Entry.Input, new PlannedSpan(0, 0, later.Probe, later, drift.To.FactId));
        if (!Applies(later, Entry.Input) || end.Property != step.Property || !TryConvert(end.Unit, step.Unit, out AffineMap toStep))
        {
            return null;
        }

        toStep = toStep.Then(toChannel);
        return later.Method is null
            ? new ProbeDrift(drift.Fact, drift.StartUtcUs, drift.EndUtcUs, AffineMap.Identity, end.Map.Then(toStep), null)
            : new ProbeDrift(drift.Fact, drift.StartUtcUs, drift.EndUtcUs, AffineMap.Identity, null, new ProbeCurve(drift.To.FactId, later, end.ToInput, toStep));
    }

    private static Calibration Methodical(Calibration calibration) =>
        calibration.Method is null ? calibration with { Method = new CalibrationMethod(CalibrationForm.Linear, [], [], []) } : calibration;

    private static string UnitOf(string property) => ObservedProperties.Default.Find(property)?.UnitUcum ?? "";

    private static bool Applies(Calibration calibration, InputDeclaration input)
    {
        bool named = calibration.InputQuantity == input.Quantity;
        bool implied = calibration.InputQuantity.Length == 0 && (calibration.OutputProperty.Length == 0 || calibration.OutputProperty == input.Quantity);
        return (named || implied) && TryConvert(input.UnitUcum, InputUnit(calibration, input), out _);
    }

    /// <summary>Unit of the calibration's x: as stated, else the registry's unit of the input where it can be had, else the native one.</summary>
    private static string InputUnit(Calibration calibration, InputDeclaration input)
    {
        if (calibration.InputUnit.Length > 0)
        {
            return calibration.InputUnit;
        }

        string registry = UnitOf(input.Quantity);
        return registry.Length > 0 && TryConvert(input.UnitUcum, registry, out _) ? registry : input.UnitUcum;
    }

    private static Step StepOf(InputDeclaration input, PlannedSpan span)
    {
        if (span.Calibration is not { } calibration)
        {
            return new Step(span, input.Quantity, input.UnitUcum, AffineMap.Identity, AffineMap.Identity);
        }

        string inputUnit = InputUnit(calibration, input);
        string property = calibration.OutputProperty.Length > 0 ? calibration.OutputProperty : input.Quantity;
        string unit = OutputUnit(calibration, input, property, inputUnit);
        TryConvert(input.UnitUcum, inputUnit, out AffineMap toInput);
        AffineMap map = toInput.Then(new AffineMap(calibration.Slope, calibration.Offset));
        return new Step(span, property, unit, map, toInput);
    }

    private static string OutputUnit(Calibration calibration, InputDeclaration input, string property, string inputUnit)
    {
        if (calibration.OutputUnit.Length > 0)
        {
            return calibration.OutputUnit;
        }

        return property == input.Quantity ? inputUnit : UnitOf(property);
    }

    private bool Reaches(Step step, string unit) => step.Property == PropertyId && TryConvert(step.Unit, unit, out _);

    /// <summary>Equal codes are one unit, also where this version of UCUM cannot read them.</summary>
    private static bool TryConvert(string from, string to, out AffineMap map)
    {
        map = AffineMap.Identity;
        return from == to || Ucum.TryConvert(from, to, out map);
    }

    /// <param name="Plan">Span, probe, calibration, drift.</param>
    /// <param name="Unit">Of what the calibration yields.</param>
    /// <param name="Map">Raw to that, where slope and offset say it.</param>
    /// <param name="ToInput">Raw to the calibration's x.</param>
    private readonly record struct Step(PlannedSpan Plan, string Property, string Unit, AffineMap Map, AffineMap ToInput);
}
