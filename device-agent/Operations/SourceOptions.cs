namespace StemLab.Agent.Operations;

/// <summary>One thing to measure, as written in agent.json. Which keys count depends on the kind.</summary>
internal sealed record SourceOptions
{
    private const int LongestLabel = 100;

    /// <summary>One of <see cref="SourceKinds.All"/>. Required.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Name of the port in the catalogue, [a-z0-9-/._]{1,64}. Default: the kind with what tells it from others, ds18b20-SERIAL or ezo-ph-i2c1-99. A replay takes its ports from the file.</summary>
    public string Port { get; init; } = "";

    /// <summary>What it is called on the pages, up to 100 characters. Default empty: the drawer's own words.</summary>
    public string Label { get; init; } = "";

    /// <summary>I2C bus number (ezo-*). Default 1.</summary>
    public int Bus { get; init; } = 1;

    /// <summary>I2C address, 3 to 119 (ezo-*); 0 = the kind's factory address.</summary>
    public int Address { get; init; }

    /// <summary>Which one (ds18b20: 28-xxxxxxxxxxxx; iio, hwmon: its place, 1-0076, or its name where only one has it; a serial port: its name in /dev/serial/by-id); empty = the only one there is.</summary>
    public string Serial { get; init; } = "";

    /// <summary>What is taken of it. ezo-ec: some of EC,TDS,S,SG, default EC. iio, hwmon: names of channels (temp,pressure), default all. iot: MEMBER=PROPERTY:UNIT.</summary>
    public string Outputs { get; init; } = "";

    /// <summary>Driver of Iot.Device.Bindings (iot): its type, what its constructor takes where that is not just the address, and after ";" what is done once: Scd4x.Scd4x(i2c); StartPeriodicMeasurements().</summary>
    public string Driver { get; init; } = "";

    /// <summary>Port of the ds18b20 or ezo-rtd source whose temperature the circuit is compensated with (ezo-ph, ezo-ec, ezo-do). Default none: the circuit is pinned to 25 Cel, and what it gives is compensated by the hub.</summary>
    public string TemperatureFrom { get; init; } = "";

    /// <summary>Which input of a converter (ads1115, analog-*): 0, 1, 2, 3, or a difference, 0-1, 0-3, 1-3, 2-3; default 0. hc-sr04: GPIO numbers of trigger and echo, 23,24. iot on SPI: which chip select, default 0.</summary>
    public string Channel { get; init; } = "";

    /// <summary>Full scale of a converter, V (ads1115, analog-*): 6.144, 4.096, 2.048, 1.024, 0.512 or 0.256. Default 0: what fits the board.</summary>
    public double Range { get; init; }

    /// <summary>Baud rate of a serial port. Default 0: what such things are sold with.</summary>
    public int Baud { get; init; }

    /// <summary>File to play again (replay); a serial port as written, /dev/ttyAMA0 (ezo-* in UART mode).</summary>
    public string Path { get; init; } = "";

    /// <summary>What the file's times are ahead of UTC where they do not say so, hours, -14 to 14 (replay). Default 0.</summary>
    public double UtcOffsetHours { get; init; }

    /// <summary>How many times faster than life (replay); 0 = as fast as possible. Default 1.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Time between readings, seconds, 0.001 to 86400. Default 1.</summary>
    public double IntervalSeconds { get; init; } = 1;

    /// <summary>The port, also where none is written.</summary>
    public string PortOrDefault() => Port.Length > 0 ? Port : SourceKinds.Find(Kind)?.Port(this) ?? Kind;

    /// <summary>The address, also where none is written.</summary>
    public int AddressOrDefault() => Address != 0 ? Address : SourceKinds.Find(Kind)?.FactoryAddress ?? 0;

    /// <summary>Everything that is wrong with the values, each beginning with <paramref name="path"/>.</summary>
    public IEnumerable<string> Problems(string path)
    {
        if (Label.Length > LongestLabel)
        {
            yield return $"{path}.Label: has {Label.Length} characters, more than {LongestLabel}";
        }

        if (!(IntervalSeconds is >= 0.001 and <= 86400))
        {
            yield return $"{path}.IntervalSeconds: {IntervalSeconds} is not 0.001 to 86400";
        }

        if (!(Speed >= 0) || double.IsInfinity(Speed))
        {
            yield return $"{path}.Speed: {Speed} is not zero or more";
        }

        if (!(UtcOffsetHours is >= -14 and <= 14))
        {
            yield return $"{path}.UtcOffsetHours: {UtcOffsetHours} is not -14 to 14";
        }

        if (Baud is not 0 and (< 300 or > 4_000_000))
        {
            yield return $"{path}.Baud: {Baud} is not 300 to 4000000";
        }

        if (Address is not 0 and (< 3 or > 119))
        {
            yield return $"{path}.Address: {Address} is not an I2C address, 3 to 119";
        }

        foreach (var problem in SourceKinds.Problems(this, path))
        {
            yield return problem;
        }
    }
}
