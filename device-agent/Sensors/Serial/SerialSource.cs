using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Serial;

/// <summary>
/// A board that writes lines on a serial port when it likes: micro:bit, Arduino, ESP32. Its readings have the time of their line's arrival. It may be unplugged and come back under another number. One reader.
/// </summary>
internal sealed class SerialSource : ITimedSource
{
    private static readonly TimeSpan Learning = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly SerialLine line;
    private readonly SerialText text;
    private readonly Ground ground;
    private readonly TroubleLine trouble;
    private readonly ImmutableArray<SerialColumn> columns;
    private readonly List<NamedValue> values = [];
    private readonly HashSet<string> strangers = [];
    private long understood;
    private long rejected;
    private bool changed;

    private SerialSource(SerialLine line, SerialText text, string port, ImmutableArray<SerialColumn> columns, Ground ground)
    {
        (this.line, this.text, this.columns, this.ground) = (line, text, columns, ground);
        var name = $"{port} ({line.Name})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, TimeSpan.Zero, [.. columns.Select(column => new OutputDescription($"{port}/{column.Name}", column.Quantity, column.UnitUcum) { Label = column.Name })]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public SourceClock Clock { get; } = SourceClock.Device(TimeSpan.Zero);

    /// <inheritdoc/>
    public IReadOnlyList<HealthFact> Health =>
    [
        new("lines_understood", "1", new Words("Lines with values", "Số dòng có giá trị"), () => Volatile.Read(ref understood)),
        new("lines_rejected", "1", new Words("Lines that were not understood", "Số dòng không hiểu được"), () => Volatile.Read(ref rejected)),
    ];

    /// <summary>Opens the port. Without columns of its own it listens for a few seconds to what the board sends; of one that is not there nothing is declared until it comes.</summary>
    /// <param name="line">The port; owned.</param>
    /// <param name="port">Port of its inputs, with the value's name behind a slash.</param>
    /// <param name="declared">What it sends; none = it is listened to.</param>
    /// <param name="ground">Clock, log, whom to tell.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<SerialSource> OpenAsync(SerialLine line, string port, ImmutableArray<SerialColumn> declared, Ground ground, CancellationToken cancellationToken)
    {
        var text = new SerialText();
        return new SerialSource(line, text, port, declared.IsEmpty ? await ListenAsync(line, text, ground.Time, cancellationToken) : declared, ground);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isThere = true;
        Task<Heard>? hearing = null;
        while (true)
        {
            hearing ??= line.ReadAsync(cancellationToken).AsTask();
            var isHeard = await IsInTimeAsync(hearing, cancellationToken);
            var heard = isHeard ? await hearing : new Heard(LineOutcome.Gone, "", new Words($"{line.Name} is open, but its board has said nothing for half a minute", $"{line.Name} đã mở, nhưng bo mạch im lặng nửa phút rồi"));
            hearing = isHeard ? null : hearing;
            if (heard.Outcome == LineOutcome.Gone)
            {
                trouble.Say(heard.Why);
                for (var i = 0; isThere && i < columns.Length; i++)
                {
                    yield return new TimedReading(i, TimedReading.OnArrival, 0, MissingReason.Absent);
                }

                isThere = false;
                if (isHeard)
                {
                    await Task.Delay(LookAgain, ground.Time, cancellationToken);
                }

                continue;
            }

            foreach (var reading in ReadingsOf(heard))
            {
                isThere = true;
                yield return reading;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        line.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask<ImmutableArray<SerialColumn>> ListenAsync(SerialLine line, SerialText text, TimeProvider time, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, (SerialColumn Column, int Times)>();
        var values = new List<NamedValue>();
        using var limit = new CancellationTokenSource(Learning, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A name in one line may be the tail of a line that was cut; in two lines it is a name.
            for (var lines = 0; lines < 20; lines++)
            {
                var heard = await line.ReadAsync(both.Token);
                if (heard.Outcome == LineOutcome.Gone)
                {
                    return [];
                }

                _ = heard.Outcome == LineOutcome.Line ? text.Read(heard.Text, values) : LineKind.Rejected;
                foreach (var value in heard.Outcome == LineOutcome.Line ? values : [])
                {
                    seen[value.Name] = seen.TryGetValue(value.Name, out var before) ? (before.Column, before.Times + 1) : (SerialColumn.Of(value.Name, value.Unit), 1);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What was heard in time counts.
        }

        return [.. seen.Values.Where(name => name.Times > 1).Select(name => name.Column).OrderBy(column => column.Name, StringComparer.Ordinal)];
    }

    private async ValueTask<bool> IsInTimeAsync(Task<Heard> hearing, CancellationToken cancellationToken)
    {
        if (hearing.IsCompleted)
        {
            return true;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var silence = Task.Delay(Silence, ground.Time, stop.Token);
        var first = await Task.WhenAny(hearing, silence);
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first == hearing || hearing.IsCompleted;
    }

    private List<TimedReading> ReadingsOf(Heard heard)
    {
        var readings = new List<TimedReading>();
        var kind = heard.Outcome == LineOutcome.TooLong ? LineKind.Rejected : text.Read(heard.Text, values);
        if (kind == LineKind.Rejected)
        {
            Interlocked.Increment(ref rejected);
            trouble.Say(heard.Outcome == LineOutcome.TooLong
                ? new Words("its board writes a line without an end: is the baud rate right?", "bo mạch viết một dòng không có điểm kết thúc: tốc độ baud đúng chưa?")
                : new Words(
                    "its board writes lines that are not understood; write JSON, name=value unit, or numbers under a heading, with a decimal point",
                    "bo mạch viết những dòng không hiểu được; hãy viết JSON, ten=gia_tri don_vi, hoặc các số dưới dòng tiêu đề, dùng dấu chấm thập phân"));
            return readings;
        }

        if (kind == LineKind.Heading)
        {
            return readings;
        }

        Interlocked.Increment(ref understood);
        if (columns.IsEmpty)
        {
            if (!changed)
            {
                changed = true;
                SensorsLog.DeviceChanged(ground.Logger, Description.Name, line.Name);
                ground.OnChanged();
            }

            return readings;
        }

        foreach (var value in values)
        {
            var i = columns.Select((column, index) => (column, index)).FirstOrDefault(x => x.column.Name == value.Name, (null!, -1)).Item2;
            if (i < 0)
            {
                if (strangers.Count < 32 && strangers.Add(value.Name))
                {
                    SensorsLog.StrangeValue(ground.Logger, Description.Name, value.Name);
                }

                continue;
            }

            readings.Add(columns[i].Agrees(value.Unit)
                ? new TimedReading(i, TimedReading.OnArrival, value.Value, MissingReason.Unspecified)
                : new TimedReading(i, TimedReading.OnArrival, 0, MissingReason.Fault));
        }

        if (readings.Exists(reading => reading.Missing == MissingReason.Fault))
        {
            trouble.Say(new Words("its board writes another unit than declared", "bo mạch viết đơn vị khác với khai báo"));
        }
        else
        {
            trouble.Over();
        }

        readings.Sort((a, b) => a.Output.CompareTo(b.Output));
        return readings;
    }
}
