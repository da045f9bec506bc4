using System.Globalization;
using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>Where a public place is, for the sketch of places. Degrees, WGS 84.</summary>
internal sealed record PublicPlace(string Name, double Latitude, double Longitude);

/// <summary>The picture of one series of a campaign: paths in halves of a picture of 640 by 184, the scale's ends, and its means as text for tones. Immutable, pure.</summary>
internal sealed record PublicChart(string Line, string Band, double Top, double Bottom, string Tones)
{
    private const double Left = 84;
    private const double Width = 550;
    private const double Above = 8;
    private const double Height = 140;

    /// <param name="series">With at least one reading.</param>
    public static PublicChart Of(PublicSeries series)
    {
        var (bottom, top) = series.Most - series.Least < 1e-9 ? (series.Least - 1, series.Most + 1) : (series.Least, series.Most);
        var count = series.StepMean.Count;
        (double X, double Y) Place(int step, double value) => (Left + ((step + 0.5) / count * Width), Above + ((top - value) / (top - bottom) * Height));
        var line = new ReportPen();
        var band = new System.Text.StringBuilder();
        foreach (var stretch in Stretches(series))
        {
            foreach (var step in stretch)
            {
                line.To(Place(step, series.StepMean[step]), isNew: step == stretch[0]);
            }

            band.Append(ReportPen.Over(stretch.Select(step => Place(step, series.StepMost[step])).Concat(stretch.Reverse().Select(step => Place(step, series.StepLeast[step]))))).Append('Z');
        }

        var tones = string.Join(' ', series.StepMean.Select(mean => double.IsFinite(mean) ? mean.ToString("G5", CultureInfo.InvariantCulture) : "-"));
        return new PublicChart(line.ToString(), band.ToString(), top, bottom, tones);
    }

    /// <summary>Steps with something measured; one or two empty ones between are no gap, because a probe may measure as seldom as the steps are wide.</summary>
    private static IEnumerable<int[]> Stretches(PublicSeries series)
    {
        const int shortest = 3;
        var stretch = new List<int>();
        for (var step = 0; step < series.StepMean.Count; step++)
        {
            if (!double.IsFinite(series.StepMean[step]))
            {
                continue;
            }

            if (stretch.Count > 0 && step - stretch[^1] > shortest)
            {
                yield return [.. stretch];
                stretch.Clear();
            }

            stretch.Add(step);
        }

        yield return [.. stretch];
    }
}
