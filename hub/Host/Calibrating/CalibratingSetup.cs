namespace StemLab.Hub.Calibrating;

/// <summary>Wires the calibration wizards; needs TimeKeeping and Samples.</summary>
internal static class CalibratingSetup
{
    public static IServiceCollection AddCalibrating(this IServiceCollection services) => services.AddSingleton<Wizards>();
}
