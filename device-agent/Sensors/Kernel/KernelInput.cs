using System.Globalization;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>One channel being read: its number, and the scale and offset a raw one is to be seen with. One reader.</summary>
internal sealed class KernelInput : IDisposable
{
    private readonly string driver;
    private readonly KernelFile value;
    private readonly KernelFile? scale;
    private readonly KernelFile? offset;
    private double factor;
    private double shift;
    private double perStep;

    /// <param name="driver">Name of the driver.</param>
    /// <param name="channel">What to read.</param>
    public KernelInput(string driver, KernelChannel channel)
    {
        (this.driver, Channel) = (driver, channel);
        value = new KernelFile(channel.Value);
        scale = channel.Scale.Length == 0 ? null : new KernelFile(channel.Scale);
        offset = channel.Offset.Length == 0 ? null : new KernelFile(channel.Offset);
    }

    /// <summary>What is read.</summary>
    public KernelChannel Channel { get; }

    /// <summary>What was set on the device when it was last asked; empty for a processed number.</summary>
    public string Settings { get; private set; } = "";

    /// <summary>False where scale or offset are another than before. One that cannot be read now says nothing: its value will not be either.</summary>
    public bool IsSetAsBefore()
    {
        if (Channel.IsProcessed)
        {
            return true;
        }

        var before = Settings;
        return ReadSettings() is not { } now || now == before;
    }

    /// <summary>Reads what is set on the device and changes what its raw number means; empty for a processed one. Null where it could not be read: then what was read before stands.</summary>
    public string? ReadSettings()
    {
        if (Channel.IsProcessed)
        {
            return "";
        }

        var (step, zero) = (1.0, 0.0);
        if ((scale is not null && scale.Read(out step) != FileOutcome.Number) || (offset is not null && offset.Read(out zero) != FileOutcome.Number))
        {
            return null;
        }

        (perStep, shift) = (step, zero);
        factor = perStep * Channel.Meaning.Times / Channel.Meaning.Over;
        return Settings = string.Create(CultureInfo.InvariantCulture, $"scale {perStep}, offset {shift}");
    }

    /// <summary>Reads the value in the unit of its meaning; never throws.</summary>
    /// <param name="result">The value.</param>
    /// <param name="saturated">True where it lies at an end of the converter's scale.</param>
    public FileOutcome Read(out double result, out bool saturated)
    {
        saturated = false;
        var outcome = value.Read(out var number);
        if (outcome == FileOutcome.Number && !Channel.IsProcessed)
        {
            saturated = KernelQuirks.IsSaturated(driver, number, perStep);
            number = (number + shift) * factor;
        }
        else if (outcome == FileOutcome.Number)
        {
            number = KernelQuirks.Mend(driver, Channel.Type, number) * Channel.Meaning.Times / Channel.Meaning.Over;
        }

        result = number;
        return outcome;
    }

    /// <summary>Why there was no value.</summary>
    public Words Why(FileOutcome outcome) => value.Why(outcome);

    /// <inheritdoc/>
    public void Dispose()
    {
        value.Dispose();
        scale?.Dispose();
        offset?.Dispose();
    }
}
