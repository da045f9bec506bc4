using System.Globalization;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Ads1115;

/// <summary>One input of an ADS1115: the voltage at its pin, whatever is behind it. One reader.</summary>
internal sealed class Ads1115Probe : IProbe
{
    /// <summary>Shortest interval at which there is time to average mains hum away.</summary>
    public static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(200);

    private readonly Ads1115Chip chip;
    private readonly Ads1115Settings settings;
    private readonly TroubleLine trouble;
    private readonly int input;
    private readonly int count;
    private readonly Words place;

    /// <param name="chip">Shared with the probes at its other inputs.</param>
    /// <param name="settings">As configured.</param>
    /// <param name="ground">For its troubles.</param>
    public Ads1115Probe(Ads1115Chip chip, Ads1115Settings settings, Ground ground)
    {
        (this.chip, this.settings) = (chip, settings);
        input = Ads1115Settings.Inputs.IndexOf(settings.Input);
        count = settings.Interval >= Quick ? Ads1115Chip.Conversions : 1;
        place = I2cWords.Place(chip.Bus, chip.Address);
        var name = $"{settings.Port} (ADS1115 input {settings.Input}, {place.En})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, settings.Interval,
        [
            new OutputDescription(settings.Port, "voltage", "V")
            {
                BoardSettings = string.Create(CultureInfo.InvariantCulture, $"{settings.Board.Kind}, input {settings.Input}, range {settings.Range.Volts} V, mean of {count}"),
                Label = $"{settings.Board.Label.Vi} · {settings.Board.Label.En}",
                ProbeModel = settings.Board.Model,
            },
        ]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        if (chip.Bus.KernelDriverOf(chip.Address) is { } driver)
        {
            trouble.Say(I2cWords.Owned(place, driver));
            into.Span[0] = RawReading.Without(0, MissingReason.Fault);
            return;
        }

        var (transfer, sum, isSaturated) = await chip.ConvertAsync(input, settings.Range, count, cancellationToken);
        if (transfer != Transfer.Done)
        {
            trouble.Say(I2cWords.Why(place, transfer));
            into.Span[0] = RawReading.Without(0, I2cWords.Reason(transfer));
        }
        else if (isSaturated)
        {
            trouble.Say(new Words(
                string.Create(CultureInfo.InvariantCulture, $"its voltage is outside of ±{settings.Range.Volts} V: give it a greater Range, or a divider of two resistors"),
                string.Create(CultureInfo.InvariantCulture, $"điện áp của nó nằm ngoài ±{settings.Range.Volts} V: hãy dùng Range lớn hơn, hoặc mạch chia áp bằng hai điện trở")));
            into.Span[0] = RawReading.Without(0, MissingReason.OutOfRange);
        }
        else
        {
            trouble.Over();

            // A whole number over a power of ten: what a person would write is what is sent.
            into.Span[0] = RawReading.Of(0, sum * settings.Range.StepTenthNanovolts / (count * 1e10));
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
