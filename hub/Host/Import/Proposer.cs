using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake.Foreign;
using StemLab.Hub.Uploads;
using StemLab.Science.Texts;
using StemLab.Wire;
using ObservedProperties = StemLab.Science.Properties.ObservedProperties;

namespace StemLab.Hub.Import;

/// <summary>What a person says about a file beforehand; all may be empty.</summary>
/// <param name="Start">When it began, for times that are counted from a start: "2026-11-25 10:00:00".</param>
internal sealed record ImportHints(string FileName, string Station, string Zone, string Start = "")
{
    /// <summary>What was said of the time must be a zone and a time also where the file names its own: it was meant to count.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public void Check()
    {
        if (Zone.Length > 0)
        {
            Import.Zone.Of(Zone);
        }

        if (Start.Length > 0)
        {
            TimeFinder.StartOf(Start);
        }
    }
}

/// <summary>Proposes how a file is to be read, with how sure it is of each part and why. Pure.</summary>
internal static class Proposer
{
    private static readonly string[] StationNames = ["station", "stationcode", "station_code", "stationid", "station_id", "site", "site_id", "siteid", "site_no", "site name", "device", "sensor_id", "sensorid", "logger", "tram", "trạm", "locationid"];
    private static readonly string[] NumberNames = ["", "id", "no", "no.", "#", "stt", "record", "index", "row", "obs", "rec", "recnum"];
    private static readonly string[] PlaceNames = ["lat", "latitude", "lon", "long", "longitude", "z", "isswmp", "historical", "provisionalplus", "f_record", "timezone", "time_offset", "timeoffset", "frequency", "time (fract. sec)"];
    private static readonly string[] Missing = ["NA", "N/A", "#N/A", "NaN", "NULL", "none", "nil", "-", "--", "---", "missing", "\\N", "n.d.", "ND"];
    private static readonly double[] Sentinels = [-99999, -999, -999.9, -888.88, -99.99, -99, 9999, 99999, 999, 99, 999.9, 99.9];

    public static ImportProposal Propose(FileHead head, ImportHints hints)
    {
        var notes = new List<Sentence>();
        var time = TimeFinder.Find(head, hints.Zone, hints.Start);
        ImmutableArray<string> missing = [.. Missing, "-9999"];
        var numbers = new CellNumber(head.Decimal, missing);
        var fields = Enumerable.Range(0, head.Fields).Select(field => Classify(head, field, time, numbers)).ToArray();
        string[] measured = [.. fields.Where(field => field.Use == FieldUse.Measured).Select(field => ColumnNames.Parse(field.Name).Bare)];

        // A pressure beside a depth or a salt is that of the water.
        var inWater = measured.Any(name => ColumnNames.Meaning(new ColumnName(name, null), false) is { } meaning && meaning.Property != "water_temperature" && ObservedProperties.Default.Find(meaning.Property)?.Group == "water");
        var besideAir = measured.Any(name => ObservedProperties.Default.SpeaksOfAir(name) && !(inWater && name.Contains("press", StringComparison.OrdinalIgnoreCase)));
        var columns = Columns(head, fields, numbers, besideAir, time.IntervalSeconds, notes);
        if (columns.Count > MappingCheck.MostColumns)
        {
            throw new RefusedException(
                $"The table has {columns.Count} columns with numbers; at most {MappingCheck.MostColumns} are taken at once: bring it in parts",
                $"Bảng có {columns.Count} cột số; mỗi lần chỉ nhập được {MappingCheck.MostColumns} cột: hãy chia bảng ra");
        }

        var station = hints.Station.Length > 0 ? Slug.From(hints.Station, _ => false) : Slug.From(StemOf(hints.FileName), _ => false);
        int? stationField = fields.Where(field => field.Use == FieldUse.Station).Select(field => (int?)field.Field).FirstOrDefault();
        stationField = stationField is { } at && head.Rows.Select(row => row[at]).Distinct(StringComparer.Ordinal).Take(2).Count() > 1 ? stationField : null;
        var mapping = new ImportMapping
        {
            SourceId = SourceIdOf(head, station),
            Station = station,
            Encoding = head.Encoding,
            Delimiter = head.Delimiter,
            Decimal = head.Decimal,
            Comments = head.Comments,
            SkipRecords = head.Skip,
            Fields = head.Fields,
            Time = new TimeMapping([.. time.Fields], time.Form, time.Zone, time.SigmaSeconds) { Start = time.Start },
            StationField = stationField,
            Columns = [.. columns],
            Missing = missing,
            Flags = FlagsOf(head, columns),
        };
        Notes(head, hints, time, mapping, fields, notes);
        return new ImportProposal
        {
            Mapping = mapping,
            Fields = [.. fields],
            NeedsZone = time.NeedsZone,
            NeedsStart = time.NeedsStart,
            Confidence = fields.Where(field => field.Use is FieldUse.Measured or FieldUse.Time).Select(field => field.Confidence).Append(head.EncodingConfidence).Min(),
            Notes = [.. notes],
            Sample = [.. head.Rows.Take(5).Select(row => row.ToImmutableArray())],
            FirstUtcUs = time.FirstUtcUs,
        };
    }

    private static void Notes(FileHead head, ImportHints hints, FoundTime time, ImportMapping mapping, ProposedField[] fields, List<Sentence> notes)
    {
        if (time.NeedsZone)
        {
            notes.Add(new("The file does not say in which time zone its times are: choose one", "Tệp không cho biết giờ theo múi giờ nào: hãy chọn"));
        }

        if (time.NeedsStart)
        {
            notes.Add(new("The times are counted from a start: say when it began, like 2026-11-25 10:00:00, and in which time zone", "Thời gian trong tệp tính từ lúc bắt đầu: hãy ghi lúc bắt đầu, như 2026-11-25 10:00:00, và múi giờ"));
        }

        if (TimeForms.IsElapsed(time.Form) && time.Others.Length > 0)
        {
            notes.Add(new($"The file holds {time.Others.Length + 1} runs, each with a time of its own: only the first is taken. Save each run as a file of its own", $"Tệp có {time.Others.Length + 1} lần đo, mỗi lần có cột thời gian riêng: chỉ lấy lần đầu. Hãy lưu mỗi lần đo thành một tệp"));
        }

        if (time.IsDayBeforeMonthUnsure)
        {
            notes.Add(new($"Day and month cannot be told apart in {head.Rows[0][time.Fields[0]]}: it was taken as {(time.Form == "mdy" ? "month first" : "day first")}", $"Không phân biệt được ngày và tháng trong {head.Rows[0][time.Fields[0]]}: đang hiểu là {(time.Form == "mdy" ? "tháng trước" : "ngày trước")}"));
        }

        if (head.IsHeaderShort)
        {
            notes.Add(head.Names[0].Length == 0
                ? new("The header has one name less than the lines have fields: the first field is taken as a row number", "Dòng tiêu đề thiếu một tên: ô đầu tiên được hiểu là số thứ tự")
                : new("The header has one name less than the lines have fields: the last field is taken as one without a name", "Dòng tiêu đề thiếu một tên: ô cuối cùng được hiểu là ô không có tên"));
        }

        if (mapping.StationField is { } field)
        {
            notes.Add(new($"The file holds several stations, told apart by {head.Names[field]}", $"Tệp có nhiều trạm đo, phân biệt theo {head.Names[field]}"));
        }

        string[] twice = [.. head.Names.Where(name => name.Length > 0).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key)];
        if (twice.Length > 0)
        {
            notes.Add(new($"These names stand twice in the header; the later ones got a number: {string.Join(", ", twice)}", $"Các tên này có hai lần trong tiêu đề; tên sau được thêm số: {string.Join(", ", twice)}"));
        }

        if (mapping.Columns.IsEmpty)
        {
            notes.Add(new($"No column with numbers was found in {hints.FileName}", $"Không thấy cột số nào trong {hints.FileName}"));
        }

        foreach (var unsure in fields.Where(one => one.Use == FieldUse.Measured && one.Confidence < 0.5))
        {
            notes.Add(new($"{unsure.Name}: nobody knows what this measures; say so, or leave it as it is", $"{unsure.Name}: chưa rõ đo đại lượng gì; hãy chọn, hoặc để nguyên"));
        }
    }

    private static ProposedField Classify(FileHead head, int field, FoundTime time, CellNumber numbers)
    {
        var name = head.Names[field];
        var bare = name.Trim().ToLowerInvariant();
        ImmutableArray<string> examples = [.. head.Rows.Select(row => row[field]).Where(cell => cell.Length > 0).Distinct(StringComparer.Ordinal).Take(3)];
        ProposedField As(FieldUse use, double confidence, string en, string vi) => new(field, name, use, "", "", confidence, new Sentence(en, vi), examples);
        if (time.Fields.Contains(field))
        {
            return As(FieldUse.Time, time.Confidence, $"the time, as {time.Form}{(time.NeedsZone ? "" : $", {time.Zone}")}", $"thời gian, dạng {time.Form}{(time.NeedsZone ? "" : $", {time.Zone}")}");
        }

        if (examples.IsEmpty)
        {
            return As(FieldUse.Ignored, 1, "is empty in the lines looked at", "trống trong các dòng đã xem");
        }

        if (time.Others.Contains(field))
        {
            return As(FieldUse.Ignored, 0.9, "the time once more", "lại là thời gian");
        }

        if (TimeForms.IsElapsed(time.Form) && time.Others.Any(other => field > other))
        {
            return As(FieldUse.Ignored, 0.9, "belongs to a later run, with a time of its own", "thuộc lần đo sau, có cột thời gian riêng");
        }

        if (!TimeForms.IsElapsed(time.Form) && TimeFinder.ElapsedForm(head, field) is not null)
        {
            return As(FieldUse.Ignored, 0.9, "the time once more, counted from the start", "lại là thời gian, tính từ lúc bắt đầu");
        }

        if (StationNames.Contains(bare))
        {
            return As(FieldUse.Station, 0.9, "names the station", "tên trạm đo");
        }

        if (FlagCodes.OfWhom(name) is not null && bare != "f_record")
        {
            return As(FieldUse.Flag, 0.9, "quality flags", "cờ chất lượng");
        }

        if (PlaceNames.Contains(bare) || (NumberNames.Contains(bare) && IsCounting(head, field)))
        {
            return As(FieldUse.Ignored, 0.9, "describes the line, not a measurement", "mô tả dòng, không phải số đo");
        }

        var (values, others) = (0, 0);
        foreach (var row in head.Rows)
        {
            var kind = numbers.Read(row[field], out _, out _);
            values += kind == CellKind.Number ? 1 : 0;
            others += kind == CellKind.Other ? 1 : 0;
        }

        return values > 0 && values >= others
            ? As(FieldUse.Measured, 0.5, "numbers", "là số")
            : As(FieldUse.Ignored, 0.8, "is no column of numbers", "không phải cột số");
    }

    private static bool IsCounting(FileHead head, int field)
    {
        var numbers = head.Rows.Select(row => long.TryParse(row[field], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : long.MinValue).ToArray();
        return numbers.Length > 0 && numbers[0] != long.MinValue && !numbers.Zip(numbers.Skip(1)).Any(pair => pair.Second <= pair.First);
    }

    private static List<ColumnMapping> Columns(FileHead head, ProposedField[] fields, CellNumber numbers, bool besideAir, double intervalSeconds, List<Sentence> notes)
    {
        var columns = new List<ColumnMapping>();
        var ports = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in fields.Where(field => field.Use == FieldUse.Measured).ToArray())
        {
            var name = ColumnNames.Parse(head.Names[field.Field]);
            var inCells = UnitInCells(head, field.Field, numbers, out var mixed);
            if (mixed is not null)
            {
                notes.Add(new($"{field.Name} holds values in {inCells} and in {mixed}: those in {mixed} would be listed as wrong; put them into a column of their own", $"{field.Name} có giá trị theo cả {inCells} và {mixed}: các giá trị theo {mixed} sẽ bị liệt kê là sai; hãy tách thành cột riêng"));
            }

            var ofRow = field.Field < head.Units.Length ? ColumnNames.UnitOf(head.Units[field.Field]) : null;
            name = name with { Unit = name.Unit ?? ofRow ?? inCells };
            var port = FreePort(name.Bare.Length > 0 ? name.Bare : $"column-{field.Field + 1}", ports);
            var meaning = ColumnNames.Meaning(name, besideAir);
            var (property, unit, confidence) = meaning ?? (port, name.Unit ?? "1", name.Unit is null ? 0.3 : 0.45);
            var why = meaning is null
                ? new Sentence("not a name this hub knows: kept under its own", "trạm chưa biết tên này: giữ nguyên tên")
                : name.Unit is null ? new Sentence($"by its name; the unit is the usual one", "theo tên; đơn vị là đơn vị thường dùng") : new Sentence("by its name and unit", "theo tên và đơn vị");
            if (name.Unit is null && meaning is not null && Typical(head, field.Field, numbers) is { } typical && ColumnNames.BetterUnit(property, unit, typical) is { } better)
            {
                (why, unit, confidence) = (new Sentence($"by its name; {typical.ToString("G4", CultureInfo.InvariantCulture)} is hardly possible in {unit}, so {better}", $"theo tên; {typical.ToString("G4", CultureInfo.InvariantCulture)} khó có thể theo {unit}, nên là {better}"), better, 0.5);
            }

            fields[Array.IndexOf(fields, field)] = field with { Property = property, Unit = unit, Confidence = confidence, Why = why };
            columns.Add(new ColumnMapping(field.Field, field.Name.Length > 0 ? field.Name : port, port, property, unit, null, intervalSeconds));
        }

        return WithFlags(head, fields, WithSentinels(head, columns));
    }

    /// <summary>Each flag column goes to the column it names, else to the one before it, else to all.</summary>
    private static List<ColumnMapping> WithFlags(FileHead head, ProposedField[] fields, List<ColumnMapping> columns)
    {
        foreach (var flag in fields.Where(field => field.Use == FieldUse.Flag))
        {
            var of = FlagCodes.OfWhom(head.Names[flag.Field])!;
            var stem = ColumnNames.Stem(of);
            var owner = stem.Length == 0 ? -1 : columns.FindIndex(column => string.Equals(ColumnNames.Parse(column.Name).Bare, of, StringComparison.OrdinalIgnoreCase));
            owner = owner >= 0 || stem.Length == 0 ? owner : columns.FindIndex(column => ColumnNames.Stem(ColumnNames.Parse(column.Name).Bare) == stem);
            if (owner < 0 && stem.Length == 0)
            {
                owner = columns.FindIndex(column => column.Field == flag.Field - 1);
                if (owner < 0 || fields.Count(field => field.Use == FieldUse.Flag) == 1)
                {
                    columns = [.. columns.Select(column => column with { FlagField = column.FlagField ?? flag.Field })];
                    continue;
                }
            }

            if (owner >= 0)
            {
                columns[owner] = columns[owner] with { FlagField = flag.Field };
            }
        }

        return columns;
    }

    private static ImmutableSortedDictionary<string, int> FlagsOf(FileHead head, List<ColumnMapping> columns)
    {
        var codes = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var field in columns.Where(column => column.FlagField is not null).Select(column => column.FlagField!.Value).Distinct())
        {
            // A label in words is a technician's: something is wrong with the reading, though not what.
            var isLabel = head.Names[field].EndsWith("_qual", StringComparison.OrdinalIgnoreCase);

            // "P" of the Geological Survey is provisional: nobody has looked yet.
            var isProvisional = head.Names[field].EndsWith("_cd", StringComparison.OrdinalIgnoreCase);
            foreach (var code in head.Rows.Select(row => FlagCodes.CodeOf(row[field]).ToString()).Distinct(StringComparer.Ordinal))
            {
                int? known = isProvisional && code == "P" ? 2 : FlagCodes.Guess(code) ?? (isLabel ? 3 : default(int?));
                if (known is { } flag)
                {
                    codes[code] = flag;
                }
            }
        }

        // The families whose members a short look may have missed.
        if (codes.Keys.Any(code => code.StartsWith('<')))
        {
            foreach (var code in (string[])["<-5>", "<-4>", "<-3>", "<-2>", "<-1>", "<0>", "<1>", "<3>", "<4>", "<5>"])
            {
                codes[code] = FlagCodes.Guess(code)!.Value;
            }
        }

        return codes.ToImmutable();
    }

    /// <summary>
    /// Numbers that stand for no value: one that is seen in some column far from all others of it is one in every column it is far from. 999 in a column of winds is none, and an air
    /// pressure of 999 hPa stays one.
    /// </summary>
    private static List<ColumnMapping> WithSentinels(FileHead head, List<ColumnMapping> columns)
    {
        var plain = new CellNumber(head.Decimal, ["-9999"]);
        double[][] values = [.. columns.Select(column => head.Rows.Select(row => plain.Read(row[column.Field], out var value, out _) == CellKind.Number ? value : double.NaN).Where(double.IsFinite).ToArray())];
        double[] seen = [.. Sentinels.Where(sentinel => values.Any(column => column.Contains(sentinel) && IsFar(sentinel, column)))];
        return
        [
            .. columns.Select((column, i) =>
            {
                ImmutableArray<string> none = [.. seen.Where(sentinel => IsFar(sentinel, values[i])).Select(sentinel => sentinel.ToString("R", CultureInfo.InvariantCulture))];
                return none.IsEmpty ? column : column with { Missing = none };
            }),
        ];
    }

    private static bool IsFar(double sentinel, double[] values)
    {
        double[] others = [.. values.Where(value => value != sentinel)];
        return sentinel is -99999 || (others.Length > 0 && (sentinel < 0 ? sentinel < others.Min() - 50 : sentinel > (2 * others.Max(Math.Abs)) + 10));
    }

    private static string? UnitInCells(FileHead head, int field, CellNumber numbers, out string? mixed)
    {
        var units = head.Rows.Select(row => numbers.Read(row[field], out _, out var unit) == CellKind.Number && unit.Length > 0 ? ColumnNames.UnitOf(unit.ToString()) : null)
            .Where(unit => unit is not null).GroupBy(unit => unit!, StringComparer.Ordinal).OrderByDescending(group => group.Count()).Select(group => group.Key).Take(2).ToArray();
        mixed = units.Length > 1 ? units[1] : null;
        return units.Length > 0 ? units[0] : null;
    }

    private static double? Typical(FileHead head, int field, CellNumber numbers)
    {
        var values = head.Rows.Select(row => numbers.Read(row[field], out var value, out _) == CellKind.Number ? value : double.NaN).Where(double.IsFinite).Order().ToArray();
        return values.Length == 0 ? null : values[values.Length / 2];
    }

    private static string FreePort(string name, HashSet<string> taken)
    {
        // Letters without their marks ("Nhiệt độ" is nhiet-do however it was encoded); ~ and / part names of channels.
        var plain = string.Concat(name.Normalize(NormalizationForm.FormD).Where(letter => char.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark)).Replace('đ', 'd').Replace('Đ', 'D');
        var port = PortName.From(plain).Replace('/', '-').Trim('-');
        port = port.Length == 0 ? "value" : port[..Math.Min(port.Length, 60)];
        var free = port;
        for (var number = 2; !taken.Add(free); number++)
        {
            free = $"{port}-{number}";
        }

        return free;
    }

    /// <summary>From the station's label, the header and the first record: the same file gives the same id in every hub, and a longer copy of it too.</summary>
    private static string SourceIdOf(FileHead head, string station)
    {
        var text = $"stemlab import source 1\n{station}\n{string.Join('\u001f', head.Names)}\n{string.Join('\u001f', head.Rows[0])}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, Id128.Size));
    }

    private static string StemOf(string fileName)
    {
        var name = Path.GetFileName(fileName);
        foreach (var end in (string[])[".gz", ".zip", ".csv", ".tsv", ".txt", ".dat"])
        {
            name = name.EndsWith(end, StringComparison.OrdinalIgnoreCase) ? name[..^end.Length] : name;
        }

        return name;
    }
}
