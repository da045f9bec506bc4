using StemLab.Science.Statistics;
using StemLab.V1;

namespace StemLab.Hub.Analysis;

/// <summary>What can be computed over one span: description, area, slope, spectrum, counts, fewer points. Pure.</summary>
internal static class SpanSums
{
    /// <summary>Grid points of a spectrum.</summary>
    public const int MostSpectrum = 1_000_000;

    /// <summary>Frequencies in an answer.</summary>
    private const int MostLines = 20_000;

    private const int LeastSpectrum = 8;
    private const int ShortestGapSteps = 3;

    public static DescribeReadingsResponse Describe(SpanValues values)
    {
        var answer = new DescribeReadingsResponse { Read = values.Read() };
        if (Description.Of(values.Value) is not { } about)
        {
            answer.Refusal = AnalysisTexts.NoReadings;
            return answer;
        }

        (answer.Mean, answer.Median, answer.Min, answer.Max) = (about.Mean, about.Median, about.Min, about.Max);
        (answer.Q1, answer.Q3, answer.P05, answer.P95) = (about.Q1, about.Q3, about.P05, about.P95);
        Set(about.SdSample, value => answer.Sd = value);
        Set(about.StandardError, value => answer.StandardError = value);
        Set(about.Ci95HalfWidth, value => answer.Ci95HalfWidth = value);
        Set(about.Skewness, value => answer.Skewness = value);
        Set(about.KurtosisExcess, value => answer.KurtosisExcess = value);
        Set(about.AutocorrelationLag1, value => answer.AutocorrelationLag1 = value);
        return answer;
    }

    public static IntegrateReadingsResponse Integrate(SpanValues values)
    {
        var answer = new IntegrateReadingsResponse { Read = values.Read(), UnitUcum = $"{Factor(values.UnitUcum)}.s" };
        if (TooLittle(values) is { } refusal)
        {
            answer.Refusal = refusal;
            return answer;
        }

        Set(Sampled.Integral(values.SecondsSince(values.UtcUs[0]), values.Value), value => answer.Integral = value);
        return answer;
    }

    public static DifferentiateReadingsResponse Differentiate(SpanValues values, int smooth, int most)
    {
        var answer = new DifferentiateReadingsResponse { Read = values.Read(), UnitUcum = $"{Factor(values.UnitUcum)}/s" };
        if (TooLittle(values) is { } refusal)
        {
            answer.Refusal = refusal;
            return answer;
        }

        var (times, kept) = values.Distinct();
        var smoothed = smooth > 1 ? Sampled.MovingAverage(kept, smooth) : kept;
        var seconds = Array.ConvertAll(times, utcUs => (utcUs - times[0]) / 1e6);
        var slopes = Sampled.Derivative(seconds, smoothed);
        int[] defined = [.. Enumerable.Range(0, slopes.Length).Where(i => double.IsFinite(slopes[i]))];
        int[] shown = Sampled.Thin([.. defined.Select(i => seconds[i])], [.. defined.Select(i => slopes[i])], most);
        answer.TimeUs.AddRange(shown.Select(i => times[defined[i]]));
        answer.Slope.AddRange(shown.Select(i => slopes[defined[i]]));
        if (defined.Length == 0)
        {
            answer.Refusal = AnalysisTexts.OneReading;
        }

        return answer;
    }

    public static GetHistogramResponse Count(SpanValues values, int bins)
    {
        var answer = new GetHistogramResponse { Read = values.Read() };
        // Rice's rule, within what a chart can show.
        var chosen = bins > 0 ? bins : Math.Clamp((int)Math.Ceiling(2 * Math.Cbrt(values.Count)), 1, 100);
        if (Histogram.Of(values.Value, chosen) is not { } histogram)
        {
            answer.Refusal = AnalysisTexts.NoReadings;
            return answer;
        }

        answer.Edges.AddRange(histogram.Edges);
        answer.Counts.AddRange(histogram.Counts.Select(count => (long)count));
        return answer;
    }

    public static ThinReadingsResponse Thin(SpanValues values, int most, bool keepPeaks)
    {
        var answer = new ThinReadingsResponse { Read = values.Read() };
        if (values.Count == 0)
        {
            answer.Refusal = AnalysisTexts.NoReadings;
            return answer;
        }

        var shown = keepPeaks ? Peaks(values.Value, most) : Sampled.Thin(values.SecondsSince(values.UtcUs[0]), values.Value, most);
        answer.TimeUs.AddRange(shown.Select(i => values.UtcUs[i]));
        answer.Value.AddRange(shown.Select(i => values.Value[i]));
        answer.Flag.AddRange(shown.Select(i => (uint)values.Flag[i]));
        return answer;
    }

    public static GetSpectrumResponse Transform(SpanValues values, double rateHz)
    {
        var answer = new GetSpectrumResponse { Read = values.Read() };
        var (times, kept) = values.Distinct();
        if (kept.Length < LeastSpectrum)
        {
            answer.Refusal = values.Count == 0 ? AnalysisTexts.NoReadings : values.IsOneMoment ? AnalysisTexts.OneMoment : AnalysisTexts.TooShortForSpectrum;
            return answer;
        }

        var stepUs = rateHz > 0 ? 1e6 / rateHz : MedianStep(times);
        var steps = (times[^1] - times[0]) / stepUs;
        if (!(steps < MostSpectrum))
        {
            answer.Refusal = AnalysisTexts.TooManySteps;
            return answer;
        }

        var grid = OnGrid(times, kept, stepUs, (int)steps + 1, out var filled);
        var mean = grid.Average();
        var (frequency, amplitude) = Spectrum.Amplitude(Array.ConvertAll(grid, value => value - mean), 1e6 / stepUs);
        int[] shown = Peaks(amplitude, MostLines);
        answer.FrequencyHz.AddRange(shown.Select(k => frequency[k]));
        answer.Amplitude.AddRange(shown.Select(k => amplitude[k]));
        answer.RateHz = 1e6 / stepUs;
        answer.Filled = filled;
        var strongest = 1;
        for (var k = 2; k < amplitude.Length; k++)
        {
            strongest = amplitude[k] > amplitude[strongest] ? k : strongest;
        }

        if (kept.Any(value => value != kept[0]) && amplitude.Length > 1)
        {
            answer.PeakHz = frequency[strongest];
        }

        return answer;
    }

    private static Sentence? TooLittle(SpanValues values) =>
        values.Count == 0 ? AnalysisTexts.NoReadings : values.Count == 1 ? AnalysisTexts.OneReading : values.IsOneMoment ? AnalysisTexts.OneMoment : null;

    private static void Set(double? value, Action<double> set)
    {
        if (value is { } number && double.IsFinite(number))
        {
            set(number);
        }
    }

    /// <summary>A unit as a factor of another: no unit is 1, a quotient is put in parentheses.</summary>
    private static string Factor(string unit) => unit.Length == 0 ? "1" : unit.Contains('/') ? $"({unit})" : unit;

    /// <summary>First, last, and least and greatest of equal parts: at most so many.</summary>
    private static int[] Peaks(double[] values, int most)
    {
        if (values.Length <= most)
        {
            return [.. Enumerable.Range(0, values.Length)];
        }

        var parts = Math.Max(1, (most - 2) / 2);
        var kept = new SortedSet<int> { 0, values.Length - 1 };
        for (var part = 0; part < parts; part++)
        {
            var (from, to) = ((int)((long)values.Length * part / parts), (int)((long)values.Length * (part + 1) / parts));
            var (least, greatest) = (from, from);
            for (var i = from; i < to; i++)
            {
                least = values[i] < values[least] ? i : least;
                greatest = values[i] > values[greatest] ? i : greatest;
            }

            kept.Add(least);
            kept.Add(greatest);
        }

        return [.. kept.Take(most)];
    }

    private static double MedianStep(long[] times)
    {
        var steps = new long[times.Length - 1];
        for (var i = 0; i < steps.Length; i++)
        {
            steps[i] = times[i + 1] - times[i];
        }

        Array.Sort(steps);
        return steps[steps.Length / 2];
    }

    /// <summary>Values at even steps by straight lines between readings; says how many lie in a gap.</summary>
    private static double[] OnGrid(long[] times, double[] values, double stepUs, int count, out long filled)
    {
        var grid = new double[count];
        filled = 0;
        var next = 1;
        for (var i = 0; i < count; i++)
        {
            var at = times[0] + (i * stepUs);
            while (next < times.Length - 1 && times[next] < at)
            {
                next++;
            }

            var (before, after) = (times[next - 1], times[next]);
            var part = Math.Clamp((at - before) / (after - before), 0, 1);
            grid[i] = values[next - 1] + ((values[next] - values[next - 1]) * part);
            filled += after - before > ShortestGapSteps * stepUs && part is > 0 and < 1 ? 1 : 0;
        }

        return grid;
    }
}
