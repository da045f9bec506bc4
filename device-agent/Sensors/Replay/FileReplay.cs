using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Replay;

/// <summary>
/// Plays a station's file again: every line's own time, by its declared zone, is the time of its readings; the speed changes only when they are sent.
/// An empty field is a reading that was not collected. One reader.
/// </summary>
internal sealed class FileReplay : ITimedSource
{
    /// <summary>Station files give minutes; what happened within one is not known.</summary>
    private const long DeclaredSigmaUs = 30_000_000;

    private readonly string _path;
    private readonly int _timeIndex;
    private readonly ReplayColumn[] _columns;
    private readonly TimeSpan _zone;
    private readonly double _speed;
    private readonly TimeProvider _time;
    private readonly ReplayReport _report;

    private FileReplay(string path, int timeIndex, ReplayColumn[] columns, TimeSpan zone, double speed, TimeProvider time)
    {
        _path = path;
        _timeIndex = timeIndex;
        _columns = columns;
        _zone = zone;
        _speed = speed;
        _time = time;
        _report = new ReplayReport(columns.Length);
        Description = new ProbeDescription($"replay of {Path.GetFileName(path)}", TimeSpan.Zero, [.. columns.Select(column => column.Output)]);
    }

    public ProbeDescription Description { get; }

    public SourceClock Clock { get; } = SourceClock.Utc(DeclaredSigmaUs);

    /// <summary>What has been read so far; complete when the reading has ended.</summary>
    public ReplayReport Report => _report;

    /// <summary>Opens a CSV or CSV.gz file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="zone">Offset from UTC of times that name none: station files keep standard time all year.</param>
    /// <param name="speed">Times faster than life; 0 = as fast as possible.</param>
    /// <param name="time">Paces the sending.</param>
    /// <exception cref="InvalidDataException">No header with a time and at least one measured column.</exception>
    public static FileReplay Open(string path, TimeSpan zone, double speed, TimeProvider time)
    {
        using var reader = TextOf(path);
        var header = reader.ReadLine() ?? "";
        return ReplayColumns.TryRead(header.Split(','), out var timeIndex, out var columns)
            ? new FileReplay(path, timeIndex, columns, zone, speed, time)
            : throw new InvalidDataException($"{Path.GetFileName(path)}: the first line names no time column (datetimestamp, datetime…) or no measured one: '{header[..Math.Min(80, header.Length)]}'");
    }

    public async IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = TextOf(_path);
        await reader.ReadLineAsync(cancellationToken);
        var started = _time.GetTimestamp();
        long? firstUs = null;
        var last = long.MinValue;
        for (var line = 2; await reader.ReadLineAsync(cancellationToken) is { } text; line++)
        {
            if (text.Length == 0)
            {
                continue;
            }

            var fields = text.Split(',');
            if (!TryTime(fields, out var tUs))
            {
                _report.Reject(line, "its time cannot be read");
                continue;
            }

            if (tUs <= last)
            {
                _report.Reject(line, "its time is not later than the line before");
                continue;
            }

            last = tUs;
            _report.Lines++;
            firstUs ??= Math.Max(tUs, fromTUs);
            if (tUs < fromTUs)
            {
                continue;
            }

            await PaceAsync(started, tUs - firstUs.Value, cancellationToken);
            foreach (var reading in ReadingsOf(fields, tUs, line))
            {
                yield return reading;
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static StreamReader TextOf(string path)
    {
        var file = File.OpenRead(path);
        return new StreamReader(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file);
    }

    private async ValueTask PaceAsync(long started, long dueUs, CancellationToken cancellationToken)
    {
        if (_speed == 0)
        {
            return;
        }

        var due = TimeSpan.FromMicroseconds(dueUs / _speed) - _time.GetElapsedTime(started);
        if (due > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(due, _time, cancellationToken);
        }
    }

    private bool TryTime(string[] fields, out long tUs)
    {
        tUs = 0;
        if (fields.Length <= _timeIndex || !DateTime.TryParse(fields[_timeIndex].Trim('"', ' '), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var at))
        {
            return false;
        }

        // A time with an offset has become UTC; one without is of the declared zone.
        var utc = at.Kind == DateTimeKind.Utc ? at : at - _zone;
        tUs = (utc - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return true;
    }

    private ImmutableArray<TimedReading> ReadingsOf(string[] fields, long tUs, int line)
    {
        var readings = ImmutableArray.CreateBuilder<TimedReading>(_columns.Length);
        for (var i = 0; i < _columns.Length; i++)
        {
            var text = _columns[i].Index < fields.Length ? fields[_columns[i].Index].Trim('"', ' ') : "";
            if (text is "" or "NA" or "NaN" or "NULL" or "null" or "-9999")
            {
                _report.Missing[i]++;
                readings.Add(new TimedReading(i, tUs, 0, MissingReason.NotCollected));
            }
            else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
            {
                _report.Take(i, value);
                readings.Add(new TimedReading(i, tUs, value, MissingReason.Unspecified));
            }
            else
            {
                _report.Reject(line, $"'{text[..Math.Min(20, text.Length)]}' in column {_columns[i].Output.Port} is not a number");
                readings.Add(new TimedReading(i, tUs, 0, MissingReason.Fault));
            }
        }

        return readings.MoveToImmutable();
    }
}
