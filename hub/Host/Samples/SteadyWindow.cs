using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Quality;
using StemLab.Science.Statistics;
using StemLab.Science.Units;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Samples;

/// <summary>The newest stretch of a channel, judged for steadiness. Immutable.</summary>
/// <param name="State">As Science judges it.</param>
/// <param name="Rule">What it was judged by, in <paramref name="Unit"/>.</param>
/// <param name="Unit">UCUM of the judged values.</param>
/// <param name="Start">Of the first reading in the window; absent without readings.</param>
/// <param name="End">Of the last.</param>
/// <param name="WorstFlag">Among the readings in the window; 9 without any.</param>
/// <param name="AgeUs">Of the last reading by the hub's clock; absent where the clocks cannot be compared.</param>
/// <param name="StartUtcUs">UTC of the first, µs; absent while the time is not known.</param>
internal sealed record SteadyWindow(SteadyState State, SteadyRule Rule, string Unit, Instant? Start, Instant? End, byte WorstFlag, long? AgeUs, long? StartUtcUs, long? EndUtcUs)
{
    /// <summary>A reading older than this is not "now", µs.</summary>
    public const long FreshUs = 15_000_000;

    /// <summary>The probe speaks now, as far as can be told.</summary>
    public bool IsFresh => State.Count > 0 && AgeUs is null or <= FreshUs;

    public bool IsSteady => State.IsSteady && IsFresh;
}

/// <summary>Reads the newest stretch of channels and judges it. Safe from any thread.</summary>
internal sealed class SteadyReader(ObservationStore store, DerivationBook derivations, HubClock clock)
{
    private const int MostReadings = 200_000;

    /// <summary>What to judge: derived values in the channel's unit, or what the probe gave.</summary>
    /// <param name="channel">Name of a channel.</param>
    /// <param name="rule">Null = the usual one for the property.</param>
    /// <param name="ofRaw">Judge what the probe gave, converted to this unit; null = derived values.</param>
    /// <returns>Null when there is no such channel.</returns>
    public SteadyWindow? Judge(string channel, SteadyRule? rule = null, string? ofRaw = null)
    {
        using var snapshot = store.Snapshot();
        var derivation = derivations.Current;
        if (!derivation.TryFindChannel(channel, out var view))
        {
            return null;
        }

        var unit = ofRaw ?? view.UnitUcum;
        var chosen = rule ?? UsualRule(view, unit);
        var newest = Newest(snapshot, derivation, view);
        if (newest is not { } last)
        {
            return new SteadyWindow(Steadiness.Judge(chosen, [], []), chosen, unit, null, null, 9, null, null, null);
        }

        var (times, values, flags) = Read(snapshot, derivation, view, last.Series, last.Row.TUs - (long)(chosen.WindowSeconds * 1.2e6), ofRaw);
        var state = Steadiness.Judge(chosen, times.ToArray(), values.ToArray());
        var boot = new Id128(last.Series.Entry.Boot.Value);
        var nowUs = derivation.Instants.On(boot, Instant.AtBoot(clock.BootId, clock.NowUs()));
        var isKnown = last.Series.Map.State != Science.Time.TimeState.Unknown && state.Count > 0;
        return new SteadyWindow(
            state,
            chosen,
            unit,
            state.Count > 0 ? Instant.AtBoot(boot, state.FromUs) : null,
            state.Count > 0 ? Instant.AtBoot(boot, state.ToUs) : null,
            Worst(times, flags, state),
            nowUs is Instants.Never or Instants.Beginning ? null : Math.Max(0, nowUs - last.Row.TUs),
            isKnown ? last.Series.Map.ToUtc(state.FromUs) : null,
            isKnown ? last.Series.Map.ToUtc(state.ToUs) : null);
    }

    /// <summary>The newest series of a channel by UTC, with its newest row; null without rows.</summary>
    public static (SeriesDerivation Series, StoredRow Row)? Newest(StoreSnapshot snapshot, Derivation derivation, ChannelView view)
    {
        (SeriesDerivation Series, StoredRow Row)? newest = null;
        foreach (var id in view.Series)
        {
            var series = derivation.Series(id);
            if (snapshot.TryLatest(series.Entry.Id, out var row))
            {
                newest = newest is { } known && (known.Series.Map.ToUtc(known.Row.TUs), known.Series.BootNo).CompareTo((series.Map.ToUtc(row.TUs), series.BootNo)) > 0 ? known : (series, row);
            }
        }

        return newest;
    }

    /// <summary>The house rule for the property, in the unit asked for; where that is another kind of unit, what a probe's own signal may do in 20 s.</summary>
    public static SteadyRule UsualRule(ChannelView view, string unit)
    {
        if (view.Property is { } property && Ucum.TryConvertDifference(property.UnitUcum, unit, out var map))
        {
            var rule = SteadyRule.For(property);
            return rule with { MostChange = rule.MostChange * Math.Abs(map.Slope), MostSd = rule.MostSd * Math.Abs(map.Slope) };
        }

        // A pH electrode gives about 59 mV a pH; other probes that give a voltage are judged more widely, the rest by half a unit.
        if (!Ucum.TryConvertDifference("mV", unit, out var volts))
        {
            return new SteadyRule(20, 0.5, 0.5);
        }

        var most = (view.PropertyId == "ph" ? 1.5 : 5) * Math.Abs(volts.Slope);
        return new SteadyRule(20, most, most);
    }

    private static (List<long> TUs, List<double> Values, List<byte> Flags) Read(StoreSnapshot snapshot, Derivation derivation, ChannelView view, SeriesDerivation series, long fromTUs, string? ofRaw)
    {
        var (times, values, flags) = (new List<long>(), new List<double>(), new List<byte>());
        var toUnit = AffineMap.Identity;
        var converts = ofRaw is null || ofRaw == series.Entry.Input.UnitUcum || Ucum.TryConvert(series.Entry.Input.UnitUcum, ofRaw, out toUnit);
        var rows = new ChannelRows(snapshot, derivation, view, series.Map.ToUtc(fromTUs), long.MaxValue);
        while (times.Count < MostReadings && rows.TryNext(MostReadings, out var stretch))
        {
            if (stretch.Series.Entry.Id == series.Entry.Id)
            {
                for (var row = stretch.From; row < stretch.From + stretch.Count; row++)
                {
                    var missing = stretch.Run.Missing.Span[row] != 0;
                    var value = ofRaw is null ? stretch.Columns.Value[row] : missing || !converts ? double.NaN : toUnit.Apply(stretch.Run.Raw.Span[row]);
                    times.Add(stretch.Run.TUs.Span[row]);
                    values.Add(ofRaw is null && stretch.Columns.Flag[row] == (byte)QcFlag.Fail ? double.NaN : value);
                    flags.Add(stretch.Columns.Flag[row]);
                }
            }

            rows.Release();
        }

        return (times, values, flags);
    }

    private static byte Worst(List<long> times, List<byte> flags, SteadyState state)
    {
        byte worst = 0;
        for (var i = 0; i < times.Count; i++)
        {
            if (times[i] >= state.FromUs && times[i] <= state.ToUs && flags[i] != (byte)QcFlag.Missing)
            {
                worst = Rank(flags[i]) > Rank(worst) ? flags[i] : worst;
            }
        }

        return worst == 0 ? (byte)QcFlag.Missing : worst;
    }

    /// <summary>Not evaluated is less sure than good.</summary>
    private static int Rank(byte flag) => flag switch { 4 => 4, 3 => 3, 2 => 2, 1 => 1, _ => 0 };
}
