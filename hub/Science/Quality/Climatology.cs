using System.Collections.Immutable;
using System.Globalization;
using StemLab.Science.Properties;

namespace StemLab.Science.Quality;

/// <summary>Part of the calendar a climatology member speaks of.</summary>
public enum CalendarPeriod
{
    /// <summary>Absolute times: the span is in µs since 1970.</summary>
    None = 0,

    /// <summary>Calendar year.</summary>
    Year,

    /// <summary>Month, 1 … 12.</summary>
    Month,

    /// <summary>Day of the month, 1 … 31.</summary>
    Day,

    /// <summary>Hour of the day, 0 … 23.</summary>
    Hour,

    /// <summary>Quarter, 1 … 4.</summary>
    Quarter,

    /// <summary>ISO 8601 week, 1 … 53.</summary>
    WeekOfYear,

    /// <summary>Day of the year, 1 … 366.</summary>
    DayOfYear,

    /// <summary>Day of the week, Monday = 0.</summary>
    DayOfWeek,
}

/// <summary>What is usual at one time of the year (and depth).</summary>
/// <param name="Period">The unit of <paramref name="Time"/>; UTC calendar.</param>
/// <param name="Time">Both ends belong to it; µs since 1970 for absolute times, else the period's numbers.</param>
/// <param name="Usual">Outside = suspect; unit of the values.</param>
/// <param name="Possible">Outside = fail; unit of the values; null = never fails.</param>
/// <param name="DepthM">Depths it speaks of, m, positive down; null = any depth.</param>
public sealed record ClimatologyMember(CalendarPeriod Period, ValueRange Time, ValueRange Usual, ValueRange? Possible = null, ValueRange? DepthM = null);

/// <summary>Is the value usual for the season and the depth? QARTOD climatology (test 5). Immutable.</summary>
/// <param name="members">Applied in order; a later one that matches overwrites an earlier one.</param>
public sealed class Climatology(ImmutableArray<ClimatologyMember> members)
{
    private static readonly long _epochUs = DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long _endUs = (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Judges a series.</summary>
    /// <param name="values">Any unit; NaN = missing.</param>
    /// <param name="tUs">UTC of each value, µs since 1970.</param>
    /// <param name="depthM">Depth of each value, m, positive down, NaN = missing; empty = no depths.</param>
    /// <param name="mode">With <see cref="QcMode.Ioos"/> a missing value at a depth some member speaks of passes.</param>
    /// <param name="flags">Receives one verdict per value; 2 where no member speaks of that time and depth.</param>
    public void Check(ReadOnlySpan<double> values, ReadOnlySpan<long> tUs, ReadOnlySpan<double> depthM, QcMode mode, Span<QcFlag> flags)
    {
        Series.SameLength(values.Length, flags.Length, nameof(flags));
        Series.SameLength(values.Length, tUs.Length, nameof(tUs));
        if (!depthM.IsEmpty)
            Series.SameLength(values.Length, depthM.Length, nameof(depthM));
        for (var i = 0; i < values.Length; i++)
            flags[i] = Judge(values[i], tUs[i], depthM.IsEmpty ? double.NaN : depthM[i], mode);
    }

    /// <summary>Judges one value: no test here looks at others.</summary>
    internal QcFlag Judge(double value, long tUs, double depthM, QcMode mode)
    {
        var isMissing = double.IsNaN(value);
        var flag = isMissing ? QcFlag.Missing : QcFlag.NotEvaluated;
        var (period, number) = (CalendarPeriod.None, (double)tUs);
        foreach (var member in members)
        {
            if (isMissing && (mode == QcMode.StemLab || member.DepthM is null))
                continue;
            if (member.DepthM is { } depths && !depths.Contains(depthM))
                continue;
            if (member.Period != period)
                (period, number) = (member.Period, Number(member.Period, tUs));
            if (member.Time.Contains(number))
                flag = isMissing ? QcFlag.Pass : Verdict(member, value);
        }

        return flag;
    }

    private static QcFlag Verdict(ClimatologyMember member, double value) =>
        member.Possible is { } possible && !possible.Contains(value) ? QcFlag.Fail
        : member.Usual.Contains(value) ? QcFlag.Pass
        : QcFlag.Suspect;

    private static double Number(CalendarPeriod period, long tUs)
    {
        if (period == CalendarPeriod.None)
            return tUs;
        // The calendar of .NET ends in year 1 and year 9999.
        if (tUs < -_epochUs || tUs > _endUs)
            return double.NaN;
        var date = new DateTime((tUs + _epochUs) * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);
        return period switch
        {
            CalendarPeriod.Year => date.Year,
            CalendarPeriod.Month => date.Month,
            CalendarPeriod.Day => date.Day,
            CalendarPeriod.Hour => date.Hour,
            CalendarPeriod.Quarter => (date.Month + 2) / 3,
            CalendarPeriod.WeekOfYear => ISOWeek.GetWeekOfYear(date),
            CalendarPeriod.DayOfYear => date.DayOfYear,
            CalendarPeriod.DayOfWeek => ((int)date.DayOfWeek + 6) % 7,
            _ => double.NaN,
        };
    }
}
