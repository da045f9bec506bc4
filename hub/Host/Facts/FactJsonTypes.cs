using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>Generated readers and writers of the bodies; <see cref="FactJson"/> is the door.</summary>
[JsonSerializable(typeof(ClockTie))]
[JsonSerializable(typeof(UtcAnchor))]
[JsonSerializable(typeof(Deployment))]
[JsonSerializable(typeof(Calibration))]
[JsonSerializable(typeof(CalibrationCheck))]
[JsonSerializable(typeof(DriftSpread))]
[JsonSerializable(typeof(BootBound))]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(QualityRules))]
[JsonSerializable(typeof(HumanFlag))]
[JsonSerializable(typeof(Site))]
[JsonSerializable(typeof(Placement))]
[JsonSerializable(typeof(KeptSample))]
[JsonSerializable(typeof(DerivedChannelBody))]
[JsonSerializable(typeof(Withdrawal))]
[JsonSerializable(typeof(Erasure))]
[JsonSerializable(typeof(RetentionRule))]
[JsonSerializable(typeof(RetentionDrop))]
[JsonSerializable(typeof(ImmutableArray<Id128>))]
internal sealed partial class FactJsonTypes : JsonSerializerContext;

internal sealed class Id128Json : JsonConverter<Id128>
{
    public override Id128 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Id128.TryParse(reader.GetString(), out Id128 id) ? id : throw new JsonException("an id is 32 lowercase hex digits");

    public override void Write(Utf8JsonWriter writer, Id128 value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>{"boot":"…","t_us":1} or {"utc_us":1}.</summary>
internal sealed class InstantJson : JsonConverter<Instant>
{
    public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("an instant is an object");
        }

        if (root.TryGetProperty("utc_us", out JsonElement utc) && utc.TryGetInt64(out long utcUs))
        {
            return Instant.AtUtc(utcUs);
        }

        bool hasBoot = root.TryGetProperty("boot", out JsonElement boot) && Id128.TryParse(boot.GetString(), out _);
        return hasBoot && root.TryGetProperty("t_us", out JsonElement t) && t.TryGetInt64(out long tUs) && Id128.TryParse(boot.GetString(), out Id128 id)
            ? Instant.AtBoot(id, tUs)
            : throw new JsonException("an instant is {boot, t_us} or {utc_us}");
    }

    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        if (value.IsUtc)
        {
            writer.WriteNumber("utc_us", value.Us);
        }
        else
        {
            writer.WriteString("boot", value.Boot.ToString());
            writer.WriteNumber("t_us", value.Us);
        }

        writer.WriteEndObject();
    }
}
