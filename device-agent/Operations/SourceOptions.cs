namespace StemLab.Agent.Operations;

/// <summary>One thing to measure, as written in agent.json. Which keys count depends on the kind.</summary>
internal sealed record SourceOptions
{
    /// <summary>ezo-ph, ezo-ec, ezo-do, ezo-rtd, ds18b20 or replay. Required.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Name of the port in the catalogue, [a-z0-9-/._]{1,64}. Default: made from the kind and address.</summary>
    public string Port { get; init; } = "";

    /// <summary>I2C bus number (ezo-*). Default 1.</summary>
    public int Bus { get; init; } = 1;

    /// <summary>I2C address, 3 to 119 (ezo-*); 0 = the kind's factory address.</summary>
    public int Address { get; init; }

    /// <summary>Serial number of the sensor (ds18b20: 28-xxxxxxxxxxxx); empty = the only one there is.</summary>
    public string Serial { get; init; } = "";

    /// <summary>File to play again (replay).</summary>
    public string Path { get; init; } = "";

    /// <summary>What the file's times are ahead of UTC where they do not say so, hours, -14 to 14 (replay). Default 0.</summary>
    public double UtcOffsetHours { get; init; }

    /// <summary>How many times faster than life (replay); 0 = as fast as possible. Default 1.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Time between readings, seconds, 0.001 to 86400. Default 1.</summary>
    public double IntervalSeconds { get; init; } = 1;

    /// <summary>Everything that is wrong with the values, each beginning with <paramref name="path"/>.</summary>
    public IEnumerable<string> Problems(string path)
    {
        if (Kind.Length == 0)
        {
            yield return $"{path}.Kind: missing; one of ezo-ph, ezo-ec, ezo-do, ezo-rtd, ds18b20, replay";
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

        if (Kind == "replay" && Path.Length == 0)
        {
            yield return $"{path}.Path: missing; a replay plays a CSV or CSV.gz file";
        }

        if (Address is not 0 and (< 3 or > 119))
        {
            yield return $"{path}.Address: {Address} is not an I2C address, 3 to 119";
        }
    }
}
