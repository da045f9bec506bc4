using System.Device.Gpio;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.HcSr04;

/// <summary>The time sound is under way becomes a distance; what takes too long, or never begins, does not.</summary>
public sealed class HcSr04Tests : IDisposable
{
    private readonly EzoBench bench = new();

    [Theory]
    [InlineData(0.05)]
    [InlineData(1)]
    [InlineData(3.9)]
    public async Task The_distance_is_right_to_the_time_of_one_look(double metres)
    {
        var pins = new SimulatedPins(bench.Time) { Metres = metres };
        await using var probe = Probe(pins);
        Assert.InRange((await bench.ReadAsync(probe))[0].Value, metres - 0.003, metres + 0.003);
        Assert.Equal(3, pins.Pings);
    }

    [Fact]
    public async Task One_ping_that_was_held_up_does_not_count()
    {
        var pins = new SimulatedPins(bench.Time) { Metres = 1, Delays = [TimeSpan.FromMilliseconds(5), TimeSpan.Zero, TimeSpan.Zero] };
        await using var probe = Probe(pins);
        Assert.InRange((await bench.ReadAsync(probe))[0].Value, 0.997, 1.003);
    }

    [Fact]
    public async Task Nothing_before_it_is_out_of_range_and_no_echo_is_a_fault()
    {
        var pins = new SimulatedPins(bench.Time) { Metres = 20 };
        await using var probe = Probe(pins);
        Assert.Equal(MissingReason.OutOfRange, (await bench.ReadAsync(probe))[0].Missing);
        pins.Metres = double.NaN;
        Assert.Equal(MissingReason.Fault, (await bench.ReadAsync(probe))[0].Missing);
        Assert.Contains("chia áp", Assert.Single(bench.Ground.Troubles.Now).Words.Vi, StringComparison.Ordinal);
        pins.Metres = 1;
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
        Assert.Empty(bench.Ground.Troubles.Now);
    }

    [Fact]
    public async Task Pins_that_cannot_be_opened_are_absent_and_tried_again()
    {
        var pins = new SimulatedPins(bench.Time) { Metres = 1 };
        var isFree = false;
        await using var probe = new HcSr04Probe(() => isFree ? new GpioController(pins) : throw new IOException("busy"), 23, 24, "wall", TimeSpan.FromSeconds(1), bench.Ground);
        Assert.Equal(MissingReason.Absent, (await bench.ReadAsync(probe))[0].Missing);
        isFree = true;
        Assert.Equal(ReadStatus.Raw, (await bench.ReadAsync(probe))[0].Status);
    }

    public void Dispose() => bench.Dispose();

    private HcSr04Probe Probe(SimulatedPins pins) => new(() => new GpioController(pins), 23, 24, "wall", TimeSpan.FromSeconds(1), bench.Ground);

    /// <summary>Two pins with a range finder on them; every look at the echo takes 10 µs.</summary>
    private sealed class SimulatedPins(Microsoft.Extensions.Time.Testing.FakeTimeProvider time) : GpioDriver
    {
        private static readonly TimeSpan Look = TimeSpan.FromMicroseconds(10);
        private DateTimeOffset risesAt = DateTimeOffset.MaxValue;
        private bool wasHigh;
        private DateTimeOffset fallsAt = DateTimeOffset.MaxValue;

        public double Metres { get; set; }

        public TimeSpan[] Delays { get; init; } = [];

        public int Pings { get; private set; }

        protected override int PinCount => 28;

        protected override void OpenPin(int pinNumber)
        {
            // Nothing to open.
        }

        protected override void ClosePin(int pinNumber)
        {
            // Nothing to close.
        }

        protected override void SetPinMode(int pinNumber, PinMode mode) => Assert.Equal(pinNumber == 23 ? PinMode.Output : PinMode.Input, mode);

        protected override PinMode GetPinMode(int pinNumber) => pinNumber == 23 ? PinMode.Output : PinMode.Input;

        protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

        protected override PinValue Read(int pinNumber)
        {
            time.Advance(Look);
            var now = time.GetUtcNow();
            return now >= risesAt && now < fallsAt;
        }

        protected override void Write(int pinNumber, PinValue value)
        {
            var isTriggered = wasHigh && value == PinValue.Low;
            wasHigh = value == PinValue.High;
            if (!isTriggered || double.IsNaN(Metres))
            {
                risesAt = fallsAt = DateTimeOffset.MaxValue;
                return;
            }

            risesAt = time.GetUtcNow() + TimeSpan.FromMicroseconds(400);
            fallsAt = risesAt + TimeSpan.FromSeconds(Metres * 2 / 343.2) + (Pings < Delays.Length ? Delays[Pings] : TimeSpan.Zero);
            Pings++;
        }

        protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) => throw new NotSupportedException();

        protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback) => throw new NotSupportedException();

        protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) => throw new NotSupportedException();
    }
}
