using System.Globalization;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Import;

/// <summary>What a local time of a file is in UTC. An hour that comes twice in autumn is told apart by the order of the rows; one that never was in spring is no time. One thread.</summary>
internal sealed class Zone
{
    private const long DayUs = 86_400_000_000;
    private readonly TimeZoneInfo? _rules;
    private readonly long _fixedUs;
    private long _day = long.MinValue;
    private long _offsetUs;
    private bool _isPlain;
    private long _lastLocalUs = long.MinValue;
    private bool _isSecondTime;

    private Zone(TimeZoneInfo? rules, long fixedUs) => (_rules, _fixedUs) = (rules, fixedUs);

    /// <summary>A zone by its IANA name, "UTC", or an offset like "+07:00".</summary>
    /// <exception cref="RefusedException">There is no such zone.</exception>
    public static Zone Of(string name)
    {
        if (name is "UTC" or "Z" or "GMT")
        {
            return new Zone(null, 0);
        }

        if (TryOffset(name, out var minutes))
        {
            return new Zone(null, minutes * 60_000_000L);
        }

        return IsIana(name)
            ? new Zone(TimeZoneInfo.FindSystemTimeZoneById(name), 0)
            : throw new RefusedException(
                $"There is no time zone '{Shown(name)}': give an IANA name like Asia/Ho_Chi_Minh, or an offset like +07:00 where the clock never changes to summer time",
                $"Không có múi giờ “{Shown(name)}”: hãy ghi tên IANA như Asia/Ho_Chi_Minh, hoặc độ lệch như +07:00 nếu đồng hồ không đổi giờ mùa hè");
    }

    /// <summary>Three letters (EST, CST…) mean different zones in different countries, so they are none.</summary>
    public static bool IsIana(string name) => name.Contains('/', StringComparison.Ordinal) && name.Length <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId;

    /// <summary>"+07:00", "-0500", "+7".</summary>
    public static bool TryOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text.Length < 2 || text[0] is not ('+' or '-' or '\u2212'))
        {
            return false;
        }

        var rest = text[1..];
        var colon = rest.IndexOf(':');
        var hoursText = colon >= 0 ? rest[..colon] : rest.Length > 2 ? rest[..^2] : rest;
        var minutesText = colon >= 0 ? rest[(colon + 1)..] : rest.Length > 2 ? rest[^2..] : "0";
        if (hoursText.Length > 2 || minutesText.Length > 2
            || !int.TryParse(hoursText, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) || !int.TryParse(minutesText, NumberStyles.None, CultureInfo.InvariantCulture, out var more)
            || hours > 15 || more > 59)
        {
            return false;
        }

        minutes = ((hours * 60) + more) * (text[0] == '+' ? 1 : -1);
        return true;
    }

    /// <summary>UTC of a local time; false for one that never was.</summary>
    public bool TryToUtc(long localUs, out long utcUs)
    {
        utcUs = localUs - _fixedUs;
        if (_rules is null)
        {
            return true;
        }

        var day = Math.DivRem(localUs, DayUs, out var rest) - (rest < 0 ? 1 : 0);
        if (day != _day)
        {
            LookUp(day);
        }

        if (!_isPlain)
        {
            return TryAtTurn(localUs, out utcUs);
        }

        _lastLocalUs = localUs;
        _isSecondTime = false;
        utcUs = localUs - _offsetUs;
        return true;
    }

    /// <summary>One offset for the whole day, unless the clock turns in it.</summary>
    private void LookUp(long day)
    {
        _day = day;
        var begin = DateTime.UnixEpoch.AddDays(day);
        var (first, last) = (Local(begin), Local(begin.AddDays(1)));
        _isPlain = !_rules!.IsInvalidTime(first) && !_rules.IsInvalidTime(last) && !_rules.IsAmbiguousTime(first) && !_rules.IsAmbiguousTime(last)
            && _rules.GetUtcOffset(first) == _rules.GetUtcOffset(last);
        _offsetUs = (long)_rules.GetUtcOffset(first).TotalMicroseconds;
    }

    private bool TryAtTurn(long localUs, out long utcUs)
    {
        utcUs = 0;
        var at = Local(DateTime.UnixEpoch.AddMicroseconds(localUs));
        if (_rules!.IsInvalidTime(at))
        {
            return false;
        }

        var offset = _rules.GetUtcOffset(at);
        if (_rules.IsAmbiguousTime(at))
        {
            // Rows go on in time: where the clock is seen to go back, the hour is there for the second time.
            _isSecondTime |= localUs < _lastLocalUs && _lastLocalUs - localUs < 4 * 3_600_000_000L;
            var offsets = _rules.GetAmbiguousTimeOffsets(at);
            offset = _isSecondTime ? offsets.Min() : offsets.Max();
        }
        else
        {
            _isSecondTime = false;
        }

        _lastLocalUs = localUs;
        utcUs = localUs - (long)offset.TotalMicroseconds;
        return true;
    }

    private static DateTime Local(DateTime at) => DateTime.SpecifyKind(at, DateTimeKind.Unspecified);

    private static string Shown(string name) => name.Length <= 40 ? name : name[..40] + "…";
}
