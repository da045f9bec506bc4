using System.Collections.Immutable;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Calibrating;

/// <summary>One calibration or check under way. Immutable; <see cref="Wizards"/> swaps it whole.</summary>
/// <param name="XUnit">UCUM of raw values: the channel's where the native unit converts to it, else the native one.</param>
/// <param name="Unit">UCUM of references: the channel's.</param>
/// <param name="InputQuantity">What the probe gives.</param>
/// <param name="Tested">With a check: the calibration it tests.</param>
/// <param name="TouchedUs">Hub's clock at its last step, µs.</param>
internal sealed record Wizard(
    Id128 Id, string Channel, string Property, CalibrationWay Way, bool IsCheck, string TemperatureChannel, string InputQuantity, string XUnit, string Unit, Id128 Tested,
    ImmutableArray<WizardPoint> Points, int Taken, long TouchedUs)
{
    public string Name => $"calibrationWizards/{Id}";
}

/// <summary>What the probe said in one standard.</summary>
/// <param name="Number">From 1, in the order taken.</param>
/// <param name="Standard">Id of the bottle; empty = a value of one's own.</param>
/// <param name="Reference">At the standard's temperature, wizard's unit; conductivity: at 25 °C.</param>
internal sealed record WizardPoint(
    int Number, string Standard, double Reference, double? Celsius, double Raw, double RawSd, int Count, double ReferenceSigma, double Salinity, double PressureHPa, Facts.Instant Start, Facts.Instant End);
