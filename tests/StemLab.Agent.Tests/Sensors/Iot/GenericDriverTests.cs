extern alias contract;

using System.Buffers.Binary;
using System.Device.Gpio;
using System.Device.I2c;
using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent.Operations;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.I2c;
using StemLab.IotBindings;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Iot;

/// <summary>A device nobody has named: its driver by type, its values by members; in the package where this build has it, else in the signatures of the contract.</summary>
public sealed class GenericDriverTests : IDisposable
{
    private const string Outputs = "Temperature.DegreesCelsius=air_temperature:Cel";
    private static readonly Assembly Library = IotDevices.IsBuiltIn ? Assembly.Load("Iot.Device.Bindings") : typeof(contract::Iot.Device.Mcp9808.Mcp9808).Assembly;
    private readonly EzoBench bench = new();

    [Theory]
    [InlineData(0x0194, 25.25)]
    [InlineData(0x1FF8, -0.5)]
    public async Task A_driver_named_by_its_type_reads_a_chip_on_the_bus(int register, double celsius)
    {
        bench.Wire.Chips[0x18] = new Mcp9808Chip((ushort)register);
        await using var probe = Probe(Recipe("Mcp9808.Mcp9808", Outputs));
        Assert.Equal(celsius, (await bench.ReadAsync(probe))[0].Value);
        Assert.Equal(("box", "air_temperature", "Cel"), (probe.Description.Outputs[0].Port, probe.Description.Outputs[0].Quantity, probe.Description.Outputs[0].UnitUcum));
        bench.Wire.Chips.Clear();
        Assert.Equal(MissingReason.Absent, (await bench.ReadAsync(probe))[0].Missing);
        bench.Wire.Chips[0x18] = new Mcp9808Chip((ushort)register);
        Assert.Equal(celsius, (await bench.ReadAsync(probe))[0].Value);
    }

    [Theory]
    [InlineData("Mcp9809.Mcp9809", Outputs, "Driver: there is no Iot.Device.Mcp9809.Mcp9809")]
    [InlineData("Mcp9808", "Temperature=air_temperature:Cel", "Outputs: Temperature is a Temperature, not a number; it has")]
    [InlineData("Mcp9808", "Celsius=air_temperature:Cel", "Outputs: Mcp9808 has no Celsius; it has")]
    [InlineData("Mcp9808(i2c, 5)", Outputs, "Driver: Mcp9808 cannot be made with (i2c, 5); it takes (I2cDevice")]
    [InlineData("Mcp9808(7)", Outputs, "Driver: Mcp9808 cannot be made with (7)")]
    [InlineData("Mcp9808; Heat()", Outputs, "Driver: Mcp9808 has no Heat() that can be called like this")]
    [InlineData("Mcp9808; Level=High", Outputs, "Driver: Mcp9808.Level cannot be set to High")]
    public void What_the_library_has_not_is_said_with_what_it_has(string driver, string outputs, string sentence) =>
        Assert.StartsWith(sentence, Assert.Single(GenericDriver.Problems(Recipe(driver, outputs), Library)), StringComparison.Ordinal);

    [Theory]
    [InlineData("", Outputs, "Driver: missing")]
    [InlineData("Mcp 9808", Outputs, "Driver: 'Mcp 9808' is not like")]
    [InlineData("Mcp9808(i2c", Outputs, "is not like")]
    [InlineData("Mcp9808;", Outputs, "is not like")]
    [InlineData("Mcp9808", "", "Outputs: '' is not MEMBER=PROPERTY:UNIT")]
    [InlineData("Mcp9808", "Temperature=Cel", "is not MEMBER=PROPERTY:UNIT")]
    [InlineData("Mcp9808", "T.V=Air Temp:Cel", "Outputs: 'Air Temp' is no observed property")]
    [InlineData("Mcp9808", "A=x:1, B=x:1", "Outputs: x is there twice")]
    public void Texts_out_of_form_are_refused_with_what_to_write(string driver, string outputs, string sentence)
    {
        Assert.Null(IotRecipe.Read(driver, outputs, out var problem));
        Assert.Contains(sentence, problem, StringComparison.Ordinal);
    }

    /// <summary>All at once: pins, constants of every sort, a setting, a call, two values of one measurement, out, a pair, nothing just now, a flag.</summary>
    [Fact]
    public void A_driver_is_made_set_up_read_once_a_moment_and_closed_with_all_it_was_handed()
    {
        using var pins = new ClosingPins();
        var recipe = Recipe("OddDriver(gpio, 4, Fast, FromOhms(430), true); Gain=Twice; Begin(3)", "Measure().Item1=a:1, Measure().Item2=b:1, TryGet(_, out)=c:1, TryGet(out, _)=d:1, Sometimes=e:1, IsWet=f:1");
        Assert.Empty(GenericDriver.Problems(recipe, typeof(OddDriver).Assembly));
        Assert.False(recipe.IsOnI2c);
        using (var reader = GenericDriver.Open(recipe, typeof(OddDriver).Assembly, new IotSeat(null, (_, _) => throw new IOException("no SPI here"), () => pins)))
        {
            // 4 pins + Fast 1 + 430 ohms + true 1, times Gain 2, plus Begin 3; each measurement one more.
            Assert.Equal([875, 1, 8.5, null, null, 1], reader.Read());
            Assert.Equal([876, 2, 8.5, null, null, 1], reader.Read());
            Assert.False(OddDriver.IsClosed);
        }

        Assert.True(OddDriver.IsClosed && pins.IsClosed);
    }

    [Fact]
    public void A_driver_that_fails_while_it_is_made_leaves_no_pin_open()
    {
        using var pins = new ClosingPins();
        var recipe = Recipe("OddDriver(gpio, -1)", "IsWet=f:1");
        var thrown = Assert.Throws<IOException>(() => GenericDriver.Open(recipe, typeof(OddDriver).Assembly, new IotSeat(null, (_, _) => throw new IOException("no SPI here"), () => pins)));
        Assert.Contains("no such pin", thrown.Message, StringComparison.Ordinal);
        Assert.True(pins.IsClosed);
    }

    /// <summary>No text reaches a driver: no file is opened and no program started by configuration.</summary>
    [Fact]
    public void Texts_are_no_arguments() =>
        Assert.Contains("cannot be made", Assert.Single(GenericDriver.Problems(Recipe("FileDriver(i2c, secret)", "Size=a:1"), typeof(FileDriver).Assembly)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "Kind": "iot", "Driver": "Mcp9808", "Outputs": "Temperature.DegreesCelsius=air_temperature:Cel" }""", "Sources[0].Address: missing")]
    [InlineData("""{ "Kind": "iot", "Driver": "Mcp9808", "Address": 24, "Channel": "1", "Outputs": "Temperature.DegreesCelsius=air_temperature:Cel" }""", "Sources[0].Channel: '1' is not the chip select")]
    [InlineData("""{ "Kind": "iot", "Address": 24 }""", "Sources[0].Driver: missing")]
    public void A_source_that_cannot_be_meant_is_refused(string source, string sentence)
    {
        _ = AgentConfiguration.Read($$"""{ "AgentId": "0123456789abcdef0123456789abcdef", "Token": "x", "Sources": [ {{source}} ] }""", null, out var problems);
        Assert.StartsWith(sentence, Assert.Single(problems, problem => !problem.Contains(IotDevices.HowToGetIt, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(IotDevices.IsBuiltIn ? 1 : 2, problems.Count);
    }

    [Fact]
    public async Task Where_the_build_has_the_package_agent_json_measures_with_it_and_elsewhere_it_says_how_to_get_it()
    {
        var source = new SourceOptions { Kind = "iot", Port = "box", Driver = "Mcp9808.Mcp9808", Address = 24, Outputs = Outputs };
        if (!IotDevices.IsBuiltIn)
        {
            Assert.Contains("-p:StemLabIotBindings=true", Assert.Single(source.Problems("Sources[0]")), StringComparison.Ordinal);
            return;
        }

        Assert.Empty(source.Problems("Sources[0]"));
        bench.Wire.Chips[0x18] = new Mcp9808Chip(0x0194);
        using var shelf = new ProbeShelf(bench.Wire.Open, bench.Sysfs, bench.Time, NullLoggerFactory.Instance);
        var (probes, _) = await shelf.OpenAsync([source, source with { Kind = "iot-mcp9808", Port = "named", Driver = "", Outputs = "" }], TimeSpan.Zero, () => { }, TestContext.Current.CancellationToken);
        foreach (var probe in probes)
        {
            Assert.Equal(25.25, (await bench.ReadAsync(probe))[0].Value);
            await probe.DisposeAsync();
        }
    }

    public void Dispose() => bench.Dispose();

    private static IotRecipe Recipe(string driver, string outputs) => IotRecipe.Read(driver, outputs, out var problem) ?? throw new InvalidOperationException(problem);

    private IotProbe Probe(IotRecipe recipe) => new(
        new IotDevice(recipe.Driver, 0x18, [.. recipe.Values.Select(value => (value.Quantity, value.UnitUcum))]),
        address => GenericDriver.Open(recipe, Library, new IotSeat(address, (_, _) => throw new IOException("no SPI here"), () => throw new IOException("no pins here"))),
        IotPlace.On(bench.Bus, 0x18), "box", TimeSpan.FromSeconds(1), bench.Ground);

    /// <summary>MCP9808 (datasheet DS20005095): a pointer, then two bytes; 6 = manufacturer 0x0054, 7 = device 0x0400.</summary>
    private sealed class Mcp9808Chip(ushort temperature) : SimulatedChip
    {
        private byte pointer;

        public override void Write(ReadOnlySpan<byte> bytes) => pointer = bytes[0];

        public override void Read(Span<byte> into)
        {
            Span<byte> word = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(word, pointer switch { 5 => temperature, 6 => 0x0054, 7 => 0x0400, _ => 0 });
            word[..into.Length].CopyTo(into);
        }
    }

    /// <summary>Pins that say whether they were closed; the rest of them is a real controller's, on no chip.</summary>
    private sealed class ClosingPins() : GpioController(new NoPins())
    {
        public bool IsClosed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }

    private sealed class NoPins : GpioDriver
    {
        protected override int PinCount => 0;

        protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
        {
        }

        protected override void ClosePin(int pinNumber)
        {
        }

        protected override PinMode GetPinMode(int pinNumber) => PinMode.Input;

        protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => false;

        protected override void OpenPin(int pinNumber) => throw new IOException("no such pin");

        protected override PinValue Read(int pinNumber) => PinValue.Low;

        protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback)
        {
        }

        protected override void SetPinMode(int pinNumber, PinMode mode)
        {
        }

        protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) => new() { TimedOut = true };

        protected override void Write(int pinNumber, PinValue value)
        {
        }
    }
}

/// <summary>How fast.</summary>
public enum OddSpeed
{
    Slow,
    Fast,
}

/// <summary>How strong.</summary>
public enum OddGain
{
    Once = 1,
    Twice = 2,
}

/// <summary>A quantity as UnitsNet writes them.</summary>
public readonly struct OddResistance
{
    public double Ohms { get; private init; }

    public static OddResistance FromOhms(double value) => new() { Ohms = value };
}

/// <summary>A driver with a bit of everything that those of the package have.</summary>
public sealed class OddDriver : IDisposable
{
    private readonly double sum;
    private int begun;
    private int measured;

    public OddDriver(GpioController controller, int pin, OddSpeed speed = OddSpeed.Slow, OddResistance reference = default, bool isOn = false)
    {
        ArgumentNullException.ThrowIfNull(controller);
        sum = pin >= 0 ? pin + (int)speed + reference.Ohms + (isOn ? 1 : 0) : throw new IOException("no such pin");
        IsClosed = false;
    }

    public static bool IsClosed { get; private set; }

    public OddGain Gain { get; set; } = OddGain.Once;

    public float? Sometimes => null;

    public bool IsWet => begun > 0;

    public void Begin(int at) => begun = at;

    public (double Sum, int Times) Measure() => ((sum * (int)Gain) + begun + measured, ++measured);

    public bool TryGet(out double? first, out double second)
    {
        (first, second) = (null, 8.5);
        return IsWet;
    }

    public void Dispose() => IsClosed = true;
}

/// <summary>A driver that would read any file it is told.</summary>
public sealed class FileDriver(I2cDevice device, string path)
{
    public int Size => device.ConnectionSettings.BusId + path.Length;
}
