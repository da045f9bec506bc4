using System.Collections.Immutable;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>How the rows of one series are read: the one place where raw becomes time, value and flag. Immutable, safe from any thread.</summary>
internal sealed class SeriesDerivation
{
    /// <summary>QARTOD: no quality rule has looked at it.</summary>
    public const byte NotEvaluated = 2;

    /// <summary>QARTOD: there is no value.</summary>
    public const byte Missing = 9;

    public SeriesDerivation(SeriesEntry entry, uint bootNo, ChannelView channel, TimeMap map, ImmutableArray<DerivedSpan> spans)
    {
        Entry = entry;
        BootNo = bootNo;
        Channel = channel;
        Map = map;
        Spans = spans;
    }

    public SeriesEntry Entry { get; }

    /// <summary>Number of the series' boot; second key of the order of rows.</summary>
    public uint BootNo { get; }

    public ChannelView Channel { get; }

    public TimeMap Map { get; }

    /// <summary>Covers all times without gap, ascending; at least one.</summary>
    public ImmutableArray<DerivedSpan> Spans { get; }

    /// <summary>Derives rows. <paramref name="tUs"/> ascending; all of one length; <paramref name="missing"/> 0 = the row has a raw value.</summary>
    public void Apply(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, DerivedColumns into)
    {
        into.Resize(tUs.Length);
        Map.ToUtc(tUs, into.UtcUs);
        Span<long> sigma = into.SigmaUs;
        for (int i = 0; i < tUs.Length; i++)
        {
            sigma[i] = Map.SigmaUs(tUs[i]);
        }

        int from = 0;
        foreach (DerivedSpan span in Spans)
        {
            int to = from;
            while (to < tUs.Length && tUs[to] < span.ToT)
            {
                to++;
            }

            Values(span, raw[from..to], missing[from..to], into.Value.AsSpan(from), into.Flag.AsSpan(from));
            from = to;
            if (from == tUs.Length)
            {
                return;
            }
        }

        // Only t = long.MaxValue lies in no half-open span; no clock gets there.
        into.Value.AsSpan(from, tUs.Length - from).Fill(double.NaN);
        into.Flag.AsSpan(from, tUs.Length - from).Fill(Missing);
    }

    /// <summary>The span a time lies in.</summary>
    public DerivedSpan SpanAt(long tUs)
    {
        foreach (DerivedSpan span in Spans)
        {
            if (tUs < span.ToT)
            {
                return span;
            }
        }

        return Spans[^1];
    }

    private static void Values(in DerivedSpan span, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, Span<double> value, Span<byte> flag)
    {
        for (int i = 0; i < raw.Length; i++)
        {
            double derived = span.HasValue && missing[i] == 0 ? span.Map.Apply(raw[i]) : double.NaN;
            value[i] = derived;
            flag[i] = double.IsNaN(derived) ? Missing : NotEvaluated;
        }
    }
}
