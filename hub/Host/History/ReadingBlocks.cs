using StemLab.Hub.Derive;
using StemLab.V1;
using TimeState = StemLab.Science.Time.TimeState;

namespace StemLab.Hub.History;

/// <summary>Turns derived rows into the column blocks of stemlab.v1. Pure.</summary>
internal static class ReadingBlocks
{
    /// <summary>One block from rows [from, from + count) of derived columns.</summary>
    /// <param name="channelRef">Stands for the channel on the stream.</param>
    /// <param name="columns">Derived rows.</param>
    /// <param name="raw">Raw rows with the same indexes; read only with <paramref name="withRaw"/>.</param>
    public static ReadingBlock Of(uint channelRef, DerivedColumns columns, ReadOnlySpan<double> raw, int from, int count, TimeState state, bool withRaw)
    {
        var block = new ReadingBlock { ChannelRef = channelRef, TimeState = StateOf(state) };
        block.DeltaTimeUs.Capacity = count;
        block.Value.Capacity = count;
        Append(block, columns, raw, from, count, withRaw);
        return block;
    }

    /// <summary>Appends rows to a block of the same channel and time state.</summary>
    /// <param name="raw">Empty = a computed channel: no probe gave anything.</param>
    public static void Append(ReadingBlock block, DerivedColumns columns, ReadOnlySpan<double> raw, int from, int count, bool withRaw)
    {
        var before = block.DeltaTimeUs.Count;
        var last = block.BaseTimeUs;
        foreach (var delta in block.DeltaTimeUs)
        {
            last += delta;
        }

        for (var row = from; row < from + count; row++)
        {
            var utc = columns.UtcUs[row];
            if (block.DeltaTimeUs.Count == 0)
            {
                block.BaseTimeUs = utc;
                last = utc;
            }

            block.DeltaTimeUs.Add(utc - last);
            last = utc;
            block.Value.Add(columns.Value[row]);
            if (withRaw)
            {
                block.Raw.Add(raw.IsEmpty ? double.NaN : raw[row]);
            }

            AddFlags(block, columns, row, before + row - from);
            AddRepeated(block.Reason, (ulong)columns.Reason[row], before + row - from);
            AddRepeated(block.SigmaUs, columns.SigmaUs[row] == long.MaxValue ? -1 : columns.SigmaUs[row], before + row - from);
        }
    }

    /// <summary>Adds to rows just appended what the asker wants besides: uncertainty and calibrations, the value under a baseline.</summary>
    public static void AppendDetails(ReadingBlock block, RowStretch stretch, bool withDetails, bool withBaseline)
    {
        int first = block.Value.Count - stretch.Count;
        for (int i = 0; i < stretch.Count; i++)
        {
            int row = stretch.From + i;
            if (withBaseline)
            {
                block.Baseline.Add(stretch.Baseline is { } baseline ? baseline.Value[row] : double.NaN);
            }

            if (withDetails)
            {
                AddRepeated(block.Uncertainty, stretch.Columns.Uncertainty[row], first + i);
            }
        }

        ReadOnlySpan<long> times = stretch.Run.TUs.Span.Slice(stretch.From, stretch.Count);
        for (int i = 0; withDetails && i < times.Length;)
        {
            DerivedSpan span = stretch.Series.SpanAt(times[i]);
            var made = new CalibrationStretch
            {
                FromIndex = (uint)(first + i),
                Calibration = span.Calibration.IsEmpty ? "" : span.Calibration.ToString(),
                DriftSpread = span.Drift is { } drift ? drift.Fact.ToString() : "",
                Probe = span.Probe.IsEmpty ? "" : span.Probe.ToString(),
            };
            if (block.Calibrations.Count == 0 || !SaysTheSame(block.Calibrations[^1], made))
            {
                block.Calibrations.Add(made);
            }

            int next = i + 1;
            while (next < times.Length && times[next] < span.ToT)
            {
                next++;
            }

            i = next;
        }
    }

    /// <summary>The flag that counts; who said it only from the first row on where that is not simply the tests.</summary>
    private static void AddFlags(ReadingBlock block, DerivedColumns columns, int row, int at)
    {
        uint flag = columns.Flag[row];
        uint machine = columns.MachineFlag[row];
        uint human = columns.HumanFlag[row];
        if (machine != flag || block.MachineFlag.Count > 0)
        {
            bool isFirst = block.MachineFlag.Count == 0;
            for (int i = 0; isFirst && i < at; i++)
            {
                block.MachineFlag.Add(block.Flag.Count == 1 ? block.Flag[0] : block.Flag[i]);
            }

            AddRepeated(block.MachineFlag, machine, at);
        }

        if (human != 0 || block.HumanFlag.Count > 0)
        {
            if (block.HumanFlag.Count == 0 && at > 0)
            {
                block.HumanFlag.Add(0);
            }

            AddRepeated(block.HumanFlag, human, at);
        }

        AddRepeated(block.Flag, flag, at);
    }

    private static bool SaysTheSame(CalibrationStretch one, CalibrationStretch other) =>
        one.Calibration == other.Calibration && one.DriftSpread == other.DriftSpread && one.Probe == other.Probe;

    public static V1.TimeState StateOf(TimeState state) => state switch
    {
        TimeState.Anchored => V1.TimeState.Anchored,
        TimeState.Bounded => V1.TimeState.Bounded,
        TimeState.Unknown => V1.TimeState.Unknown,
        _ => V1.TimeState.Unspecified,
    };

    /// <summary>One entry while all are equal, a full column from the first that differs.</summary>
    private static void AddRepeated<T>(Google.Protobuf.Collections.RepeatedField<T> column, T value, int row)
    {
        if (row == 0)
        {
            column.Add(value);
            return;
        }

        if (column.Count == 1 && EqualityComparer<T>.Default.Equals(column[0], value))
        {
            return;
        }

        while (column.Count < row)
        {
            column.Add(column[0]);
        }

        column.Add(value);
    }
}
