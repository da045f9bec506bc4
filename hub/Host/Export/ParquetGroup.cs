using System.Runtime.InteropServices;

namespace StemLab.Hub.Export;

/// <summary>One row group of the table of rows while it fills. One thread at a time.</summary>
internal sealed class ParquetGroup
{
    private const int Capacity = ParquetWriter.RowsOfAGroup;

    private readonly FrozenVersion _version;
    private readonly ParquetColumn _time = new("time", ParquetType.Int64, Capacity) { IsTime = true };
    private readonly ParquetColumn _sigma = new("time_sigma_s", ParquetType.Double, Capacity);
    private readonly ParquetColumn _station = new("station", ParquetType.Text, Capacity);
    private readonly ParquetColumn _site = new("site", ParquetType.Text, Capacity);
    private readonly ParquetColumn _property = new("property", ParquetType.Text, Capacity);
    private readonly ParquetColumn _unit = new("unit", ParquetType.Text, Capacity);
    private readonly ParquetColumn _value = new("value", ParquetType.Double, Capacity);
    private readonly ParquetColumn _uncertainty = new("uncertainty", ParquetType.Double, Capacity);
    private readonly ParquetColumn _raw = new("raw", ParquetType.Double, Capacity);
    private readonly ParquetColumn _flag = new("flag", ParquetType.Int32, Capacity, isOptional: false);
    private readonly ParquetColumn _flagTests = new("flag_tests", ParquetType.Int32, Capacity, isOptional: false);
    private readonly ParquetColumn _flagPerson = new("flag_person", ParquetType.Int32, Capacity, isOptional: false);
    private readonly ParquetColumn _reasons = new("reasons", ParquetType.Int32, Capacity, isOptional: false);
    private readonly ParquetColumn _missing = new("missing", ParquetType.Int32, Capacity, isOptional: false);
    private readonly ParquetColumn _stretch = new("stretch", ParquetType.Int32, Capacity, isOptional: false);
    private readonly ParquetColumn _t = new("t_us", ParquetType.Int64, Capacity, isOptional: false);
    private readonly ParquetColumn? _latitude;
    private readonly ParquetColumn? _longitude;
    private readonly double[] _seconds = new double[ExportRows.Capacity];

    /// <summary>Where a boat's own track places rows, the table has columns for it; else only the stretches tell places.</summary>
    public ParquetGroup(FrozenVersion version)
    {
        _version = version;
        if (version.Tables.Stretches.Any(stretch => stretch.OnTrack))
        {
            (_latitude, _longitude) = (new("latitude", ParquetType.Double, Capacity), new("longitude", ParquetType.Double, Capacity));
        }
    }

    public int Count => _t.Rows;

    public IEnumerable<ParquetColumn> Columns =>
    [
        _time, _sigma, _station, _site, _property, _unit, _value, _uncertainty, _raw, _flag, _flagTests, _flagPerson, _reasons, _missing, _stretch, _t,
        .. _latitude is null ? (ParquetColumn[])[] : [_latitude, _longitude!],
    ];

    /// <summary>Takes rows from one on, until the group is full; returns how many.</summary>
    public int Take(ExportRows rows, int from)
    {
        int count = Math.Min(Math.Min(rows.Count - from, Capacity - Count), ExportRows.Capacity);
        FrozenChannel channel = _version.ChannelOf(rows);
        FrozenStretch stretch = _version.StretchOf(rows);
        _station.Fill(channel.Station, count);
        _site.Fill(stretch.Site, count);
        _property.Fill(channel.Property, count);
        _unit.Fill(channel.UnitUcum, count);
        if (stretch.HasTime)
        {
            _time.Add(rows.UtcUs.AsSpan(from, count));
            Sigmas(rows.SigmaUs.AsSpan(from, count));
        }
        else
        {
            _time.Skip(count);
            _sigma.Skip(count);
        }

        _value.Add(rows.Value.AsSpan(from, count));
        _uncertainty.Add(rows.Uncertainty.AsSpan(from, count));
        _raw.Add(rows.Raw.AsSpan(from, count));
        _flag.Add(rows.Flag.AsSpan(from, count));
        _flagTests.Add(rows.MachineFlag.AsSpan(from, count));
        _flagPerson.Add(rows.HumanFlag.AsSpan(from, count));
        _reasons.Add(MemoryMarshal.Cast<Science.Quality.FlagReasons, uint>(rows.Reason.AsSpan(from, count)));
        _missing.Add(rows.Missing.AsSpan(from, count));
        _stretch.Fill(rows.Stretch, count);
        _t.Add(rows.TUs.AsSpan(from, count));
        if (stretch.OnTrack)
        {
            _latitude!.Add(rows.Latitude.AsSpan(from, count));
            _longitude!.Add(rows.Longitude.AsSpan(from, count));
        }
        else
        {
            _latitude?.Fill(stretch.Latitude ?? double.NaN, count);
            _longitude?.Fill(stretch.Longitude ?? double.NaN, count);
        }

        return count;
    }

    private void Sigmas(ReadOnlySpan<long> sigmaUs)
    {
        if (!sigmaUs.ContainsAnyExcept(sigmaUs[0]))
        {
            _sigma.Fill(Seconds(sigmaUs[0]), sigmaUs.Length);
            return;
        }

        for (int i = 0; i < sigmaUs.Length; i++)
        {
            _seconds[i] = Seconds(sigmaUs[i]);
        }

        _sigma.Add(_seconds.AsSpan(0, sigmaUs.Length));
    }

    private static double Seconds(long sigmaUs) => sigmaUs == long.MaxValue ? double.NaN : sigmaUs / 1e6;
}
