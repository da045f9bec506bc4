using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>Settings of agents as stemlab.v1 says them, and back. What they mean is for the agent to judge; here only what no agent could mean is refused. Pure.</summary>
internal static class SettingsWire
{
    private const int MostSources = 64;
    private const int LongestText = 400;
    private const double UsualSeconds = 1;

    // Keys of an agent as fields of AgentSource.
    private static readonly Dictionary<string, string> FieldOfKey = new(StringComparer.Ordinal)
    {
        ["Bus"] = "bus",
        ["Address"] = "address",
        ["Serial"] = "serial",
        ["Outputs"] = "outputs",
        ["Driver"] = "driver",
        ["TemperatureFrom"] = "temperature_from",
        ["Channel"] = "channel",
        ["Range"] = "range",
        ["Baud"] = "baud",
        ["Path"] = "path",
    };

    public static V1.AgentSettings Of(Fleet.AgentSettings settings)
    {
        var wire = new V1.AgentSettings
        {
            Revision = settings.Revision,
            State = (V1.AgentSettings.Types.State)settings.State,
            RefusalEn = settings.RefusalEn,
            RefusalVi = settings.RefusalVi,
            Measuring = settings.Shown?.Measuring ?? false,
            HealthIntervalSeconds = settings.Shown?.HealthIntervalSeconds ?? 0,
        };
        wire.Sources.AddRange(settings.Shown?.Sources.Select(source => Of(source, "")) ?? []);
        wire.Found.AddRange(settings.Found.Select(found => Of(found.Source, found.Description)));
        wire.Kinds.AddRange(settings.Kinds.Select(kind => new AgentSourceKind { Name = kind.Name, Fields = { kind.Keys.Where(FieldOfKey.ContainsKey).Select(key => FieldOfKey[key]) } }));
        return wire;
    }

    /// <exception cref="Grpc.Core.RpcException">It is out of all form.</exception>
    public static SettingsContent From(SetAgentSettingsRequest request)
    {
        var violations = new List<(string, string)>();
        if (request.Sources.Count > MostSources)
        {
            violations.Add(("sources", $"has {request.Sources.Count}; expected at most {MostSources}"));
        }

        for (var i = 0; i < request.Sources.Count; i++)
        {
            AgentSource source = request.Sources[i];
            string[] texts = [source.Kind, source.Port, source.Label, source.Serial, source.Outputs, source.Driver, source.TemperatureFrom, source.Channel, source.Path];
            if (texts.Any(text => text.Length > LongestText))
            {
                violations.Add(($"sources[{i}]", $"has a text of more than {LongestText} characters"));
            }

            if (!double.IsFinite(source.IntervalSeconds) || !double.IsFinite(source.Range) || !double.IsFinite(source.UtcOffsetHours) || !double.IsFinite(source.Speed))
            {
                violations.Add(($"sources[{i}]", "has a number that is not finite"));
            }

            if (source.Bus > 255 || source.Address > 127 || source.Baud > int.MaxValue)
            {
                violations.Add(($"sources[{i}]", "bus is 0 to 255, address 0 to 127"));
            }
        }

        if (!double.IsFinite(request.HealthIntervalSeconds))
        {
            violations.Add(("health_interval_seconds", "is not finite"));
        }

        return violations.Count > 0 ? throw Rpc.InvalidArgument(violations) : new SettingsContent
        {
            Measuring = request.Measuring,
            HealthIntervalSeconds = request.HealthIntervalSeconds,
            Sources = [.. request.Sources.Select(From)],
        };
    }

    private static SourceSetting From(AgentSource source) => new()
    {
        Kind = source.Kind,
        Port = source.Port,
        Label = source.Label,
        IntervalSeconds = source.IntervalSeconds == 0 ? UsualSeconds : source.IntervalSeconds,
        Bus = source.HasBus ? (int)source.Bus : 1,
        Address = (int)source.Address,
        Serial = source.Serial,
        Outputs = source.Outputs,
        Driver = source.Driver.Length > 0 ? source.Driver : null,
        TemperatureFrom = source.TemperatureFrom,
        Channel = source.Channel,
        Range = source.Range,
        Baud = (int)source.Baud,
        Path = source.Path,
        UtcOffsetHours = source.UtcOffsetHours,
        Speed = source.HasSpeed ? source.Speed : 1,
    };

    private static AgentSource Of(SourceSetting source, string description) => new()
    {
        Kind = source.Kind,
        Port = source.Port,
        Label = source.Label,
        IntervalSeconds = source.IntervalSeconds,
        Bus = (uint)Math.Clamp(source.Bus, 0, 255),
        Address = (uint)Math.Clamp(source.Address, 0, 127),
        Serial = source.Serial,
        Outputs = source.Outputs,
        Driver = source.Driver ?? "",
        TemperatureFrom = source.TemperatureFrom,
        Channel = source.Channel,
        Range = source.Range,
        Baud = (uint)Math.Max(0, source.Baud),
        Path = source.Path,
        UtcOffsetHours = source.UtcOffsetHours,
        Speed = source.Speed,
        Description = description,
    };
}
