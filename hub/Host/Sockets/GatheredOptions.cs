namespace StemLab.Hub.Sockets;

/// <summary>How sockets are read.</summary>
/// <param name="Rest">Longest time between two rounds while many small things come; zero = each is read at once.</param>
/// <param name="Time">Runs on.</param>
internal sealed record GatheredOptions(TimeSpan Rest, TimeProvider Time)
{
    /// <summary>Told before the first socket of a round is read, by the thread that reads.</summary>
    public Action RoundBegins { get; init; } = () => { };

    /// <summary>Told after the last.</summary>
    public Action RoundEnds { get; init; } = () => { };
}
