using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace StemLab.Hub.Export;

/// <summary>One row group of the table of rows while it fills. One thread at a time.</summary>
internal sealed class ParquetGroup
{
    private readonly FrozenVersion _version;
    private readonly DateTimeDataField _time = new("time", DateTimeFormat.Timestamp, true, DateTimeTimeUnit.Micros, true, false);
    private readonly DataField<long> _timeAsKept = new("time", true);
    private readonly Texts _station = new("station");
    private readonly Texts _site = new("site");
    private readonly Texts _property = new("property");
    private readonly Texts _unit = new("unit");
    private readonly DataField<int> _flag = new("flag", false);
    private readonly DataField<int> _flagTests = new("flag_tests", false);
    private readonly DataField<int> _flagPerson = new("flag_person", false);
    private readonly DataField<int> _reasons = new("reasons", false);
    private readonly DataField<int> _missing = new("missing", false);
    private readonly DataField<int> _stretch = new("stretch", false);
    private readonly DataField<long> _t = new("t_us", false);

    private readonly long[] _times = new long[ParquetWriter.RowsOfAGroup];
    private readonly int[] _timeLevels = new int[ParquetWriter.RowsOfAGroup];
    private readonly Column _sigma = new("time_sigma_s");
    private readonly Column _value = new("value");
    private readonly Column _uncertainty = new("uncertainty");
    private readonly Column _raw = new("raw");
    private readonly Column? _latitude;
    private readonly Column? _longitude;
    private readonly int[][] _numbers = [.. Enumerable.Range(0, 6).Select(_ => new int[ParquetWriter.RowsOfAGroup])];
    private readonly long[] _ts = new long[ParquetWriter.RowsOfAGroup];
    private int _known;

    /// <summary>Where a boat's own track places rows, the table has columns for it; else only the stretches tell places.</summary>
    public ParquetGroup(FrozenVersion version)
    {
        _version = version;
        // The time is handed over as the µs it is kept as: given as DateTime, Parquet.Net 6.1 writes each by itself, and smallest and largest in ms, so that readers pass over every group.
        _ = new ParquetSchema(_timeAsKept);
        if (version.Tables.Stretches.Any(stretch => stretch.OnTrack))
        {
            (_latitude, _longitude) = (new Column("latitude"), new Column("longitude"));
        }
    }

    public int Count { get; private set; }

    public Field[] Fields =>
    [
        _time, _sigma.Field, _station.Field, _site.Field, _property.Field, _unit.Field, _value.Field, _uncertainty.Field, _raw.Field, _flag, _flagTests, _flagPerson, _reasons, _missing, _stretch, _t,
        .. _latitude is null ? (Field[])[] : [_latitude.Field, _longitude!.Field],
    ];

    /// <summary>Takes rows from one on, until the group is full; returns how many.</summary>
    public int Take(ExportRows rows, int from, int most)
    {
        int count = Math.Min(rows.Count - from, most - Count);
        FrozenChannel channel = _version.ChannelOf(rows);
        FrozenStretch stretch = _version.StretchOf(rows);
        _station.Fill(Count, count, channel.Station);
        _site.Fill(Count, count, stretch.Site);
        _property.Fill(Count, count, channel.Property);
        _unit.Fill(Count, count, channel.UnitUcum);
        _timeLevels.AsSpan(Count, count).Fill(stretch.HasTime ? 1 : 0);
        if (stretch.HasTime)
        {
            rows.UtcUs.AsSpan(from, count).CopyTo(_times.AsSpan(_known));
            _known += count;
        }

        for (int i = 0; i < count; i++)
        {
            long sigma = rows.SigmaUs[from + i];
            _sigma.Set(Count + i, stretch.HasTime && sigma != long.MaxValue ? sigma / 1e6 : double.NaN);
        }

        _value.Take(Count, rows.Value.AsSpan(from, count));
        _uncertainty.Take(Count, rows.Uncertainty.AsSpan(from, count));
        _raw.Take(Count, rows.Raw.AsSpan(from, count));
        for (int i = 0; _latitude is not null && i < count; i++)
        {
            _latitude.Set(Count + i, stretch.OnTrack ? rows.Latitude[from + i] : stretch.Latitude ?? double.NaN);
            _longitude!.Set(Count + i, stretch.OnTrack ? rows.Longitude[from + i] : stretch.Longitude ?? double.NaN);
        }

        Widen(rows.Flag.AsSpan(from, count), _numbers[0].AsSpan(Count));
        Widen(rows.MachineFlag.AsSpan(from, count), _numbers[1].AsSpan(Count));
        Widen(rows.HumanFlag.AsSpan(from, count), _numbers[2].AsSpan(Count));
        MemoryMarshal.Cast<Science.Quality.FlagReasons, int>(rows.Reason.AsSpan(from, count)).CopyTo(_numbers[3].AsSpan(Count));
        Widen(rows.Missing.AsSpan(from, count), _numbers[4].AsSpan(Count));
        _numbers[5].AsSpan(Count, count).Fill(rows.Stretch);
        rows.TUs.AsSpan(from, count).CopyTo(_ts.AsSpan(Count));
        Count += count;
        return count;
    }

    public async Task SendAsync(global::Parquet.ParquetWriter writer, CancellationToken cancellationToken)
    {
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        await group.WriteAllPartsAsync<long>(_timeAsKept, _times.AsMemory(0, _known), _timeLevels.AsMemory(0, Count), null, cancellationToken);
        await _sigma.SendAsync(group, Count, cancellationToken);
        await _station.SendAsync(group, Count, cancellationToken);
        await _site.SendAsync(group, Count, cancellationToken);
        await _property.SendAsync(group, Count, cancellationToken);
        await _unit.SendAsync(group, Count, cancellationToken);
        await _value.SendAsync(group, Count, cancellationToken);
        await _uncertainty.SendAsync(group, Count, cancellationToken);
        await _raw.SendAsync(group, Count, cancellationToken);
        DataField<int>[] numbers = [_flag, _flagTests, _flagPerson, _reasons, _missing, _stretch];
        for (int i = 0; i < numbers.Length; i++)
        {
            await group.WriteAsync<int>(numbers[i], _numbers[i].AsMemory(0, Count), cancellationToken: cancellationToken);
        }

        await group.WriteAsync<long>(_t, _ts.AsMemory(0, Count), cancellationToken: cancellationToken);
        if (_latitude is not null)
        {
            await _latitude.SendAsync(group, Count, cancellationToken);
            await _longitude!.SendAsync(group, Count, cancellationToken);
        }

        Count = 0;
        _known = 0;
    }

    private static void Widen(ReadOnlySpan<byte> numbers, Span<int> into)
    {
        if (!numbers.ContainsAnyExcept(numbers[0]))
        {
            into[..numbers.Length].Fill(numbers[0]);
            return;
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            into[i] = numbers[i];
        }
    }

    /// <summary>Texts that are the same for long; empty = not there. Handed over as Parquet.Net keeps them, so that it converts no cell.</summary>
    private sealed class Texts(string name)
    {
        private readonly ReadOnlyMemory<char>[] _values = new ReadOnlyMemory<char>[ParquetWriter.RowsOfAGroup];
        private readonly int[] _levels = new int[ParquetWriter.RowsOfAGroup];
        private int _count;

        public DataField<string> Field { get; } = new(name, true);

        public void Fill(int from, int rows, string text)
        {
            bool isKnown = text.Length > 0;
            _levels.AsSpan(from, rows).Fill(isKnown ? 1 : 0);
            if (isKnown)
            {
                _values.AsSpan(_count, rows).Fill(text.AsMemory());
                _count += rows;
            }
        }

        public async Task SendAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancellationToken)
        {
            await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(Field, _values.AsMemory(0, _count), _levels.AsMemory(0, rows), null, cancellationToken);
            _count = 0;
        }
    }

    /// <summary>Doubles of which some are not there.</summary>
    private sealed class Column(string name)
    {
        private readonly double[] _values = new double[ParquetWriter.RowsOfAGroup];
        private readonly int[] _levels = new int[ParquetWriter.RowsOfAGroup];
        private int _count;

        public DataField Field { get; } = new(name, typeof(double), true, false);

        public void Set(int row, double value)
        {
            bool isKnown = !double.IsNaN(value);
            _levels[row] = isKnown ? 1 : 0;
            _values[_count] = value;
            _count += isKnown ? 1 : 0;
        }

        /// <summary>Takes one value a row from a row on.</summary>
        public void Take(int row, ReadOnlySpan<double> values)
        {
            Span<double> known = _values.AsSpan(_count);
            Span<int> levels = _levels.AsSpan(row, values.Length);
            int count = 0;
            for (int i = 0; i < values.Length; i++)
            {
                int isKnown = double.IsNaN(values[i]) ? 0 : 1;
                known[count] = values[i];
                levels[i] = isKnown;
                count += isKnown;
            }

            _count += count;
        }

        public async Task SendAsync(ParquetRowGroupWriter group, int rows, CancellationToken cancellationToken)
        {
            await group.WriteAllPartsAsync<double>(Field, _values.AsMemory(0, _count), _levels.AsMemory(0, rows), null, cancellationToken);
            _count = 0;
        }
    }
}
