namespace StemLab.Science.Quality;

/// <summary>What a line's length is counted in.</summary>
public enum LengthUnit
{
    /// <summary>Characters.</summary>
    Characters = 0,

    /// <summary>Bytes written as two hex digits each.</summary>
    HexBytes = 1,
}

/// <summary>Has the raw line the expected length? QARTOD syntax (test 2). Pure.</summary>
public static class SyntaxCheck
{
    /// <summary>Fails lines of another length, or with another number of fields.</summary>
    /// <param name="lines">Raw text as it came.</param>
    /// <param name="expected">Characters, bytes, or fields where a delimiter is given.</param>
    /// <param name="unit">What is counted without a delimiter; hex needs an even number of characters in any case.</param>
    /// <param name="delimiter">Between fields; null or empty = count the length.</param>
    /// <param name="flags">Receives one verdict per line.</param>
    public static void Length(IReadOnlyList<string> lines, double expected, LengthUnit unit, string? delimiter, Span<QcFlag> flags)
    {
        ArgumentNullException.ThrowIfNull(lines);
        Series.SameLength(lines.Count, flags.Length, nameof(flags));
        for (var i = 0; i < lines.Count; i++)
        {
            var length = lines[i].EnumerateRunes().Count();
            var count = unit == LengthUnit.HexBytes ? length / 2 : length;
            if (!string.IsNullOrEmpty(delimiter))
                count = lines[i].Split(delimiter).Length;
            var isOdd = unit == LengthUnit.HexBytes && length % 2 != 0;
            flags[i] = isOdd || count != expected ? QcFlag.Fail : QcFlag.Pass;
        }
    }
}
