namespace StemLab.Agent.Operations;

/// <summary>A source that cannot be meant is refused with one sentence that says what to write instead.</summary>
public sealed class SourceKindsTests
{
    private const string Kinds = "ezo-ph, ezo-ec, ezo-do, ezo-orp, ezo-rtd, iio, hwmon, ds18b20, ads1115, analog-ph, analog-turbidity, analog-tds, analog-do, scd4x, scd30, tsl2591, ina219, serial, nmea, gpsd, hc-sr04, iot-sht4x, iot-si7021, iot-mcp9808, iot-mlx90614, iot-max44009, iot-mpu6050, iot, replay";

    [Theory]
    [InlineData("""{ "Kind": "ezo-oxygen" }""", "Sources[0].Kind: 'ezo-oxygen' is not one of " + Kinds)]
    [InlineData("""{ }""", "Sources[0].Kind: missing; one of " + Kinds)]
    [InlineData("""{ "Kind": "ezo-ph", "IntervalSeconds": 0.5 }""", "Sources[0].IntervalSeconds: 0.5 is less than the 1 s this circuit needs for a reading")]
    [InlineData("""{ "Kind": "ezo-do", "IntervalSeconds": 0.5 }""", "Sources[0].IntervalSeconds: 0.5 is less than the 0.7 s this circuit needs for a reading")]
    [InlineData("""{ "Kind": "ezo-ph", "Address": 2 }""", "Sources[0].Address: 2 is not an I2C address, 3 to 119")]
    [InlineData("""{ "Kind": "ezo-ph", "Bus": -1 }""", "Sources[0].Bus: -1 is not the N of a /dev/i2c-N")]
    [InlineData("""{ "Kind": "ezo-ec", "Outputs": "EC,SALT" }""", "Sources[0].Outputs: 'EC,SALT' is not some of EC,TDS,S,SG")]
    [InlineData("""{ "Kind": "ezo-ph", "Outputs": "pH" }""", "Sources[0].Outputs: 'pH', but ezo-ph has nothing to choose; leave it out")]
    [InlineData("""{ "Kind": "ezo-ph", "Port": "Ao Sen" }""", "Sources[0].Port: 'Ao Sen' is not 1 to 64 of a-z, 0-9, - / . _")]
    [InlineData("""{ "Kind": "ezo-rtd", "TemperatureFrom": "t" }""", "Sources[0].TemperatureFrom: ezo-rtd is not compensated with a temperature; leave it out")]
    [InlineData("""{ "Kind": "ezo-ph", "TemperatureFrom": "t" }""", "Sources[0].TemperatureFrom: 't' is not the port of a ds18b20 or ezo-rtd source; there is none")]
    [InlineData("""{ "Kind": "ezo-ph", "TemperatureFrom": "t" }, { "Kind": "ezo-rtd" }""", "Sources[0].TemperatureFrom: 't' is not the port of a ds18b20 or ezo-rtd source; there is ezo-rtd-i2c1-102")]
    [InlineData("""{ "Kind": "ezo-ph" }, { "Kind": "ezo-ec", "Address": 99 }""", "Sources[1].Address: 99 on i2c-1 is also that of Sources[0]; two circuits need two addresses")]
    [InlineData("""{ "Kind": "ezo-ph", "Port": "a" }, { "Kind": "ezo-ec", "Port": "a" }""", "Sources[1].Port: 'a' is also the port of Sources[0]; give each a Port of its own")]
    [InlineData("""{ "Kind": "ds18b20", "Serial": "28-75F" }""", "Sources[0].Serial: '28-75F' is not 28- and 12 lowercase hex digits, for example 28-0000075f1a2b (stemlab-agent detect lists those there are)")]
    [InlineData("""{ "Kind": "ds18b20", "IntervalSeconds": 0.2 }""", "Sources[0].IntervalSeconds: 0.2 is less than 1; a DS18B20 measures for 0.75 s")]
    [InlineData("""{ "Kind": "ds18b20", "Serial": "28-0000075f1a2b" }, { "Kind": "ds18b20" }""", "Sources[1].Serial: '' and that of Sources[0] may be one probe; give each its own (stemlab-agent detect lists them)")]
    [InlineData("""{ "Kind": "iio", "Port": "a" }, { "Kind": "iio", "Serial": "1-0076" }""", "Sources[1].Serial: '1-0076' and that of Sources[0] may be one probe; give each its own (stemlab-agent detect lists them)")]
    [InlineData("""{ "Kind": "hwmon", "TemperatureFrom": "t" }""", "Sources[0].TemperatureFrom: hwmon is not compensated with a temperature; leave it out")]
    [InlineData("""{ "Kind": "analog-ph", "Address": 99 }""", "Sources[0].Address: an ADS1115 is at 72 to 75 (its pin ADDR to GND, VDD, SDA, SCL), not at 99")]
    [InlineData("""{ "Kind": "ads1115", "Channel": "4" }""", "Sources[0].Channel: '4' is not one of 0, 0-1, 0-3, 1, 1-3, 2, 2-3, 3")]
    [InlineData("""{ "Kind": "ads1115", "Range": 5 }""", "Sources[0].Range: 5 is not one of 6.144, 4.096, 2.048, 1.024, 0.512, 0.256 V")]
    [InlineData("""{ "Kind": "scd4x" }""", "Sources[0].IntervalSeconds: 1 is less than the 5 s a scd4x needs for a reading")]
    [InlineData("""{ "Kind": "scd30", "Address": 99, "IntervalSeconds": 2 }""", "Sources[0].Address: a scd30 is always at 97; leave it out")]
    [InlineData("""{ "Kind": "scd4x", "IntervalSeconds": 5 }, { "Kind": "ezo-orp" }""", "Sources[1].Address: 98 on i2c-1 is also that of Sources[0]; two circuits need two addresses")]
    [InlineData("""{ "Kind": "ezo-ph", "Path": "/dev/ttyAMA0", "Baud": 5 }""", "Sources[0].Baud: 5 is not 300 to 4000000")]
    [InlineData("""{ "Kind": "hc-sr04", "Channel": "23" }""", "Sources[0].Channel: '23' is not the GPIO numbers of trigger and echo, 0 to 27, for example 23,24")]
    [InlineData("""{ "Kind": "nmea" }""", "Sources[0].Serial: missing; the name of the port in /dev/serial/by-id, or a Path like /dev/ttyAMA0 (stemlab-agent detect lists those there are)")]
    [InlineData("""{ "Kind": "serial", "Serial": "a", "Outputs": "Temp C" }""", "Sources[0].Outputs: 'Temp C' is not like temp, light:lx: names in lower case, each with a unit where it is not the usual one")]
    [InlineData("""{ "Kind": "serial", "Path": "/dev/ttyUSB0" }, { "Kind": "nmea", "Path": "/dev/ttyUSB0" }""", "Sources[1].Path: /dev/ttyUSB0 is also that of Sources[0]; one port serves one source")]
    [InlineData("""{ "Kind": "gpsd", "Path": "boat" }""", "Sources[0].Path: 'boat' is not host:port, for example 127.0.0.1:2947")]
    [InlineData("""{ "Kind": "replay" }""", "Sources[0].Path: missing; a replay plays a CSV or CSV.gz file")]
    public void Each_mistake_has_its_sentence(string sources, string sentence) => Assert.Equal([sentence], Problems(sources));

    [Fact]
    public void Every_kind_is_right_with_its_defaults()
    {
        Assert.Empty(Problems("""
            { "Kind": "ezo-rtd" }, { "Kind": "ezo-ph", "TemperatureFrom": "ezo-rtd-i2c1-102" }, { "Kind": "ezo-ec", "Outputs": "EC,S" }, { "Kind": "ezo-do" },
            { "Kind": "ds18b20" }, { "Kind": "replay", "Path": "a.csv" }, { "Kind": "replay", "Path": "b.csv" }
            """));
    }

    private static IReadOnlyList<string> Problems(string sources)
    {
        _ = AgentConfiguration.Read($$"""{ "AgentId": "0123456789abcdef0123456789abcdef", "Token": "x", "Sources": [ {{sources}} ] }""", null, out var problems);
        return problems;
    }
}
