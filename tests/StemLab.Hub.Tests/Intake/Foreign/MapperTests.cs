using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using CsCheck;

namespace StemLab.Hub.Intake.Foreign;

public sealed class MapperTests
{
    [Theory]
    [InlineData("7.1", 7.1, null)]
    [InlineData("7,1", 7.1, null)]
    [InlineData(" 7.1\r\n", 7.1, null)]
    [InlineData("+7", 7, null)]
    [InlineData("-0,5", -0.5, null)]
    [InlineData(".5", 0.5, null)]
    [InlineData("1e3", 1000, null)]
    [InlineData("27.4 °C", 27.4, "Cel")]
    [InlineData("27,4°C", 27.4, "Cel")]
    [InlineData("81 %", 81, "%")]
    [InlineData("7.1 pH", 7.1, "[pH]")]
    [InlineData("12.5 mS/cm", 12.5, "mS/cm")]
    [InlineData("3.3V", 3.3, "V")]
    public void Numbers_as_people_write_them_are_read(string text, double value, string? unit)
    {
        Assert.Null(NumberText.Read(Encoding.UTF8.GetBytes(text), out var read, out var readUnit));
        Assert.Equal((value, unit), (read, readUnit));
    }

    [Fact]
    public void Any_finite_number_is_read_as_it_was_written() =>
        Gen.Double.Where(double.IsFinite).Sample(value =>
        {
            var text = value.ToString("R", CultureInfo.InvariantCulture);
            return NumberText.Read(Encoding.UTF8.GetBytes(text), out var read, out _) is null && BitConverter.DoubleToInt64Bits(read) == BitConverter.DoubleToInt64Bits(value);
        });

    [Fact]
    public void No_bytes_make_a_mapper_throw_or_hold_more_than_it_may() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Feed(bytes));

    [Fact]
    public void No_mutation_of_a_good_message_makes_a_mapper_throw() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 200], Gen.Byte).Array[1, 6].Sample(changes =>
        {
            var bytes = Good(changes[0].Item1);
            foreach (var (_, at, value) in changes)
            {
                bytes[at % bytes.Length] = value;
            }

            Feed(bytes);
        });

    [Fact]
    public void An_object_is_flattened_and_its_time_key_stamps_every_number()
    {
        var message = Json("""{"ts":1780000000,"ph":7.1,"probe":{"temp":28.4,"deep":{"ec":12}},"name":"pond","seq":9,"ok":true,"list":[1,{"x":2}]}""", out var wrong);
        Assert.Null(wrong);
        Assert.Equal(
            [("ph", 7.1), ("probe.temp", 28.4), ("probe.deep.ec", 12.0)],
            message.Readings.Select(reading => (message.KeyTextOf(reading), reading.Raw)));
        Assert.All(message.Readings, reading => Assert.Equal(1_780_000_000_000_000, reading.SentUtcUs));
        Assert.Equal(4, message.IgnoredKeys);
    }

    [Theory]
    [InlineData("1780000000", 1_780_000_000_000_000)]
    [InlineData("1780000000.5", 1_780_000_000_500_000)]
    [InlineData("1780000000123", 1_780_000_000_123_000)]
    [InlineData("1780000000123456", 1_780_000_000_123_456)]
    [InlineData("1780000000123456000", 1_780_000_000_123_456)]
    [InlineData("\"2026-05-28T20:26:40Z\"", 1_780_000_000_000_000)]
    [InlineData("\"2026-05-29T03:26:40+07:00\"", 1_780_000_000_000_000)]
    public void Times_in_any_common_form_are_recognised(string time, long utcUs)
    {
        foreach (var key in (string[])["ts", "time", "timestamp", "t", "Time"])
        {
            var message = Json($$"""{"{{key}}":{{time}},"ph":7.1}""", out _);
            Assert.Equal(utcUs, Assert.Single(message.Readings).SentUtcUs);
        }
    }

    [Fact]
    public void A_time_without_zone_is_nobodys_hour_and_not_used()
    {
        var message = Json("""{"Time":"2026-06-01T10:00:00","ph":7.1}""", out _);
        Assert.True(message.HasUnusableTime);
        Assert.Null(Assert.Single(message.Readings).SentUtcUs);
    }

    [Fact]
    public void A_small_t_is_a_temperature_and_no_time()
    {
        var message = Json("""{"t":28.4,"h":60}""", out _);
        Assert.Equal(["t", "h"], message.Readings.Select(reading => message.KeyTextOf(reading)));
    }

    [Fact]
    public void More_than_64_keys_are_refused()
    {
        Json("{" + string.Join(',', Enumerable.Range(0, 65).Select(i => $"\"k{i}\":1")) + "}", out var wrong);
        Assert.Equal(IntakeCount.RejectedTooManyKeys, wrong);
        Json("{" + string.Join(',', Enumerable.Range(0, 64).Select(i => $"\"k{i}\":1")) + "}", out wrong);
        Assert.Null(wrong);
    }

    [Fact]
    public void An_object_longer_than_16_kB_is_refused()
    {
        Json("{\"a\":1,\"b\":\"" + new string('x', 16 * 1024) + "\"}", out var wrong);
        Assert.Equal(IntakeCount.RejectedTooLong, wrong);
    }

    [Fact]
    public void SenML_base_fields_carry_over_and_times_add_up()
    {
        var message = new MappedMessage();
        var pack = """[{"bn":"urn:dev:pond:","bt":1780000000,"bu":"Cel","n":"temp","v":28.4},{"n":"temp","t":5,"v":28.5},{"n":"ph","u":"pH","t":-5,"v":7.1},{"n":"note","vs":"x"}]""";
        Assert.Null(SenmlMapper.ReadJson(Encoding.UTF8.GetBytes(pack), null, message));
        Assert.Equal(
            [("temp", 28.4, "Cel", 1_780_000_000_000_000), ("temp", 28.5, "Cel", 1_780_000_005_000_000), ("ph", 7.1, "[pH]", 1_779_999_995_000_000L)],
            message.Readings.Select(reading => (message.KeyTextOf(reading), reading.Raw, reading.Unit!, reading.SentUtcUs!.Value)));
        Assert.Equal(1, message.IgnoredKeys);
    }

    [Fact]
    public void SenML_relative_times_count_from_the_arrival()
    {
        var message = new MappedMessage();
        Assert.Null(SenmlMapper.ReadJson("""[{"n":"ph","t":-10,"v":7.1}]"""u8, 1_780_000_000_000_000, message));
        Assert.Equal(1_779_999_990_000_000, Assert.Single(message.Readings).SentUtcUs);
    }

    [Fact]
    public void SenML_CBOR_is_read_like_JSON()
    {
        var message = new MappedMessage();
        Assert.Null(SenmlMapper.ReadCbor(Good(3), null, message));
        Assert.Equal(
            [("temp", 28.5, "Cel", 1_780_000_000_000_000), ("ph", 7.25, "[pH]", 1_780_000_002_000_000L)],
            message.Readings.Select(reading => (message.KeyTextOf(reading), reading.Raw, reading.Unit!, reading.SentUtcUs!.Value)));
    }

    [Theory]
    [InlineData("lab/pond/ph", "lab/pond", "ph", "lab/pond/ph")]
    [InlineData("ph", "ph", "ph", "ph")]
    [InlineData("lab/pond/data", "lab/pond", "data", "lab/pond")]
    [InlineData("tele/pond/SENSOR", "tele/pond", "SENSOR", "tele/pond")]
    [InlineData("node/sensor/water_ph/state", "node", "water_ph", "node/sensor/water_ph")]
    public void A_topic_names_its_device_by_a_documented_rule(string topic, string numberDevice, string numberPort, string objectDevice)
    {
        var rule = TopicRule.Of(topic);
        Assert.Equal((numberDevice, numberPort, objectDevice), (rule.NumberDevice, rule.NumberPort, rule.ObjectDevice));
    }

    private static MappedMessage Json(string text, out IntakeCount? wrong)
    {
        var message = new MappedMessage();
        wrong = JsonMapper.Read(Encoding.UTF8.GetBytes(text), message);
        return message;
    }

    private static void Feed(byte[] bytes)
    {
        var message = new MappedMessage();
        NumberText.Read(bytes, out var value, out _);
        Assert.True(double.IsFinite(value) || value != 0);
        JsonMapper.Read(bytes, message);
        Assert.True(message.Readings.Count <= MappedMessage.MaxReadings);
        message.Clear();
        SenmlMapper.ReadJson(bytes, 0, message);
        message.Clear();
        SenmlMapper.ReadCbor(bytes, 0, message);
        Assert.True(message.Readings.Count <= MappedMessage.MaxReadings);
    }

    private static byte[] Good(int which) => which switch
    {
        0 => Encoding.UTF8.GetBytes("""{"ts":1780000000,"ph":7.1,"probe":{"temp":28.4}}"""),
        1 => Encoding.UTF8.GetBytes("""[{"bn":"urn:dev:pond:","bt":1780000000,"bu":"Cel","n":"temp","v":28.4},{"n":"ph","u":"pH","v":7}]"""),
        2 => Encoding.UTF8.GetBytes("27.4 °C"),
        _ => Cbor(),
    };

    /// <summary>[{-3: 1780000000.0, -4: "Cel", 0: "temp", 2: half 28.5}, {0: "ph", 1: "pH", 6: 2, 2: 7.25f}]</summary>
    private static byte[] Cbor()
    {
        List<byte> bytes = [0x82, 0xA4, 0x22, 0xFB];
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(number, 1_780_000_000);
        bytes.AddRange(number);
        bytes.AddRange([0x23, 0x63, .. "Cel"u8, 0x00, 0x64, .. "temp"u8, 0x02, 0xF9]);
        BinaryPrimitives.WriteHalfBigEndian(number, (Half)28.5);
        bytes.AddRange(number[..2]);
        bytes.AddRange([0xA4, 0x00, 0x62, .. "ph"u8, 0x01, 0x62, .. "pH"u8, 0x06, 0x02, 0x02, 0xFA]);
        BinaryPrimitives.WriteSingleBigEndian(number, 7.25f);
        bytes.AddRange(number[..4]);
        return [.. bytes];
    }
}
