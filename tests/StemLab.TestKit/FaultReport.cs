using System.Globalization;

namespace StemLab.TestKit;

/// <summary>How often fault tests do what they do, and what came of it: `tests/fault-matrix` asks for more rounds and prints the lines. Safe from any thread.</summary>
public static class FaultReport
{
    private static readonly Lock Gate = new();

    /// <summary>Rounds of a fault: a few in CI, as many as <c>STEMLAB_FAULT_ROUNDS</c> says in the full matrix.</summary>
    public static int Rounds(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("STEMLAB_FAULT_ROUNDS"), CultureInfo.InvariantCulture, out var rounds) ? Math.Max(usual, rounds) : usual;

    /// <summary>Tells one fault's outcome; a test that fails tells nothing, so that a missing line is a failed fault.</summary>
    /// <param name="fault">What was done.</param>
    /// <param name="times">How often.</param>
    /// <param name="receipted">Rows that had been receipted, and were all there, once, with their exact sum.</param>
    public static void Line(string fault, int times, long receipted)
    {
        if (Environment.GetEnvironmentVariable("STEMLAB_FAULT_REPORT") is not { Length: > 0 } file)
        {
            return;
        }

        lock (Gate)
        {
            File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{fault}\t{times}\t{receipted}\t0\n"));
        }
    }
}
