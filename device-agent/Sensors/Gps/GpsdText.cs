using System.Globalization;
using System.Text.Json;

namespace StemLab.Agent.Sensors.Gps;

/// <summary>Reads TPV and SKY messages of gpsd (gpsd_json(5)); no text makes it throw. Pure.</summary>
internal static class GpsdText
{
    /// <summary>True for a JSON message; the report of any but TPV and SKY is null.</summary>
    public static bool TryRead(string line, out GpsReport? report)
    {
        report = null;
        try
        {
            using var document = JsonDocument.Parse(line);
            var message = document.RootElement;
            var kind = message.ValueKind == JsonValueKind.Object && message.TryGetProperty("class", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : "";
            report = kind switch
            {
                "TPV" => Tpv(message),
                "SKY" => new GpsReport(null, null, null, null, (int?)Number(message, "uSat"), Number(message, "hdop"), null),
                _ => null,
            };
            return message.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static GpsReport Tpv(JsonElement message)
    {
        var latitude = Number(message, "lat");
        var longitude = Number(message, "lon");
        var hasFix = Number(message, "mode") >= 2 && latitude is >= -90 and <= 90 && longitude is >= -180 and <= 180;
        var utc = hasFix && message.TryGetProperty("time", out var time) && time.ValueKind == JsonValueKind.String
            && DateTime.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var at)
            ? (at - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
            : (long?)null;
        return new GpsReport(hasFix, hasFix ? latitude : null, hasFix ? longitude : null, hasFix ? Number(message, "altMSL") ?? Number(message, "alt") : null, null, null, utc);
    }

    private static double? Number(JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;
}
