using System.Globalization;

namespace StemLab.Benchmarks;

/// <summary>Prints each figure as one JSON line beside its goal, and remembers which goals were missed.</summary>
internal sealed class Figures(TextWriter output)
{
    private readonly List<string> _missed = [];

    /// <summary>Names of the figures that did not reach their goals.</summary>
    public IReadOnlyList<string> Missed => _missed;

    /// <summary>A figure to be at most its goal.</summary>
    public void AtMost(string name, double value, double goal) => Print(name, value, goal, "lower", value <= goal);

    /// <summary>A figure to be at least its goal.</summary>
    public void AtLeast(string name, double value, double goal) => Print(name, value, goal, "higher", value >= goal);

    /// <summary>A figure nobody set a goal for, stated so that it cannot grow unseen.</summary>
    public void Stated(string name, double value) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"name":"{{name}}","value":{{value:0.####}},"goal":null,"better":"lower"}"""));

    private void Print(string name, double value, double goal, string better, bool isReached)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""{"name":"{{name}}","value":{{value:0.####}},"goal":{{goal:0.####}},"better":"{{better}}"}"""));
        if (!isReached)
        {
            _missed.Add(name);
        }
    }
}
