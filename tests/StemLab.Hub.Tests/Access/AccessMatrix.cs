using System.Text;
using System.Text.RegularExpressions;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>Every door of a hub with whom it lets in, read from the endpoints themselves. Written into hub/Host/Access/MATRIX.md.</summary>
internal static partial class AccessMatrix
{
    /// <summary>In the order of the columns. An agent's token and nobody are the same to HTTP.</summary>
    public static readonly string[] Roles = ["nobody", "agent", Access.Roles.Seat, Access.Roles.Kiosk, Access.Roles.Researcher, Access.Roles.Exporter, Access.Roles.Teacher, Access.Roles.Admin];

    private static readonly AgentId Own = new(new Id128(0xA).Value);

    private static readonly (string Name, MqttGrant Grant)[] Senders =
    [
        ("an agent with its token", new MqttGrant(Own)),
        ("a maker's device with its token for `lab/pond`", new MqttGrant(null) { Maker = new AgentId(7), Topic = "lab/pond" }),
        ("a device without a token, hub set up", new MqttGrant(null) { IsTokenless = true }),
        ("a device without a token, at the machine of a hub nobody has set up", new MqttGrant(null)),
        ("a program with an API token, a display, a seat", new MqttGrant(null) { Reader = 1 }),
    ];

    /// <summary>One rpc: how it is called by gRPC and by JSON.</summary>
    public sealed record Rpc(string Method, string Verb, string Path, string Policy);

    /// <summary>One page or other HTTP endpoint.</summary>
    public sealed record Door(string Verb, string Path, string Policy);

    public static IReadOnlyList<Rpc> RpcsOf(EndpointDataSource endpoints)
    {
        var routes = endpoints.Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
            .GroupBy(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.FullName, StringComparer.Ordinal);
        return
        [
            .. routes.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group =>
            {
                // The JSON face has a route of its own; without one the method is gRPC's alone.
                var json = group.FirstOrDefault(endpoint => endpoint.RoutePattern.RawText?.TrimStart('/') != group.Key.TrimStart('/'));
                var policies = group.Select(PolicyOf).Distinct().ToArray();
                Assert.True(policies.Length == 1, $"{group.Key} has different policies on different faces: {string.Join(", ", policies)}");
                return new Rpc(group.Key, json is null ? "" : VerbOf(json), json?.RoutePattern.RawText ?? "", policies[0]);
            }),
        ];
    }

    public static IReadOnlyList<Door> DoorsOf(EndpointDataSource endpoints) =>
    [
        .. endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is null && endpoint.RoutePattern.RawText?.Contains("unimplemented", StringComparison.Ordinal) != true)
            .Select(endpoint => new Door(VerbOf(endpoint), endpoint.RoutePattern.RawText ?? "", PolicyOf(endpoint))).Distinct()
            .OrderBy(door => door.Path, StringComparer.Ordinal).ThenBy(door => door.Verb, StringComparer.Ordinal),
    ];

    /// <summary>True when the policy lets the role in.</summary>
    public static bool LetsIn(string policy, string role)
    {
        if (policy is Policies.Open or Policies.Knock)
        {
            return true;
        }

        string[] roles = role == Access.Roles.Exporter ? [Access.Roles.Researcher, Access.Roles.Exporter] : [role];
        return Policies.RolesOf.TryGetValue(policy, out var allowed) && roles.Any(allowed.Contains);
    }

    public static string Write(EndpointDataSource endpoints)
    {
        var text = new StringBuilder("""
            # Who may call what
            Written by the tests from the endpoints of a running hub, and compared with them (`MatrixTests`): an rpc or page without a row here fails. To write it anew: STEMLAB_APPROVE=1, and read the diff.
            Every row is also tried: each rpc as each role by native gRPC, gRPC-Web and JSON, each page as each role. "Nobody" is anybody who reaches the port.

            | policy | lets in |
            |---|---|

            """);
        foreach (var policy in (string[])[Policies.Open, Policies.Knock, .. Policies.RolesOf.Keys])
        {
            text.Append("| ").Append(policy).Append(" | ").Append(string.Join(", ", Roles.Where(role => LetsIn(policy, role)))).Append(policy == Policies.Knock ? ", counted by address" : "").Append(" |\n");
        }

        text.Append("\n## Rpcs\n| rpc | JSON | policy | ").AppendJoin(" | ", Roles).Append(" |\n|---|---|---|").Append(string.Concat(Enumerable.Repeat("---|", Roles.Length))).Append('\n');
        foreach (var rpc in RpcsOf(endpoints))
        {
            text.Append("| ").Append(rpc.Method.TrimStart('/')).Append(" | ").Append(rpc.Verb).Append(' ').Append(Named().Replace(rpc.Path, "*")).Append(" | ").Append(rpc.Policy).Append(" |").Append(Cells(rpc.Policy)).Append('\n');
        }

        text.Append("\n## Pages, files and other endpoints\nA display sees its own board and no other page.\n\n| endpoint | policy | ").AppendJoin(" | ", Roles).Append(" |\n|---|---|").Append(string.Concat(Enumerable.Repeat("---|", Roles.Length))).Append('\n');
        foreach (var door in DoorsOf(endpoints))
        {
            text.Append("| ").Append(door.Verb).Append(' ').Append(door.Path).Append(" | ").Append(door.Policy).Append(" |").Append(Cells(door.Policy)).Append('\n');
        }

        return WriteTopics(text).ToString();
    }

    private static StringBuilder WriteTopics(StringBuilder text)
    {
        var id = new Id128(Own.Value);
        string[] topics = [Topics.Up(id), Topics.Cmd(id), Topics.Ack(id), Topics.Up(new Id128(0xB)), "sl/1/+/up", "lab/pond/ph", "lab/other/ph", "stemlab/pond/ph", "#", "+/#", "$SYS/broker"];
        text.Append("\n## Topics\np = may publish, s = may subscribe. Agent A is the one connected, B another.\n\n| sender | ").AppendJoin(" | ", topics.Select(Shown)).Append(" |\n|---|").Append(string.Concat(Enumerable.Repeat("---|", topics.Length))).Append('\n');
        foreach (var (name, grant) in Senders)
        {
            text.Append("| ").Append(name).Append(" | ").AppendJoin(" | ", topics.Select(topic =>
                $"{(!topic.Contains('#') && !topic.Contains('+') && grant.MayPublish(topic) ? "p" : "")}{(grant.MaySubscribe(topic) ? "s" : "")}" is { Length: > 0 } may ? may : "·")).Append(" |\n");
        }

        return text;
    }

    private static string Shown(string topic) => topic.Replace(new Id128(0xA).ToString(), "A", StringComparison.Ordinal).Replace(new Id128(0xB).ToString(), "B", StringComparison.Ordinal);

    private static string Cells(string policy) => string.Concat(Roles.Select(role => LetsIn(policy, role) ? " ✓ |" : " |"));

    private static string PolicyOf(RouteEndpoint endpoint)
    {
        var policy = endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy;
        Assert.False(policy is null, $"{endpoint.DisplayName} names no policy");
        return policy;
    }

    private static string VerbOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } verbs ? verbs[0] : "ANY";

    /// <summary>What the JSON face calls a part of a resource name.</summary>
    [GeneratedRegex(@"\{__Complex[^}]*\}")]
    private static partial Regex Named();
}
