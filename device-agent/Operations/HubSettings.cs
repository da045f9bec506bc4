using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using StemLab.Wire.V1;

namespace StemLab.Agent.Operations;

/// <summary>Settings as a hub sends and an agent reports them. Pure.</summary>
internal static class HubSettings
{
    /// <summary>The form of content this program reads and writes.</summary>
    public const uint Format = 1;

    private const int MostBytes = 32 * 1024;
    private const int MostSaid = 4;
    private const string Devices = "/dev/";

    /// <summary>Keys of agent.json a hub may set.</summary>
    public static ImmutableArray<string> Keys { get; } = [nameof(AgentOptions.Measuring), nameof(AgentOptions.HealthIntervalSeconds), nameof(AgentOptions.Sources)];

    /// <summary>What an agent is set to, as it reports it.</summary>
    /// <param name="revision">0 = as its own file says.</param>
    /// <param name="options">In force.</param>
    public static Settings Of(ulong revision, AgentOptions options)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(new SettingsContent { Measuring = options.Measuring, HealthIntervalSeconds = options.HealthIntervalSeconds, Sources = options.Sources }, SettingsJson.Default.SettingsContent);
        return new Settings { Format = Format, Revision = revision, Content = UnsafeByteOperations.UnsafeWrap(content), Sha256 = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(content)) };
    }

    /// <summary>Options under settings that came; null where they hold, else why they do not, and the options are what was told.</summary>
    /// <param name="settings">As they came.</param>
    /// <param name="told">What counts without them.</param>
    /// <param name="options">What counts with them.</param>
    public static Refusal? Read(Settings settings, AgentOptions told, out AgentOptions options)
    {
        options = told;
        if (settings.Format != Format)
        {
            return NewerForm(settings.Format);
        }

        if (settings.Content.Length > MostBytes)
        {
            return new Refusal($"the settings have {settings.Content.Length} bytes, more than {MostBytes}", $"Cài đặt dài {settings.Content.Length} byte, quá {MostBytes}");
        }

        if (!settings.Sha256.Span.SequenceEqual(SHA256.HashData(settings.Content.Span)))
        {
            return new Refusal("the settings arrived damaged or cut off; send them again", "Cài đặt đến nơi bị hỏng hoặc bị cắt mất; hãy gửi lại");
        }

        return Read(settings.Content.Span, told, out options);
    }

    /// <summary>As above, of content that is whole.</summary>
    public static Refusal? Read(ReadOnlySpan<byte> content, AgentOptions told, out AgentOptions options)
    {
        options = told;
        var read = AgentConfiguration.ReadSettings(Encoding.UTF8.GetString(content), told, out var problems);
        problems = problems.Count > 0 ? problems : [.. read.Sources.SelectMany((source, i) => PathProblems(source, i, told))];
        if (problems.Count > 0)
        {
            var said = problems.Take(MostSaid).ToList();
            return new Refusal(string.Join("; ", said), string.Join("; ", said.Select(problem => ProblemWords.Vietnamese(problem, read))));
        }

        options = read;
        return null;
    }

    /// <summary>Of a form a later program wrote.</summary>
    public static Refusal NewerForm(uint format) => new(
        $"the settings are of form {format}, this program knows form {Format}: update the agent's program first",
        $"Cài đặt thuộc dạng {format}, chương trình này chỉ biết dạng {Format}: hãy cập nhật chương trình của máy đo trước");

    /// <summary>A hub may name devices; which other files are read is for whoever has the machine itself.</summary>
    private static IEnumerable<string> PathProblems(SourceOptions source, int index, AgentOptions told)
    {
        var isDevice = source.Path.StartsWith(Devices, StringComparison.Ordinal) && !source.Path.Contains("..", StringComparison.Ordinal);
        var isHost = source.Kind == "gpsd";
        return source.Path.Length == 0 || isDevice || isHost || told.Sources.Any(own => own.Kind == source.Kind && own.Path == source.Path)
            ? []
            : [$"Sources[{index}].Path: '{source.Path}' is not below {Devices}; other files are named in the agent's own agent.json"];
    }
}

/// <summary>Content of settings, as JSON; keys as in agent.json.</summary>
internal sealed record SettingsContent
{
    public bool Measuring { get; init; }

    public double HealthIntervalSeconds { get; init; }

    public ImmutableArray<SourceOptions> Sources { get; init; } = [];
}

/// <summary>How settings are written: generated at build time; what is as usual is left out.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions]
[System.Text.Json.Serialization.JsonSerializable(typeof(SettingsContent))]
[System.Text.Json.Serialization.JsonSerializable(typeof(KeptSettings))]
internal sealed partial class SettingsJson : System.Text.Json.Serialization.JsonSerializerContext;
