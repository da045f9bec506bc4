using System.Globalization;
using System.Text;

namespace StemLab.Hub.Web;

/// <summary>Draws an SVG path with few letters: whole halves of a picture's unit, each point told from the one before it. One thread.</summary>
internal sealed class ReportPen
{
    private readonly StringBuilder _path = new();
    private (long X, long Y) _at;

    /// <summary>A line through these places.</summary>
    public static ReportPen Over(IEnumerable<(double X, double Y)> places)
    {
        var pen = new ReportPen();
        foreach (var place in places)
        {
            pen.To(place, isNew: false);
        }

        return pen;
    }

    /// <summary>On to a place; the first one, and where <paramref name="isNew"/>, without a line: a place that stays alone is a dot.</summary>
    public void To((double X, double Y) place, bool isNew)
    {
        var next = ((long)Math.Round(place.X * 2), (long)Math.Round(place.Y * 2));
        var (x, y) = (next.Item1 - _at.X, next.Item2 - _at.Y);
        if (isNew || _path.Length == 0)
        {
            _path.Append(CultureInfo.InvariantCulture, $"{(_path.Length == 0 ? 'M' : 'm')}{x}{(y < 0 ? "" : " ")}{y}l0 0");
        }
        else if (next != _at)
        {
            _path.Append(CultureInfo.InvariantCulture, $"l{x}{(y < 0 ? "" : " ")}{y}");
        }

        _at = next;
    }

    public override string ToString() => _path.ToString();
}
