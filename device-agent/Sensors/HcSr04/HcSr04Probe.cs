using System.Device.Gpio;
using System.Globalization;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.HcSr04;

/// <summary>
/// An HC-SR04 ultrasonic range finder on two GPIO pins. Three pings a reading, the middle one counts: a program on Linux may be held up for a moment, and then a ping seems too long. One reader.
/// </summary>
/// <remarks>Elecfreaks user guide HC-SR04: 10 µs on the trigger, echo as long as the sound is under way, 60 ms between pings; 2 cm to 4 m. Speed of sound in air at 20 °C: 343.2 m/s.</remarks>
internal sealed class HcSr04Probe : IProbe
{
    /// <summary>Three pings and the pauses between them.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(300);

    private const int Pings = 3;
    private const double MetresPerSecond = 343.2;
    private const double Nearest = 0.02;
    private const double Farthest = 4.5;
    private static readonly TimeSpan Trigger = TimeSpan.FromMicroseconds(10);
    private static readonly TimeSpan Start = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private readonly Func<GpioController> open;
    private readonly int trigger;
    private readonly int echo;
    private readonly TimeProvider time;
    private readonly TroubleLine trouble;
    private readonly double[] metres = new double[Pings];
    private GpioController? pins;

    /// <param name="open">Opens the machine's pins.</param>
    /// <param name="trigger">GPIO number of the trigger.</param>
    /// <param name="echo">GPIO number of the echo.</param>
    /// <param name="port">Port of its input.</param>
    /// <param name="interval">Time between readings.</param>
    /// <param name="ground">For its troubles.</param>
    public HcSr04Probe(Func<GpioController> open, int trigger, int echo, string port, TimeSpan interval, Ground ground)
    {
        (this.open, this.trigger, this.echo, time) = (open, trigger, echo, ground.Time);
        var name = string.Create(CultureInfo.InvariantCulture, $"{port} (HC-SR04, GPIO {trigger} and {echo})");
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, interval, [new OutputDescription(port, "distance", "m") { BoardSettings = "343.2 m/s, middle of 3", ProbeModel = "HC-SR04" }]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        into.Span[0] = RawReading.Without(0, MissingReason.Fault);
        if (!TryOpen())
        {
            into.Span[0] = RawReading.Without(0, MissingReason.Absent);
            return;
        }

        for (var i = 0; i < Pings; i++)
        {
            if (i > 0)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }

            if (Ping() is not { } seconds)
            {
                trouble.Say(new Words(
                    "it does not answer: are trigger and echo the right way round, has it 5 V, and the echo a divider to 3.3 V?",
                    "nó không trả lời: chân trigger và echo có đúng chiều không, có nguồn 5 V không, chân echo có mạch chia áp xuống 3,3 V không?"));
                return;
            }

            metres[i] = seconds * MetresPerSecond / 2;
        }

        Array.Sort(metres);
        var middle = Math.Round(metres[Pings / 2], 4);
        if (middle is < Nearest or > Farthest)
        {
            trouble.Say(new Words("nothing is between 2 cm and 4 m before it", "không có vật gì ở trước nó trong khoảng từ 2 cm đến 4 m"));
            into.Span[0] = RawReading.Without(0, MissingReason.OutOfRange);
            return;
        }

        trouble.Over();
        into.Span[0] = RawReading.Of(0, middle);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        pins?.Dispose();
        pins = null;
        return ValueTask.CompletedTask;
    }

    private bool TryOpen()
    {
        if (pins is not null)
        {
            return true;
        }

        GpioController? opening = null;
        try
        {
            opening = open();
            opening.OpenPin(trigger, PinMode.Output, PinValue.Low);
            opening.OpenPin(echo, PinMode.Input);
            pins = opening;
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or InvalidOperationException or DllNotFoundException or ArgumentException)
        {
            opening?.Dispose();
            trouble.Say(new Words(
                $"the pins cannot be opened ({failure.Message}); another program may have them, or this one is not in the group gpio, or libgpiod is missing",
                $"không mở được các chân ({failure.Message}); có thể chương trình khác đang dùng, hoặc chương trình này không thuộc nhóm gpio, hoặc thiếu libgpiod"));
            return false;
        }
    }

    /// <summary>Time the echo lasted, s; null where there was none. Blocks for 40 ms at most.</summary>
    private double? Ping()
    {
        pins!.Write(trigger, PinValue.High);
        _ = SpinWhile(PinValue.Low, trigger: true, Trigger);
        pins.Write(trigger, PinValue.Low);
        return SpinWhile(PinValue.Low, trigger: false, Start) is null ? null : SpinWhile(PinValue.High, trigger: false, Longest) ?? Longest.TotalSeconds;
    }

    /// <summary>Time for which the echo kept a level, s; null where it still keeps it at the limit. For the trigger only the time counts.</summary>
    private double? SpinWhile(PinValue level, bool trigger, TimeSpan limit)
    {
        var from = time.GetTimestamp();
        while (true)
        {
            var isOver = pins!.Read(echo) != level && !trigger;
            var since = time.GetElapsedTime(from);
            if (isOver)
            {
                return since.TotalSeconds;
            }

            if (since >= limit)
            {
                return null;
            }
        }
    }
}
