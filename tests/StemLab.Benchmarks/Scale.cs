namespace StemLab.Benchmarks;

/// <summary>How long a benchmark runs. The ordinary form stays under a minute a name.</summary>
internal enum Scale
{
    /// <summary>A moment, with the hub as built: shows that a benchmark still runs; its figures mean nothing.</summary>
    Smoke,

    /// <summary>Under a minute a name.</summary>
    Ordinary,

    /// <summary>Longer and larger.</summary>
    Full,
}

internal static class Scales
{
    /// <summary>Picks by scale.</summary>
    public static T Of<T>(this Scale scale, T smoke, T ordinary, T full) => scale switch
    {
        Scale.Smoke => smoke,
        Scale.Full => full,
        _ => ordinary,
    };
}
