namespace StemLab.LessonConsole;

/// <summary>A line of values as eight heights of a block character. Pure.</summary>
internal static class Sparkline
{
    private const string Heights = "▁▂▃▄▅▆▇█";

    public static string Of(IReadOnlyCollection<double> values)
    {
        var finite = values.Where(double.IsFinite).ToList();
        if (finite.Count == 0)
        {
            return "";
        }

        var (low, high) = (finite.Min(), finite.Max());
        return string.Concat(values.Select(value => !double.IsFinite(value) ? ' ' : Heights[high == low ? 3 : (int)Math.Min(7, (value - low) / (high - low) * 8)]));
    }
}
