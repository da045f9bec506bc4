using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Uploads;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Import;

/// <summary>
/// Reads a file by its mapping into the store: every reading's identity is the station's own clock of kind utc and the time the file gives, so that a file, a longer copy of it and the
/// same file in another hub meet. One run an instance.
/// </summary>
internal sealed class ImportRun(ObservationStore store, FactLog facts, FleetBook fleet, Instant now, string role)
{
    /// <summary>What stands for the stations in the fleet; null = they came from a file.</summary>
    public ShippedStation? Shipped { get; init; }

    private const byte Fault = 2;
    private const byte OutOfRange = 3;
    private const byte NotCollected = 4;

    /// <summary>Cells gathered before they go to the store.</summary>
    private const int CellsAtOnce = 131_072;

    private const int MostSinks = 4000;

    private readonly ReportDraft _draft = new();
    private readonly FlagStretches _flags = new(facts);
    private readonly Dictionary<string, Station> _stations = new(StringComparer.Ordinal);
    private ColumnPipe? _pipe;
    private int _cells;

    // Where times are counted from; null where each is a time by itself.
    private long? _startUtcUs;

    /// <summary>A station and what is gathered of it.</summary>
    private sealed record Station(AgentId Agent, BootId Boot, Sink[] Sinks);

    private sealed class Sink(InputDeclaration input, string channel)
    {
        public InputDeclaration Input { get; } = input;

        public string Channel { get; } = channel;

        public RowList Rows { get; } = new();

        public FlagStretches.Cursor Flags { get; } = new();

        private CellNumber? _numbers;

        /// <summary>Numbers of a column with missing values of its own.</summary>
        public CellNumber Numbers(ImportMapping mapping, ColumnMapping column) => _numbers ??= new CellNumber(mapping.Decimal, mapping.Missing.Concat(column.Missing ?? []));

        public long Values { get; set; }

        public long Missing { get; set; }

        public double Sum { get; set; }
    }

    /// <param name="file">Unpacked bytes.</param>
    /// <param name="mapping">Checked by <see cref="MappingCheck"/>.</param>
    /// <param name="fileName">For the station's description.</param>
    /// <param name="share">How much of the file is read.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Gives up: what was stored stays, the same import goes on.</param>
    public async Task<ImportReport> RunAsync(System.IO.Stream file, ImportMapping mapping, string fileName, Func<double> share, Func<ImportReport, Task> progress, CancellationToken cancellationToken)
    {
        _pipe = new ColumnPipe(store, _draft);
        _startUtcUs = TimeForms.IsElapsed(mapping.Time.Form) && TimeForms.TryStart(mapping.Time, out var start) ? start : null;
        var zone = mapping.Time.Zone.Length == 0 ? null : Zone.Of(mapping.Time.Zone);
        var numbers = new CellNumber(mapping.Decimal, mapping.Missing);
        using var text = new StreamReader(file, Charsets.Of(mapping.Encoding), detectEncodingFromByteOrderMarks: true, 1 << 16);
        var reader = new RecordReader(text, mapping.Delimiter, mapping.Comments);
        var told = TimeProvider.System.GetTimestamp();
        var skip = mapping.SkipRecords;
        while (reader.Read())
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            await TakeAsync(reader, mapping, zone, numbers, fileName, cancellationToken);
            if (_cells >= CellsAtOnce)
            {
                await FlushAsync(cancellationToken);
                if (TimeProvider.System.GetElapsedTime(told) > TimeSpan.FromSeconds(1))
                {
                    told = TimeProvider.System.GetTimestamp();
                    await progress(Report(share(), reader.Comments));
                }
            }
        }

        await FlushAsync(CancellationToken.None);
        await _pipe.DrainAsync();
        foreach (var station in _stations.Values)
        {
            foreach (var sink in station.Sinks)
            {
                _flags.End(sink.Flags, sink.Channel, station.Boot);
            }
        }

        _draft.FlagStretches = _flags.State(now, role);
        if (_flags.IsFull)
        {
            _draft.Notes.Add(new($"The file's own flags change more than {FlagStretches.Most} times: the later ones were left to this hub's own tests", $"Cờ trong tệp đổi hơn {FlagStretches.Most} lần: phần sau để trạm tự kiểm tra"));
        }

        return Report(1, reader.Comments);
    }

    private ImportReport Report(double share, long comments) => _draft.Report(share, comments, _stations.Values.SelectMany(station => station.Sinks).Select(sink => new ColumnCount(sink.Input.Port, sink.Channel, sink.Values, sink.Missing, sink.Sum)));

    private async ValueTask TakeAsync(RecordReader reader, ImportMapping mapping, Zone? zone, CellNumber numbers, string fileName, CancellationToken cancellationToken)
    {
        if (TimeOf(reader, mapping, zone) is not { } utcUs)
        {
            return;
        }

        var name = mapping.StationField is { } field ? StationName(reader, field) : "";
        if (!_stations.TryGetValue(name, out var station))
        {
            station = await BeginAsync(mapping, name, fileName, cancellationToken);
            _stations[name] = station;
        }

        _draft.Saw(utcUs);
        Take(reader, mapping, numbers, station, utcUs);
    }

    private void Take(RecordReader reader, ImportMapping mapping, CellNumber numbers, Station station, long utcUs)
    {
        for (var i = 0; i < mapping.Columns.Length; i++)
        {
            var column = mapping.Columns[i];
            var sink = station.Sinks[i];
            var kind = (column.Missing is null ? numbers : sink.Numbers(mapping, column)).Read(reader.Field(column.Field), out var value, out var unit);
            if (kind == CellKind.Number && unit.Length > 0 && ColumnNames.UnitOf(unit.ToString()) != column.Unit)
            {
                kind = CellKind.Other;
            }

            if (kind == CellKind.Number)
            {
                sink.Values++;
                sink.Sum += value;
                sink.Rows.Add(utcUs, value, 0);
            }
            else
            {
                sink.Missing++;
                _draft.Missing++;
                sink.Rows.Add(utcUs, double.NaN, kind switch { CellKind.Missing => NotCollected, CellKind.OutOfRange => OutOfRange, _ => Fault });
                if (kind == CellKind.Other)
                {
                    var shown = ReportDraft.Shown(reader.Field(column.Field));
                    _draft.Wrong(
                        reader.Line,
                        $"'{shown}' in column {column.Name} is no number{(unit.Length > 0 ? $" in {column.Unit}" : "")}; kept as missing",
                        $"“{shown}” ở cột {column.Name} không phải số{(unit.Length > 0 ? $" theo {column.Unit}" : "")}; ghi là thiếu");
                }
            }

            if (column.FlagField is { } flagField)
            {
                TakeFlag(reader.Field(flagField), mapping, sink, station.Boot, utcUs);
            }
        }

        _cells += mapping.Columns.Length;
    }

    private void TakeFlag(ReadOnlySpan<char> text, ImportMapping mapping, Sink sink, BootId boot, long utcUs)
    {
        text = text.Trim();

        // Most flags are those of the row before.
        if (sink.Flags.Text is { } before && text.SequenceEqual(before) && utcUs > sink.Flags.LastUs)
        {
            sink.Flags.LastUs = utcUs;
            return;
        }

        var code = FlagCodes.CodeOf(text);
        int? flag = mapping.Flags.TryGetValue(code.ToString(), out var mapped) ? mapped : FlagCodes.Guess(code);
        if (flag is null)
        {
            _draft.UnknownFlag(code);
        }

        _flags.Add(sink.Flags, sink.Channel, boot, utcUs, flag ?? 0, text);
    }

    /// <summary>UTC of a record; null, and counted, where it has none or is no whole record.</summary>
    private long? TimeOf(RecordReader reader, ImportMapping mapping, Zone? zone)
    {
        if (reader.Problem is { } problem)
        {
            _draft.Wrong(reader.Line, problem, "quá dài hoặc quá nhiều ô");
            return null;
        }

        if (reader.Count < mapping.Fields || HasMore(reader, mapping.Fields))
        {
            _draft.Wrong(reader.Line, $"has {reader.Count} fields; expected {mapping.Fields}", $"có {reader.Count} ô; đúng ra là {mapping.Fields}");
            return null;
        }

        if (!TryLocal(reader, mapping.Time, out var us, out var isUtc))
        {
            var shown = ReportDraft.Shown(reader.Field(mapping.Time.Fields[0]));
            _draft.Wrong(reader.Line, $"'{shown}' is no time of the form {mapping.Time.Form}", $"“{shown}” không phải thời gian theo dạng {mapping.Time.Form}");
            return null;
        }

        if (isUtc || _startUtcUs is not null)
        {
            return us + (_startUtcUs ?? 0);
        }

        if (zone is null || !zone.TryToUtc(us, out var utcUs))
        {
            _draft.Wrong(reader.Line, $"{Local(us)} never was in {mapping.Time.Zone}: the clock went past it to summer time", $"{Local(us)} không tồn tại ở {mapping.Time.Zone}: đồng hồ đã nhảy sang giờ mùa hè");
            return null;
        }

        return utcUs;
    }

    private static bool HasMore(RecordReader reader, int fields)
    {
        for (var i = fields; i < reader.Count; i++)
        {
            if (!reader.Field(i).Trim().IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    internal static bool TryLocal(RecordReader reader, TimeMapping time, out long us, out bool isUtc)
    {
        (us, isUtc) = (0, false);
        if (time.Form == "parts")
        {
            Span<int> parts = stackalloc int[6];
            for (var i = 0; i < time.Fields.Length; i++)
            {
                if (!int.TryParse(reader.Field(time.Fields[i]), System.Globalization.NumberStyles.AllowLeadingWhite | System.Globalization.NumberStyles.AllowTrailingWhite, System.Globalization.CultureInfo.InvariantCulture, out parts[i]))
                {
                    return false;
                }
            }

            return TimeForms.TryParts(parts[..time.Fields.Length], out us);
        }

        if (time.Fields.Length == 1)
        {
            return TimeForms.TryRead(reader.Field(time.Fields[0]), time.Form, out us, out isUtc);
        }

        var date = reader.Field(time.Fields[0]).Trim();
        var clock = reader.Field(time.Fields[1]).Trim();
        if (date.Length + clock.Length > 60)
        {
            return false;
        }

        Span<char> both = stackalloc char[date.Length + clock.Length + 1];
        date.CopyTo(both);
        both[date.Length] = ' ';
        clock.CopyTo(both[(date.Length + 1)..]);
        return TimeForms.TryRead(both, time.Form, out us, out isUtc);
    }

    private static string Local(long us) => DateTime.UnixEpoch.AddMicroseconds(us).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    private static string StationName(RecordReader reader, int field)
    {
        var name = reader.Field(field).Trim();
        return name.Length <= 100 ? name.ToString() : name[..100].ToString();
    }

    private async Task<Station> BeginAsync(ImportMapping mapping, string name, string fileName, CancellationToken cancellationToken)
    {
        if (_stations.Count * mapping.Columns.Length > MostSinks)
        {
            throw new RefusedException($"The file names more than {_stations.Count} stations: is that column one of stations?", $"Tệp có hơn {_stations.Count} trạm đo: cột đó có đúng là tên trạm đo không?");
        }

        var (agent, boot) = Identity(mapping.SourceId, name);
        var slug = name.Length == 0 ? mapping.Station : Slug.From($"{mapping.Station}-{name}", _ => false);
        var inputs = mapping.Columns.Select(column => (Key: (column.Port, column.Property), Told: new AgentInput((long)(column.IntervalSeconds * 1e6), column.Name, "", "")));
        fleet.Learn(new FleetAgent
        {
            Id = agent,
            Slug = slug,
            Description = name.Length == 0 ? fileName : $"{fileName}: {name}",
            Software = Shipped?.Software ?? ImportRoom.Software,
            Simulated = Shipped?.IsSimulated ?? false,
            Adopted = true,
            Inputs = inputs.GroupBy(input => input.Key).ToImmutableDictionary(group => group.Key, group => group.First().Told),
        });
        await store.DeclareAsync(new Declarations(agent, [new BootDeclaration(boot, agent, BootKind.Utc, 1, null)], [], []), cancellationToken);
        StateSigma(boot, mapping.Time.SigmaSeconds);
        return new Station(agent, boot, [.. mapping.Columns.Select(column => new Sink(new InputDeclaration(column.Port, column.Property, column.Unit, 0), ChannelView.NameOf(agent, column.Port, column.Property)))]);
    }

    /// <summary>The station's id and its clock's: the same from the same file, whoever imports it.</summary>
    internal static (AgentId Agent, BootId Boot) Identity(string sourceId, string station)
    {
        var source = Id128.TryParse(sourceId, out var parsed) ? parsed : throw new ArgumentException($"BUG: source id '{sourceId}' was not checked", nameof(sourceId));
        var agent = station.Length == 0 ? source : Derived(source, $"station\n{station}");
        return (new AgentId(agent.Value), new BootId(Derived(agent, "utc clock of an import").Value));
    }

    private static Id128 Derived(Id128 of, string what) => new(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData([.. of.ToBytes(), .. Encoding.UTF8.GetBytes(what)])));

    private void StateSigma(BootId boot, double sigmaSeconds)
    {
        var id = new Id128(boot.Value);
        if (!facts.Current.Of<UtcAnchor>().Any(stated => stated.Body.Boot == id))
        {
            facts.Append(new FactDraft(new UtcAnchor(id, 0, 0, Math.Max(1, (long)(sigmaSeconds * 1e6)), "file"), now, role));
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var station in _stations.Values)
        {
            foreach (var sink in station.Sinks)
            {
                await _pipe!.AddAsync(station.Agent, station.Boot, sink.Input, sink.Rows, cancellationToken);
            }
        }

        _cells = 0;
    }
}
