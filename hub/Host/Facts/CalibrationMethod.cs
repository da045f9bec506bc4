using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Facts;

/// <summary>Which way leads from what the probe gave to the value; the formulas stand in stemlab.v1 CalibrationMethod.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CalibrationForm>))]
internal enum CalibrationForm
{
    [JsonStringEnumMemberName("offset")]
    Offset = 1,

    [JsonStringEnumMemberName("factor")]
    Factor,

    [JsonStringEnumMemberName("linear")]
    Linear,

    [JsonStringEnumMemberName("polynomial")]
    Polynomial,

    [JsonStringEnumMemberName("table")]
    Table,

    [JsonStringEnumMemberName("ph")]
    Ph,

    [JsonStringEnumMemberName("oxygen")]
    Oxygen,

    [JsonStringEnumMemberName("oxygen_saturation")]
    OxygenSaturation,

    [JsonStringEnumMemberName("conductivity_25")]
    Conductivity25,
}

/// <summary>What a compensating property is needed as.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CompensationRole>))]
internal enum CompensationRole
{
    /// <summary>Of the water, °C.</summary>
    [JsonStringEnumMemberName("temperature")]
    Temperature = 1,

    /// <summary>Practical, unit 1.</summary>
    [JsonStringEnumMemberName("salinity")]
    Salinity,

    /// <summary>Of the air at the water, hPa.</summary>
    [JsonStringEnumMemberName("pressure")]
    Pressure,
}

/// <summary>What a calibration says beyond slope and offset. Immutable; the property order is the canonical JSON order.</summary>
/// <param name="Coefficients">Of a polynomial: 2 to 4, powers 0 … 3; else empty.</param>
/// <param name="Points">Standards it was fitted through; what a table joins.</param>
/// <param name="ResidualSd">Standard deviation the fit leaves, unit of the value; absent = not known.</param>
/// <param name="SlopePercent">Of the ideal slope, %.</param>
/// <param name="ReferenceCelsius">Where slope and offset hold; absent = 25 °C.</param>
/// <param name="ReferenceSalinity">Absent = 0.</param>
/// <param name="ReferencePressureHPa">Absent = 1013.25.</param>
/// <param name="AlphaPerCelsius">Of conductivity; absent = the usual one of natural waters.</param>
/// <param name="ValidUntil">Absent = not stated.</param>
internal sealed record CalibrationMethod(
    [property: JsonPropertyName("form")] CalibrationForm Form,
    [property: JsonPropertyName("coefficients")] ImmutableArray<double> Coefficients,
    [property: JsonPropertyName("points")] ImmutableArray<StandardReading> Points,
    [property: JsonPropertyName("compensations")] ImmutableArray<Compensation> Compensations,
    [property: JsonPropertyName("residual_sd")] double? ResidualSd = null,
    [property: JsonPropertyName("slope_percent")] double? SlopePercent = null,
    [property: JsonPropertyName("slope_percent_error")] double? SlopePercentError = null,
    [property: JsonPropertyName("reference_celsius")] double? ReferenceCelsius = null,
    [property: JsonPropertyName("reference_salinity")] double? ReferenceSalinity = null,
    [property: JsonPropertyName("reference_pressure_hpa")] double? ReferencePressureHPa = null,
    [property: JsonPropertyName("alpha_per_celsius")] double? AlphaPerCelsius = null,
    [property: JsonPropertyName("valid_until")] Instant? ValidUntil = null);

/// <summary>What the probe read in one standard.</summary>
/// <param name="Raw">Unit of x of its calibration.</param>
/// <param name="Reference">What it should have read, unit of the value.</param>
/// <param name="RawSd">Noise while it was steady, unit of x; 0 = not known.</param>
/// <param name="ReferenceSigma">Half-width of the standard's own bound, unit of the value; 0 = not stated.</param>
/// <param name="Celsius">Temperature of the standard; absent = not measured.</param>
/// <param name="Standard">The bottle's name; may be empty.</param>
internal sealed record StandardReading(
    [property: JsonPropertyName("raw")] double Raw,
    [property: JsonPropertyName("reference")] double Reference,
    [property: JsonPropertyName("raw_sd")] double RawSd = 0,
    [property: JsonPropertyName("reference_sigma")] double ReferenceSigma = 0,
    [property: JsonPropertyName("celsius")] double? Celsius = null,
    [property: JsonPropertyName("standard")] string Standard = "");

/// <summary>One other property of the same agent that the value depends on.</summary>
/// <param name="MaxAgeUs">Oldest reading that still counts, µs.</param>
/// <param name="Default">Used where there is none, in the role's unit; absent = the calibration's reference.</param>
internal sealed record Compensation(
    [property: JsonPropertyName("role")] CompensationRole Role,
    [property: JsonPropertyName("property")] string Property,
    [property: JsonPropertyName("max_age_us")] long MaxAgeUs,
    [property: JsonPropertyName("default")] double? Default = null)
{
    /// <summary>Where a role is read from unless the calibration says otherwise.</summary>
    public static string UsualProperty(CompensationRole role) => role switch
    {
        CompensationRole.Temperature => "water_temperature",
        CompensationRole.Salinity => "practical_salinity",
        CompensationRole.Pressure => "air_pressure",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "BUG: no such role"),
    };
}
