using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace StemLab.Store.Influx;

/// <summary>How one series is named in InfluxDB. Made from global names only, so that another hub makes the same.</summary>
internal sealed class FarSeries
{
    public FarSeries(SeriesEntry entry)
    {
        Entry = entry;
        Agent = entry.Agent.ToString();
        Input = InputId(entry.Input);
        BootNumber = NumberOf(entry.Boot);
        Head = LineProtocol.Head(InfluxQl.Reading, ("agent", Agent), ("input", Input));
    }

    public SeriesEntry Entry { get; }

    public string Agent { get; }

    /// <summary>The frozen id: 16 hex digits of SHA-256 over port, quantity, unit (length-prefixed UTF-8) and config_rev.</summary>
    public string Input { get; }

    /// <summary>First 63 bits of the boot's id: as a whole number it costs InfluxDB next to nothing.</summary>
    public long BootNumber { get; }

    public byte[] Head { get; }

    /// <summary>Names already sent in this session with InfluxDB.</summary>
    public bool IsNamed { get; set; }

    public static long NumberOf(BootId boot) => (long)((ulong)(boot.Value >> 64) & long.MaxValue);

    public static string InputId(InputDeclaration input)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[4];
        foreach (var text in (ReadOnlySpan<string>)[input.Port, input.Quantity, input.UnitUcum])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(number, bytes.Length);
            hash.AppendData(number);
            hash.AppendData(bytes);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(number, input.ConfigRev);
        hash.AppendData(number);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}

/// <summary>Lines of one request, and which row each is, so that a bad one can be named. One thread; reused.</summary>
internal sealed class LineBatch
{
    private readonly LineProtocol _lines = new();
    private readonly List<(int End, SeriesId Series, long TUs)> _rows = [];

    // Value and flag of the rows being added.
    private double[] _value = [];
    private byte[] _flag = [];

    public int Lines => _rows.Count;

    public int Bytes => _lines.Length;

    /// <summary>Lines that are rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows whose time lies outside what InfluxDB takes.</summary>
    public List<QuarantinedRow> Refused { get; } = [];

    public void Clear()
    {
        _lines.Clear();
        _rows.Clear();
        Refused.Clear();
        Rows = 0;
    }

    public ReadOnlyMemory<byte> Part(int from, int to)
    {
        var start = from == 0 ? 0 : _rows[from - 1].End;
        return _lines.Written[start.._rows[to - 1].End];
    }

    public (SeriesId Series, long TUs) RowOf(int line) => (_rows[line].Series, _rows[line].TUs);

    /// <summary>Adds rows of one series.</summary>
    /// <param name="series">Its names.</param>
    /// <param name="clock">Its boot's frozen clock.</param>
    /// <param name="tUs">Ascending times.</param>
    /// <param name="raw">Values.</param>
    /// <param name="missing">Reasons; empty when none is missing.</param>
    /// <param name="values">Asked for value and flag as of now; null = not sent, so that rows sent again stay what they were.</param>
    public void Add(FarSeries series, FrozenClock clock, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, ValueProjection? values)
    {
        if (values is not null)
        {
            Project(series.Entry.Id, tUs, raw, missing, values);
        }

        for (var i = 0; i < tUs.Length; i++)
        {
            if (!clock.TryNs(tUs[i], out var ns))
            {
                Refused.Add(new QuarantinedRow(series.Entry.Id, tUs[i], "its time lies outside the years 1677 to 2262"));
                continue;
            }

            if (!series.IsNamed)
            {
                Name(series, clock, ns);
            }

            _lines.Begin(series.Head);
            var reason = missing.IsEmpty ? (byte)0 : missing[i];
            if (reason == 0)
            {
                _lines.Number("raw"u8, raw[i]);
            }
            else
            {
                _lines.Whole("reason"u8, reason);
            }

            _lines.Whole("boot"u8, series.BootNumber);
            if (values is not null)
            {
                if (double.IsFinite(_value[i]))
                {
                    _lines.Number("value"u8, _value[i]);
                }

                _lines.Whole("qc"u8, _flag[i]);
            }

            _lines.End(ns);
            _rows.Add((_lines.Length, series.Entry.Id, tUs[i]));
            Rows++;
        }
    }

    /// <summary>Adds the mark "this is the batch of this number of this store, of rows after this commit".</summary>
    public void AddMark(StoreId store, long number, long commit, long ns)
    {
        _lines.Begin(LineProtocol.Head(InfluxQl.Mark, ("store", store.ToString()))).Whole("commit"u8, commit).Whole("sent"u8, number).End(ns);
        _rows.Add((_lines.Length, default, 0));
    }

    /// <summary>Says once a session what boot and input are, so that InfluxDB alone can be understood, and a hub without its disk finds its clocks again.</summary>
    private void Name(FarSeries series, FrozenClock clock, long ns)
    {
        series.IsNamed = true;
        var boot = LineProtocol.Head(InfluxQl.Boot, ("agent", series.Agent), ("boot", series.Entry.Boot.ToString()));
        _lines.Begin(boot).Whole("boot_number"u8, series.BootNumber).Whole("frozen_off"u8, clock.OffsetUs).Whole("boot_slot"u8, clock.Slot).End(ns);
        _rows.Add((_lines.Length, default, 0));
        var input = series.Entry.Input;
        var revision = input.ConfigRev.ToString(CultureInfo.InvariantCulture);
        _lines.Begin(LineProtocol.Head("input", ("agent", series.Agent), ("input", series.Input)))
            .Text("port"u8, input.Port).Text("quantity"u8, input.Quantity).Text("unit"u8, input.UnitUcum).Text("config_rev"u8, revision).End(ns);
        _rows.Add((_lines.Length, default, 0));
    }

    private void Project(SeriesId series, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, ValueProjection values)
    {
        if (_value.Length < tUs.Length)
        {
            _value = new double[tUs.Length];
            _flag = new byte[tUs.Length];
        }

        values(series, tUs, raw, missing, _value.AsSpan(0, tUs.Length), _flag.AsSpan(0, tUs.Length));
    }
}
