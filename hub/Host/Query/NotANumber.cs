using System.Numerics;

namespace StemLab.Hub.Query;

/// <summary>Which of many values are none. Pure.</summary>
internal static class NotANumber
{
    /// <summary>1 where a value is NaN, else 0; both of one length.</summary>
    public static void Mark(ReadOnlySpan<double> values, Span<byte> marks)
    {
        marks.Clear();
        int i = 0;
        for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
        {
            Vector<double> some = new(values[i..]);
            if (!Vector.EqualsAll(some, some))
            {
                break;
            }
        }

        for (; i < values.Length; i++)
        {
            marks[i] = double.IsNaN(values[i]) ? (byte)1 : (byte)0;
        }
    }
}
