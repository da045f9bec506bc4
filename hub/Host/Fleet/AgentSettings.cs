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

/// <summary>Content of settings: keys as in the agent's agent.json. Never changed once made (set, not init, here and below: the generated reader would take the default from a key that is not said).</summary>
internal sealed record SettingsContent
{
    /// <summary>The form of this content.</summary>
    public const uint Format = 1;

    public bool Measuring { get; set; } = true;

    public double HealthIntervalSeconds { get; set; } = 60;

    public ImmutableArray<SourceSetting> Sources { get; set; } = [];

    /// <summary>JSON, UTF-8.</summary>
    public byte[] Bytes() => JsonSerializer.SerializeToUtf8Bytes(this, SettingsJson.Default.SettingsContent);

    /// <summary>Null for what is none.</summary>
    public static SettingsContent? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SettingsJson.Default.SettingsContent) is { } read ? read with { Sources = read.Sources.IsDefault ? [] : read.Sources } : null;
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
    public string Kind { get; set; } = "";

    public string Port { get; set; } = "";

    public string Label { get; set; } = "";

    public double IntervalSeconds { get; set; } = 1;

    public int Bus { get; set; } = 1;

    public int Address { get; set; }

    public string Serial { get; set; } = "";

    public string Outputs { get; set; } = "";

    /// <summary>Null where the kind has none: an agent of an older program refuses a key it does not know.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Driver { get; set; }

    public string TemperatureFrom { get; set; } = "";

    public string Channel { get; set; } = "";

    public double Range { get; set; }

    public int Baud { get; set; }

    public string Path { get; set; } = "";

    public double UtcOffsetHours { get; set; }

    public double Speed { get; set; } = 1;

    /// <summary>What a later program has besides: kept as it is.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }
}
