using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>How the rows of one series are read: the one place where raw becomes time, value and flag. Immutable, safe from any thread.</summary>
internal sealed class SeriesDerivation
{
    /// <summary>QARTOD: no quality rule has looked at it.</summary>
    public const byte NotEvaluated = 2;

    /// <summary>QARTOD: there is a value, with a doubt.</summary>
    public const byte Suspect = 3;

    /// <summary>QARTOD: it cannot be right.</summary>
    public const byte Fail = 4;

    /// <summary>QARTOD: there is no value.</summary>
    public const byte Missing = 9;

    /// <param name="id">Of a derived channel's series, which has no rows of its own; absent = the stored series'.</param>
    public SeriesDerivation(SeriesEntry entry, uint bootNo, ChannelView channel, TimeMap map, ImmutableArray<DerivedSpan> spans, SeriesId? id = null)
    {
        Id = id ?? entry.Id;
        Entry = entry;
        BootNo = bootNo;
        Channel = channel;
        Map = map;
        Spans = spans;
        NeedsSiblings = spans.Any(span => span.NeedsSiblings);
    }

    /// <summary>What verdicts and channels call it by. Of a measured series the stored one's.</summary>
    public SeriesId Id { get; }

    /// <summary>Where its rows are stored: of a derived series those of its lead input.</summary>
    public SeriesEntry Entry { get; }

    /// <summary>How it is computed from other channels; absent = it is measured.</summary>
    public ComputedColumn? Computed => Spans[0].Computed;

    /// <summary>Number of the series' boot; second key of the order of rows.</summary>
    public uint BootNo { get; }

    public ChannelView Channel { get; }

    public TimeMap Map { get; }

    /// <summary>Covers all times without gap, ascending; at least one.</summary>
    public ImmutableArray<DerivedSpan> Spans { get; }

    /// <summary>True where some rows' values depend on what other probes of the agent said.</summary>
    public bool NeedsSiblings { get; }

    /// <summary>Derives rows: time, bound, value, flag, reasons. <paramref name="tUs"/> ascending; all of one length; <paramref name="missing"/> 0 = the row has a raw value.</summary>
    /// <param name="siblings">What else was measured, under the same derivation; where it is absent, compensated rows have no value.</param>
    public void Apply(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, SiblingRows? siblings, DerivedColumns into)
    {
        into.Resize(tUs.Length);
        Map.ToUtc(tUs, into.UtcUs);
        Span<long> sigma = into.SigmaUs;
        for (int i = 0; i < tUs.Length; i++)
        {
            sigma[i] = Map.SigmaUs(tUs[i]);
        }

        Values(tUs, raw, missing, siblings, into);
    }

    /// <summary>As <see cref="Apply"/>, without the times: buckets and siblings need only values.</summary>
    public void Values(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, SiblingRows? siblings, DerivedColumns into)
    {
        into.Resize(tUs.Length);
        int from = 0;
        foreach (DerivedSpan span in Spans)
        {
            int to = tUs.Length > 0 && tUs[^1] < span.ToT ? tUs.Length : FirstNotBefore(tUs, from, span.ToT);
            if (to > from)
            {
                new SpanRows(this, span, into, from, to - from).Fill(tUs[from..to], raw[from..to], missing[from..to], siblings);
            }

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

    /// <summary>What the spans need of other probes, each once.</summary>
    public IEnumerable<Compensation> Needs() => Spans.Where(span => span.NeedsSiblings)
        .SelectMany(span => (span.Curve?.Needs ?? []).Concat(span.Drift?.After?.Needs ?? [])).Distinct();

    /// <summary>The same rows at the same times under other spans: how another revision, or no drift spread, reads them.</summary>
    public SeriesDerivation With(ImmutableArray<DerivedSpan> spans) => new(Entry, BootNo, Channel, Map, spans, Id);

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

    private static int FirstNotBefore(ReadOnlySpan<long> tUs, int from, long t)
    {
        int to = tUs.Length;
        while (from < to)
        {
            int middle = (int)(((uint)from + (uint)to) >> 1);
            (from, to) = tUs[middle] < t ? (middle + 1, to) : (from, middle);
        }

        return from;
    }
}
