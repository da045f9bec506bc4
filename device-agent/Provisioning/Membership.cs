using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using StemLab.Agent.Operations;
using StemLab.Wire;

namespace StemLab.Agent.Provisioning;

/// <summary>What a hub told this agent when it let it in, as joined.json in the data folder. Immutable.</summary>
internal sealed record Membership
{
    /// <summary>Identity.</summary>
    public Id128 AgentId { get; init; }

    /// <summary>Secret.</summary>
    public string Token { get; init; } = "";

    /// <summary>Label.</summary>
    public string Slug { get; init; } = "";

    /// <summary>The hub.</summary>
    public Id128 HubId { get; init; }

    /// <summary>The hub's name, for people; may be empty.</summary>
    public string HubName { get; init; } = "";

    /// <summary>The hub's key, SubjectPublicKeyInfo, base64: by it the hub is recognised at another address.</summary>
    public string HubKey { get; init; } = "";

    /// <summary>host:port of the hub's MQTT door.</summary>
    public string HubAddress { get; init; } = "";

    /// <summary>MQTT over TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>Certificates (PEM) the hub's TLS is checked against; empty = those this machine trusts.</summary>
    public string AuthorityPem { get; init; } = "";

    /// <summary>Addresses of the hub's pages, the best first.</summary>
    public ImmutableArray<string> Pages { get; init; } = [];

    /// <summary>The board that was let in, hex.</summary>
    public string Board { get; init; } = "";

    /// <summary>SHA-256 of the identity a file gave, hex: it counts once. Empty = the hub itself let it in.</summary>
    public string Given { get; init; } = "";

    /// <summary>What a person confirmed that it measures; used where agent.json names nothing.</summary>
    public ImmutableArray<SourceOptions> Sources { get; init; } = [];

    /// <summary>Reads the file; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static Membership? Load(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var read = JsonSerializer.Deserialize(File.ReadAllText(path), MembershipJson.Default.Membership);
            return read is { AgentId.IsEmpty: false } ? read with { Pages = read.Pages.IsDefault ? [] : read.Pages, Sources = read.Sources.IsDefault ? [] : read.Sources } : null;
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException($"{path} is damaged: delete it, and this board asks its hub to let it in again", damaged);
        }
    }

    /// <summary>Writes the file, for the owner only.</summary>
    public void Save(string path) => WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, MembershipJson.Default.Membership));

    /// <summary>What the agent runs with.</summary>
    public AgentOptions Over(AgentOptions told) => told with
    {
        AgentId = AgentId,
        Token = Token,
        Slug = Slug,
        HubAddress = HubAddress,
        Tls = Tls,
        AuthorityPem = AuthorityPem,
        Sources = told.Sources.IsEmpty ? Sources : told.Sources,
    };
}

/// <summary>How the file is written: generated at build time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, Converters = [typeof(Id128JsonConverter)])]
[JsonSerializable(typeof(Membership))]
internal sealed partial class MembershipJson : JsonSerializerContext;
