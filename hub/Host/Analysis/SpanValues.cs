using StemLab.Hub.History;
using StemLab.V1;

namespace StemLab.Hub.Analysis;

/// <summary>The readings a computation uses: those with a value, without the failed ones unless asked for; and what was left out, by flag. Immutable.</summary>
internal sealed class SpanValues
{
    private const byte Fail = 4;

    private readonly Dictionary<uint, long> _byFlag = [];

    private SpanValues(ReadSpan read, bool withFailed)
    {
        UnitUcum = read.Channel.UnitUcum;
        (Revision, Commit) = (read.Revision, read.Commit);
        var kept = new List<int>(read.Count);
        for (var row = 0; row < read.Count; row++)
        {
            _byFlag[read.Flag[row]] = _byFlag.GetValueOrDefault(read.Flag[row]) + 1;
            if (double.IsFinite(read.Value[row]) && (withFailed || read.Flag[row] != Fail))
            {
                kept.Add(row);
            }
        }

        UtcUs = [.. kept.Select(row => read.UtcUs[row])];
        Value = [.. kept.Select(row => read.Value[row])];
        Flag = [.. kept.Select(row => read.Flag[row])];
    }

    public string UnitUcum { get; }

    public long Revision { get; }

    public long Commit { get; }

    /// <summary>UTC µs, not descending.</summary>
    public long[] UtcUs { get; }

    /// <summary>Finite, in the channel's unit.</summary>
    public double[] Value { get; }

    public byte[] Flag { get; }

    public int Count => UtcUs.Length;

    /// <summary>All readings are of one moment.</summary>
    public bool IsOneMoment => Count > 0 && UtcUs[0] == UtcUs[^1];

    public static SpanValues Of(ReadSpan read, bool withFailed) => new(read, withFailed);

    /// <summary>Seconds since a UTC time.</summary>
    public double[] SecondsSince(long zeroUs) => Array.ConvertAll(UtcUs, utcUs => (utcUs - zeroUs) / 1e6);

    /// <summary>One reading per moment: of equal times the last stays, so that no step is 0.</summary>
    public (long[] UtcUs, double[] Value) Distinct()
    {
        var (times, values) = (new List<long>(Count), new List<double>(Count));
        for (var i = 0; i < Count; i++)
        {
            if (i + 1 < Count && UtcUs[i + 1] == UtcUs[i])
            {
                continue;
            }

            times.Add(UtcUs[i]);
            values.Add(Value[i]);
        }

        return ([.. times], [.. values]);
    }

    public SpanRead Read()
    {
        var read = new SpanRead
        {
            Count = Count,
            FirstTimeUs = Count == 0 ? 0 : UtcUs[0],
            LastTimeUs = Count == 0 ? 0 : UtcUs[^1],
            UnitUcum = UnitUcum,
            Revision = Revision,
            Commit = Commit,
        };
        read.CountByFlag.Add(_byFlag);
        return read;
    }
}
