using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Import;

/// <summary>
/// Takes a CSV this hub or another one exported: every row names its clock and its time on it, so it comes back as exactly the reading it was. Where the clock is not known here, its
/// time is stated from what the file says; flags of people come as people's flags, those of tests are judged anew. One run an instance.
/// </summary>
internal sealed class OwnExport(ObservationStore store, FactLog facts, FleetBook fleet, DerivationBook derivations, Instant now, string role)
{
    private static readonly string[] Needed = ["time", "time_sigma_s", "time_state", "station", "raw", "missing", "raw_quantity", "raw_unit", "flag_person", "simulated", "channel", "boot", "t_us"];
    private const int MostSeries = 20_000;
    private const int RowsAtOnce = 65_536;

    private readonly ReportDraft _draft = new();
    private readonly FlagStretches _flags = new(facts);
    private readonly Dictionary<(string Channel, string Boot, string Quantity, string Unit), Series?> _series = [];
    private readonly Dictionary<BootId, Clock> _clocks = [];
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private ColumnPipe? _pipe;

    private sealed class Series(AgentId agent, BootId boot, InputDeclaration input, string channel)
    {
        public AgentId Agent { get; } = agent;

        public BootId Boot { get; } = boot;

        public InputDeclaration Input { get; } = input;

        public string Channel { get; } = channel;

        public RowList Rows { get; } = new();

        public FlagStretches.Cursor Flags { get; } = new();

        public long Values { get; set; }

        public long Missing { get; set; }

        public double Sum { get; set; }
    }

    /// <summary>What the file says of a clock this hub did not know: the ends of every stretch on which it keeps one distance from UTC.</summary>
    private sealed class Clock
    {
        public const int MostAnchors = 500;

        public List<UtcAnchor> Anchors { get; } = [];

        public long OffsetUs { get; set; } = long.MinValue;

        public UtcAnchor? Last { get; set; }
    }

    /// <summary>True for the header of such a file.</summary>
    public static bool IsHeader(IReadOnlyCollection<string> names) => Needed.All(names.Contains);

    public async Task<ImportReport> RunAsync(System.IO.Stream file, Func<double> share, Func<ImportReport, Task> progress, CancellationToken cancellationToken)
    {
        _pipe = new ColumnPipe(store, _draft);
        using var text = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16);
        var reader = new RecordReader(text, ",", []);
        reader.Read();
        for (var i = 0; i < reader.Count; i++)
        {
            _columns[reader.Field(i).ToString()] = i;
        }

        var fields = reader.Count;
        var told = TimeProvider.System.GetTimestamp();
        var rows = 0;
        while (reader.Read())
        {
            if (reader.Problem is not null || reader.Count != fields)
            {
                _draft.Wrong(reader.Line, $"has {reader.Count} fields; expected {fields}", $"có {reader.Count} ô; đúng ra là {fields}");
                continue;
            }

            await TakeAsync(reader, cancellationToken);
            if (++rows % RowsAtOnce == 0)
            {
                await FlushAsync(cancellationToken);
                if (TimeProvider.System.GetElapsedTime(told) > TimeSpan.FromSeconds(1))
                {
                    told = TimeProvider.System.GetTimestamp();
                    await progress(Report(share()));
                }
            }
        }

        await FlushAsync(CancellationToken.None);
        await _pipe.DrainAsync();
        foreach (var series in _series.Values.OfType<Series>())
        {
            _flags.End(series.Flags, series.Channel, series.Boot);
        }

        StateClocks();
        _draft.FlagStretches = _flags.State(now, role);
        return Report(1);
    }

    private ImportReport Report(double share) => _draft.Report(share, 0, _series.Values.OfType<Series>().Select(series => new ColumnCount(series.Input.Port, series.Channel, series.Values, series.Missing, series.Sum)));

    private ReadOnlySpan<char> Cell(RecordReader reader, string column) => reader.Field(_columns[column]);

    private async ValueTask TakeAsync(RecordReader reader, CancellationToken cancellationToken)
    {
        var key = (Cell(reader, "channel").ToString(), Cell(reader, "boot").ToString(), Cell(reader, "raw_quantity").ToString(), Cell(reader, "raw_unit").ToString());
        if (!_series.TryGetValue(key, out var series))
        {
            series = await BeginAsync(reader, key, cancellationToken);
            _series[key] = series;
        }

        if (series is not null)
        {
            Take(reader, series);
        }
    }

    private void Take(RecordReader reader, Series series)
    {
        var why = Cell(reader, "missing");
        var raw = double.NaN;
        var missing = ReasonOf(why);
        if (!long.TryParse(Cell(reader, "t_us"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var tUs) || tUs == long.MaxValue
            || missing is null || (missing == 0 && !(double.TryParse(Cell(reader, "raw"), NumberStyles.Float, CultureInfo.InvariantCulture, out raw) && double.IsFinite(raw))))
        {
            _draft.Wrong(reader.Line, "t_us, raw or missing are not as an export writes them", "t_us, raw hoặc missing không đúng như tệp xuất ghi");
            return;
        }

        series.Rows.Add(tUs, missing == 0 ? raw : double.NaN, missing.Value);
        (series.Values, series.Missing, series.Sum) = missing == 0 ? (series.Values + 1, series.Missing, series.Sum + raw) : (series.Values, series.Missing + 1, series.Sum);
        _draft.Missing += missing == 0 ? 0 : 1;
        var person = Cell(reader, "flag_person");
        _flags.Add(series.Flags, series.Channel, series.Boot, tUs, person.Length == 1 ? person[0] - '0' : 0, person);
        if (!TimeForms.TryRead(Cell(reader, "time"), "ymd", out var utcUs, out _))
        {
            _draft.Records++;
            return;
        }

        _draft.Saw(utcUs);
        if (_clocks.TryGetValue(series.Boot, out var clock) && Cell(reader, "time_state") is "anchored" && double.TryParse(Cell(reader, "time_sigma_s"), NumberStyles.Float, CultureInfo.InvariantCulture, out var sigma))
        {
            Follow(clock, new UtcAnchor(new Id128(series.Boot.Value), tUs, utcUs, Math.Max(1, (long)(sigma * 1e6)), "export"));
        }
    }

    private static void Follow(Clock clock, UtcAnchor at)
    {
        var offset = at.UtcUs - at.TUs;
        if (offset != clock.OffsetUs && clock.Anchors.Count < Clock.MostAnchors)
        {
            if (clock.Last is { } last)
            {
                clock.Anchors.Add(last);
            }

            clock.Anchors.Add(at);
            clock.OffsetUs = offset;
        }

        clock.Last = at;
    }

    /// <summary>Where this row belongs; null where it cannot be taken, which is said once.</summary>
    private async Task<Series?> BeginAsync(RecordReader reader, (string Channel, string Boot, string Quantity, string Unit) key, CancellationToken cancellationToken)
    {
        var parts = key.Channel.Split('/');
        var name = parts.Length == 4 ? parts[3].Split('~') : [];
        if (parts.Length != 4 || parts[0] != "agents" || name.Length != 2 || !Id128.TryParse(parts[1], out var agentId) || !Id128.TryParse(key.Boot, out var bootId) || _series.Count >= MostSeries
            || name[0].Length is 0 or > 64 || key.Quantity.Length is 0 or > 64 || key.Unit.Length is 0 or > 64)
        {
            _draft.Wrong(reader.Line, $"'{ReportDraft.Shown(key.Channel)}' on clock '{ReportDraft.Shown(key.Boot)}' is no channel of an export", $"“{ReportDraft.Shown(key.Channel)}” trên đồng hồ “{ReportDraft.Shown(key.Boot)}” không phải kênh của tệp xuất");
            return null;
        }

        if (derivations.Current.TryFindChannel(key.Channel, out var view) && !view.DerivedBy.IsEmpty)
        {
            _draft.Notes.Add(new($"{key.Channel} is computed from other channels here: it is computed again, not stored", $"{key.Channel} được tính từ các kênh khác: trạm tính lại, không lưu"));
            return null;
        }

        var (agent, boot) = (new AgentId(agentId.Value), new BootId(bootId.Value));
        var input = InputOf(agent, boot, name[0], key.Quantity, key.Unit);
        if (!store.Dictionary.TryFind(boot, out _))
        {
            fleet.Learn(new FleetAgent { Id = agent, Slug = Slug.From(Cell(reader, "station").ToString(), _ => false), Software = ImportRoom.Software, Simulated = Cell(reader, "simulated") is "true", Adopted = true });
            await store.DeclareAsync(new Declarations(agent, [new BootDeclaration(boot, agent, BootKind.Device, 0, null)], [], []), cancellationToken);
            _clocks.TryAdd(boot, new Clock());
        }

        return new Series(agent, boot, input, key.Channel);
    }

    /// <summary>The input as it is known here: its revision does not stand in the file, and names write a port's '/' as '.'.</summary>
    private InputDeclaration InputOf(AgentId agent, BootId boot, string port, string quantity, string unit)
    {
        var known = store.Dictionary.Series.ToArray().Where(series => series.Agent == agent && ChannelView.PortText(series.Input.Port) == port && series.Input.Quantity == quantity && series.Input.UnitUcum == unit)
            .OrderByDescending(series => series.Boot == boot).ThenByDescending(series => series.Id.Value).FirstOrDefault();
        return known?.Input ?? new InputDeclaration(port, quantity, unit, 0);
    }

    private static byte? ReasonOf(ReadOnlySpan<char> word) => word switch
    {
        "" => 0,
        "absent" => 1,
        "fault" => 2,
        "out_of_range" => 3,
        "not_collected" => 4,
        "late" => 5,
        _ => null,
    };

    private void StateClocks()
    {
        var drafts = ImmutableArray.CreateBuilder<FactDraft>();
        foreach (var clock in _clocks.Values.Where(clock => clock.Last is not null))
        {
            UtcAnchor[] anchors = [.. clock.Anchors.Append(clock.Last!).Distinct()];

            // One distance from UTC all along: one anchor gives every time back to the microsecond.
            drafts.AddRange((anchors.All(anchor => anchor.UtcUs - anchor.TUs == anchors[0].UtcUs - anchors[0].TUs) ? [anchors.MinBy(anchor => anchor.SigmaUs)!] : anchors).Select(anchor => new FactDraft(anchor, now, role)));
        }

        if (drafts.Count > 0)
        {
            facts.Append(drafts.ToImmutable());
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var series in _series.Values.OfType<Series>())
        {
            await _pipe!.AddAsync(series.Agent, series.Boot, series.Input, series.Rows, cancellationToken);
        }
    }
}
