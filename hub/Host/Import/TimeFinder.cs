using System.Collections.Immutable;
using System.Globalization;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Import;

/// <summary>Where the time was found.</summary>
/// <param name="Others">Fields that tell the time once more.</param>
/// <param name="Zone">Empty where a person has to say.</param>
internal sealed record FoundTime(
    ImmutableArray<int> Fields, string Form, string Zone, double SigmaSeconds, double Confidence, bool NeedsZone, bool IsDayBeforeMonthUnsure, ImmutableArray<int> Others, double IntervalSeconds, long? FirstUtcUs)
{
    /// <summary>When times that are counted from a start began, as it was said; null = they are not, or nobody said.</summary>
    public string? Start { get; init; }

    /// <summary>Times are counted from a start, and nobody said when that was.</summary>
    public bool NeedsStart { get; init; }
}

/// <summary>Finds the time of a file's records: one field, a date and a time of day, or a field a part. Pure.</summary>
internal static class TimeFinder
{
    private const double NearlyAll = 0.8;
    private static readonly string[] Names = ["datetime", "date_time", "datetimestamp", "timestamp", "time", "date", "datum", "utc", "tmstamp", "ngày", "giờ", "thời gian", "ngay", "gio", "thoigian", "thoi gian", "ngày giờ", "zeit"];
    private static readonly string[] ElapsedNames = ["time", "elapsed time", "time elapsed", "elapsed", "seconds", "second", "sec", "minutes", "relative time", "thời gian", "thoi gian", "zeit", "temps", "tiempo", "t"];
    private static readonly string[][] Parts = [["year", "yy", "yyyy", "yr", "năm", "nam"], ["month", "mm", "mo", "mon", "tháng", "thang"], ["day", "dd", "dy", "ngày", "ngay"], ["hour", "hh", "hr", "giờ", "gio"], ["minute", "min", "mm", "mn", "phút", "phut"], ["second", "sec", "ss", "giây", "giay"]];

    private sealed record Candidate(ImmutableArray<int> Fields, string Form, double Score, bool IsUnsure);

    /// <summary>Whether a header names a time.</summary>
    public static bool IsTimeName(string header)
    {
        var bare = ColumnNames.Parse(header.Trim().ToLowerInvariant()).Bare;
        var packed = bare.Replace(" ", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return Names.Any(known => bare == known || packed.StartsWith(known.Replace("_", "", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    /// <summary>The form of a field that counts from a start: "Time (s)", "Run 1: Time (s)", "Elapsed time [min]"; null = it does not.</summary>
    public static string? ElapsedForm(FileHead head, int field)
    {
        var name = ColumnNames.Parse(head.Names[field][(head.Names[field].LastIndexOf(':') + 1)..]);
        var bare = name.Bare.Trim().ToLowerInvariant();
        if (!ElapsedNames.Contains(bare) || (bare == "t" && name.Unit is null))
        {
            return null;
        }

        var form = (name.Unit ?? (bare == "minutes" ? "min" : "s")) switch { "ms" => "elapsed_ms", "s" => "elapsed_s", "min" => "elapsed_min", "h" => "elapsed_h", _ => null };
        var times = form is null ? [] : head.Rows.Where(row => row[field].Length > 0).Select(row => TimeForms.TryRead(row[field], form, out var us, out _) ? us : long.MinValue).ToArray();
        return times.Length > 1 && !times.Contains(long.MinValue) && times.Zip(times.Skip(1)).All(pair => pair.Second >= pair.First) && times[^1] > times[0] ? form : null;
    }

    /// <param name="head">The file's beginning.</param>
    /// <param name="zoneHint">As a person said; empty = nobody did.</param>
    /// <param name="startHint">When it began, for times that are counted from a start; empty = nobody said.</param>
    /// <exception cref="RefusedException">No time in it.</exception>
    public static FoundTime Find(FileHead head, string zoneHint, string startHint = "")
    {
        var candidates = Enumerable.Range(0, head.Fields).Select(field => OfField(head, field)).OfType<Candidate>().ToList();
        if (OfParts(head) is { } parts)
        {
            candidates = [parts];
        }

        if (candidates.Count == 0 && Elapsed(head, zoneHint, startHint) is { } counted)
        {
            return counted;
        }

        var best = candidates.MaxBy(candidate => candidate.Score)
            ?? throw new RefusedException("No column with times was found: expected something like 2026-11-25 10:00, 25/11/2026 10:00, or a date and a time of day", "Không thấy cột thời gian: cần dạng như 2026-11-25 10:00, 25/11/2026 10:00, hoặc một cột ngày và một cột giờ");
        if (best.Form is "ymd" or "mdy" or "dmy" && best.Fields.Length == 1 && !HasClock(head, best.Fields[0]) && ClockField(head, best.Fields[0]) is { } clock)
        {
            best = best with { Fields = [best.Fields[0], clock] };
        }

        var mapping = new TimeMapping(best.Fields, best.Form, "", 1);
        var times = head.Rows.Select(row => Read(row, mapping)).ToArray();
        var isUtc = times.All(time => time is null || time.Value.IsUtc);
        var zone = isUtc ? "UTC" : zoneHint.Length > 0 ? zoneHint : ZoneOf(head, best.Fields);
        if (zone.Length > 0)
        {
            Zone.Of(zone);
        }

        var local = times.OfType<(long Us, bool IsUtc)>().Select(time => time.Us).ToArray();
        var sigma = local.Any(us => us % 60_000_000 != 0) ? 1 : local.Any(us => us % 86_400_000_000 != 0) ? 30 : 43_200;
        ImmutableArray<int> others = [.. candidates.SelectMany(candidate => candidate.Fields).Where(field => !best.Fields.Contains(field)).Distinct()];
        long? first = null;
        if (local.Length > 0 && (isUtc || (zone.Length > 0 && Zone.Of(zone).TryToUtc(local[0], out _))))
        {
            Zone.Of(zone).TryToUtc(local[0], out var utcUs);
            first = isUtc ? local[0] : utcUs;
        }

        return new FoundTime(best.Fields, best.Form, zone, sigma, best.IsUnsure ? 0.4 : 0.95, zone.Length == 0, best.IsUnsure, others, Interval(local), first);
    }

    /// <summary>When it began, as a person wrote it; whether that names its zone.</summary>
    /// <exception cref="RefusedException">It is no time.</exception>
    public static (string Start, bool IsUtc) StartOf(string typed)
    {
        var start = typed.Trim().Replace('T', ' ');
        return TimeForms.TryRead(start, "ymd", out _, out var isUtc)
            ? (start, isUtc)
            : throw new RefusedException($"'{typed}' is no time: say when it began like 2026-11-25 10:00:00", $"“{typed}” không phải thời gian: hãy ghi lúc bắt đầu như 2026-11-25 10:00:00");
    }

    private static FoundTime? Elapsed(FileHead head, string zoneHint, string startHint)
    {
        int[] fields = [.. Enumerable.Range(0, head.Fields).Where(field => ElapsedForm(head, field) is not null)];
        if (fields.Length == 0)
        {
            return null;
        }

        var form = ElapsedForm(head, fields[0])!;
        var (start, isUtc) = startHint.Length > 0 ? StartOf(startHint) : ("", false);
        if (zoneHint.Length > 0)
        {
            Zone.Of(zoneHint);
        }

        long[] times = [.. head.Rows.Select(row => TimeForms.TryRead(row[fields[0]], form, out var us, out _) ? us : 0)];
        var mapping = new TimeMapping([fields[0]], form, zoneHint, 1) { Start = start };
        long? first = start.Length > 0 && TimeForms.TryStart(mapping, out var utcUs) ? utcUs + times[0] : null;

        // A start that was read from a clock on the wall is as good as its last digit.
        var sigma = start.Count(letter => letter == ':') > 1 ? 1 : 60;
        return new FoundTime(mapping.Fields, form, isUtc ? "UTC" : zoneHint, sigma, 0.9, start.Length > 0 && !isUtc && zoneHint.Length == 0, false, [.. fields.Skip(1)], Interval(times), first)
        {
            Start = start.Length > 0 ? start : null,
            NeedsStart = start.Length == 0,
        };
    }

    private static (long Us, bool IsUtc)? Read(string[] row, TimeMapping time)
    {
        if (time.Form == "parts")
        {
            var parts = time.Fields.Select(field => int.TryParse(row[field], NumberStyles.None, CultureInfo.InvariantCulture, out var part) ? part : -1).ToArray();
            return TimeForms.TryParts(parts, out var of) ? (of, false) : null;
        }

        return TimeForms.TryRead(string.Join(' ', time.Fields.Select(field => row[field])), time.Form, out var us, out var isUtc) ? (us, isUtc) : null;
    }

    private static Candidate? OfField(FileHead head, int field)
    {
        var isNamed = IsTimeName(head.Names[field]);
        string[] cells = [.. head.Rows.Select(row => row[field]).Where(cell => cell.Length > 0)];
        if (cells.Length == 0 || cells.Length < head.Rows.Length * NearlyAll)
        {
            return null;
        }

        double Rate(string form) => (double)cells.Count(cell => TimeForms.TryRead(cell, form, out _, out _)) / cells.Length;
        var at = (isNamed ? 2 : 0) - (field * 0.01);
        if (Rate("ymd") >= NearlyAll && (isNamed || cells[0].AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0))
        {
            return new Candidate([field], "ymd", at + 3 + (cells[0].AsSpan().IndexOfAny("Zz+") > 0 ? 0.5 : 0), false);
        }

        var (month, day) = (Rate("mdy"), Rate("dmy"));
        if (Math.Max(month, day) >= NearlyAll)
        {
            if (OrderOf(head.Names[field]) is { } told && Rate(told) >= NearlyAll)
            {
                return new Candidate([field], told, at + 2.5, false);
            }

            var isUnsure = month == day;
            var isMonth = isUnsure ? Disorder(cells, "mdy") < Disorder(cells, "dmy") : month > day;
            isUnsure &= Disorder(cells, "mdy") == Disorder(cells, "dmy");

            // Where nothing else tells: who writes AM and PM writes the month first.
            isMonth |= isUnsure && cells.Any(cell => cell.EndsWith("AM", StringComparison.OrdinalIgnoreCase) || cell.EndsWith("PM", StringComparison.OrdinalIgnoreCase));
            return new Candidate([field], isMonth ? "mdy" : "dmy", at + 2.5, isUnsure);
        }

        return isNamed ? Numbered(cells, field, at) : null;
    }

    /// <summary>What a header says about the order of day and month: "Date (MM/DD/YYYY)".</summary>
    private static string? OrderOf(string name)
    {
        var packed = new string([.. name.ToLowerInvariant().Where(char.IsAsciiLetter)]);
        return packed.Contains("mmddyy", StringComparison.Ordinal) ? "mdy" : packed.Contains("ddmmyy", StringComparison.Ordinal) ? "dmy" : null;
    }

    /// <summary>Seconds since 1970 and the like, or days of a spreadsheet; only where the name says time.</summary>
    private static Candidate? Numbered(string[] cells, int field, double at)
    {
        if (!cells.All(cell => double.TryParse(cell.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            return null;
        }

        var typical = double.Parse(cells[cells.Length / 2].Replace(',', '.'), CultureInfo.InvariantCulture);
        var form = typical switch
        {
            > 20_000 and < 80_000 => "excel",
            > 1e8 and < 1e10 => "epoch_s",
            > 1e11 and < 1e13 => "epoch_ms",
            > 1e14 and < 1e16 => "epoch_us",
            > 1e17 and < 1e19 => "epoch_ns",
            _ => "",
        };
        return form.Length == 0 ? null : new Candidate([field], form, at + 1, false);
    }

    /// <summary>How often and how far the times jump under a reading of them: the right one goes on in even steps.</summary>
    private static double Disorder(string[] cells, string form)
    {
        var times = cells.Select(cell => TimeForms.TryRead(cell, form, out var us, out _) ? us : 0).Where(us => us != 0).ToArray();
        var steps = times.Zip(times.Skip(1)).Select(pair => pair.Second - pair.First).ToArray();
        return steps.Count(step => step < 0) + (steps.Length == 0 ? 0 : (double)steps.Max(Math.Abs) / 86_400_000_000 / 1000);
    }

    private static Candidate? OfParts(FileHead head)
    {
        var fields = new List<int>();
        foreach (var words in Parts)
        {
            var field = Enumerable.Range(0, head.Fields).FirstOrDefault(at => !fields.Contains(at) && words.Contains(head.Names[at].Trim('#', ' ').ToLowerInvariant()) && head.Rows.All(row => int.TryParse(row[at], NumberStyles.None, CultureInfo.InvariantCulture, out _)), -1);
            if (field < 0)
            {
                break;
            }

            fields.Add(field);
        }

        return fields.Count >= 3 ? new Candidate([.. fields], "parts", 5, false) : null;
    }

    private static bool HasClock(FileHead head, int field) => head.Rows.Count(row => row[field].Contains(':', StringComparison.Ordinal)) * 2 > head.Rows.Length;

    /// <summary>A field with times of day and nothing else.</summary>
    private static int? ClockField(FileHead head, int dateField)
    {
        for (var field = 0; field < head.Fields; field++)
        {
            var at = field;
            if (field != dateField && head.Rows.Count(row => IsClock(row[at])) >= head.Rows.Length * NearlyAll)
            {
                return field;
            }
        }

        return null;
    }

    private static bool IsClock(string cell) => cell.Length is >= 3 and <= 16 && cell.AsSpan().IndexOfAny(":h") is 1 or 2 && char.IsAsciiDigit(cell[0]) && TimeForms.TryRead($"2000-01-01 {cell}", "ymd", out _, out _);

    /// <summary>A zone in the header or units of the time: "DateTime (UTC+7)", "Time, GMT+07:00", "date_utc", "Asia/Ho_Chi_Minh".</summary>
    private static string ZoneOf(FileHead head, ImmutableArray<int> fields)
    {
        foreach (var text in fields.SelectMany(field => (string[])[head.Names[field], field < head.Units.Length ? head.Units[field] : ""]))
        {
            foreach (var word in text.Split([' ', '(', ')', '[', ']', ',', ';'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (Zone.IsIana(word))
                {
                    return word;
                }

                var upper = word.ToUpperInvariant().Replace("_", "", StringComparison.Ordinal);
                var at = Math.Max(upper.LastIndexOf("UTC", StringComparison.Ordinal), upper.LastIndexOf("GMT", StringComparison.Ordinal));
                if (at < 0)
                {
                    continue;
                }

                var rest = upper[(at + 3)..];
                if (rest.Length == 0)
                {
                    return "UTC";
                }

                if (Zone.TryOffset(rest, out var minutes))
                {
                    return string.Create(CultureInfo.InvariantCulture, $"{(minutes < 0 ? '-' : '+')}{Math.Abs(minutes) / 60:00}:{Math.Abs(minutes) % 60:00}");
                }
            }
        }

        return "";
    }

    private static double Interval(long[] times)
    {
        long[] steps = [.. times.Zip(times.Skip(1)).Select(pair => Math.Abs(pair.Second - pair.First)).Where(step => step > 0).Order()];
        return steps.Length == 0 ? 0 : steps[steps.Length / 2] / 1e6;
    }
}
