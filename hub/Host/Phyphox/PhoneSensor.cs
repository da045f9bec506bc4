using System.Collections.Immutable;

namespace StemLab.Hub.Phyphox;

/// <summary>A sensor of a phone that phyphox can read. Immutable.</summary>
/// <param name="Key">In requests and in the names of buffers.</param>
/// <param name="Type">As phyphox calls it.</param>
/// <param name="Quantity">What it yields, a registered property.</param>
/// <param name="Unit">UCUM, as phyphox gives it.</param>
/// <param name="Axes">Components with their port's ending; a sensor of one number has the component x and no ending.</param>
internal sealed record PhoneSensor(string Key, string Type, string Quantity, string Unit, ImmutableArray<(string Component, string Ending)> Axes)
{
    private static readonly ImmutableArray<(string, string)> Three = [("x", "-x"), ("y", "-y"), ("z", "-z")];
    private static readonly ImmutableArray<(string, string)> One = [("x", "")];

    public static ImmutableArray<PhoneSensor> All { get; } =
    [
        new("acceleration", "accelerometer", "acceleration", "m/s2", Three),
        new("rotation", "gyroscope", "angular_velocity", "rad/s", Three),
        new("light", "light", "illuminance", "lx", One),
        new("pressure", "pressure", "air_pressure", "hPa", One),
        new("magnetic", "magnetic_field", "magnetic_flux_density", "uT", Three),
    ];

    public static PhoneSensor? Find(string key) => All.FirstOrDefault(sensor => sensor.Key == key);

    /// <summary>Ports of the agent a phone becomes, one a component.</summary>
    public IEnumerable<(string Buffer, string Port)> Ports => Axes.Select(axis => ($"{Key}{axis.Component.ToUpperInvariant()}", $"{Key}{axis.Ending}"));

    /// <summary>The buffer of its times.</summary>
    public string TimeBuffer => $"{Key}T";
}
