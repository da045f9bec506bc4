using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Fleet;

/// <summary>How it stands with an agent's settings; the numbers are kept in hub.db and are those of stemlab.v1.</summary>
internal enum SettingsState
{
    /// <summary>Nobody has changed them here.</summary>
    ItsOwn = 1,

    /// <summary>The agent has not taken them yet.</summary>
    Waiting = 2,

    /// <summary>In force at the agent.</summary>
    Applied = 3,

    /// <summary>The agent goes on as before.</summary>
    Refused = 4,
}

/// <summary>Settings of one agent as the hub knows them. Immutable.</summary>
/// <param name="Revision">Of what was asked for last; 0 = nothing was.</param>
/// <param name="Wanted">What was asked for last; null = nothing was.</param>
/// <param name="State">What became of it.</param>
/// <param name="RefusalEn">Why the agent refused it; empty otherwise.</param>
/// <param name="RefusalVi">The same in Vietnamese.</param>
/// <param name="ReportedRevision">Of what the agent said last it does.</param>
/// <param name="Reported">What it said; null where it never did.</param>
/// <param name="Kinds">What it can measure with, and the keys of each; empty where its settings are not ours to change.</param>
/// <param name="Found">Plugged in and not used.</param>
internal sealed record AgentSettings(
    ulong Revision,
    SettingsContent? Wanted,
    SettingsState State,
    string RefusalEn,
    string RefusalVi,
    ulong ReportedRevision,
    SettingsContent? Reported,
    ImmutableArray<(string Name, ImmutableArray<string> Keys)> Kinds,
    ImmutableArray<(SourceSetting Source, string Description)> Found)
{
    /// <summary>Of an agent that has said nothing yet.</summary>
    public static readonly AgentSettings None = new(0, null, SettingsState.ItsOwn, "", "", 0, null, [], []);

    /// <summary>What it is shown as: the wish, or, where there is none or it was refused, what the agent does.</summary>
    public SettingsContent? Shown => State == SettingsState.Refused && Reported is not null ? Reported : Wanted ?? Reported;
}

/// <summary>Content of settings: keys as in the agent's agent.json.</summary>
internal sealed record SettingsContent
{
    /// <summary>The form of this content.</summary>
    public const uint Format = 1;

    public bool Measuring { get; init; } = true;

    public double HealthIntervalSeconds { get; init; } = 60;

    public ImmutableArray<SourceSetting> Sources { get; init; } = [];

    // What an older content does not say is as usual; a null where a text belongs is no content of ours.
    private static readonly JsonSerializerOptions Exact = new() { RespectNullableAnnotations = true };

    /// <summary>JSON, UTF-8.</summary>
    public byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(this, Exact);

    /// <summary>Null for what is none.</summary>
    public static SettingsContent? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<SettingsContent>(json, Exact) is { } read ? read with { Sources = read.Sources.IsDefault ? [] : read.Sources } : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One thing an agent measures; keys as in its agent.json, those at their usual value are left out.</summary>
internal sealed record SourceSetting
{
    public string Kind { get; init; } = "";

    public string Port { get; init; } = "";

    public string Label { get; init; } = "";

    public double IntervalSeconds { get; init; } = 1;

    public int Bus { get; init; } = 1;

    public int Address { get; init; }

    public string Serial { get; init; } = "";

    public string Outputs { get; init; } = "";

    /// <summary>Null where the kind has none: an agent of an older program refuses a key it does not know.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Driver { get; init; }

    public string TemperatureFrom { get; init; } = "";

    public string Channel { get; init; } = "";

    public double Range { get; init; }

    public int Baud { get; init; }

    public string Path { get; init; } = "";

    public double UtcOffsetHours { get; init; }

    public double Speed { get; init; } = 1;

    /// <summary>What a later program has besides: kept as it is.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }
}
