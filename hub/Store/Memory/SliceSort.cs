using StemLab.Store.Reading;

namespace StemLab.Store.Memory;

/// <summary>Turns many overlapping slices of one series into one.</summary>
internal static class SliceSort
{
    /// <summary>New arrays, ascending, rows with the same time resolved by <see cref="Collision"/>.</summary>
    public static RowSlice Merge(List<RowSlice> slices)
    {
        var count = slices.Sum(slice => slice.Length);
        var times = new long[count];
        var from = new (int Slice, int Row)[count];
        var at = 0;
        for (var s = 0; s < slices.Count; s++)
        {
            slices[s].Times.CopyTo(times.AsSpan(at));
            for (var row = slices[s].Start; row < slices[s].End; row++)
            {
                from[at++] = (s, row);
            }
        }

        Array.Sort(times, from);
        var raw = new double[count];
        var missing = slices.Any(slice => slice.Missing is not null) ? new byte[count] : null;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var slice = slices[from[i].Slice];
            var value = slice.Raw[from[i].Row];
            var reason = slice.Missing is null ? (byte)0 : slice.Missing[from[i].Row];
            var isAgain = kept > 0 && times[kept - 1] == times[i];
            var before = isAgain ? kept - 1 : kept;
            if (isAgain && !Collision.Beats(reason, value, missing is null ? (byte)0 : missing[before], raw[before]))
            {
                continue;
            }

            (times[before], raw[before]) = (times[i], value);
            if (missing is not null)
            {
                missing[before] = reason;
            }

            kept = before + 1;
        }

        return new RowSlice(times, raw, missing, 0, kept);
    }
}
