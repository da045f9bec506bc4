using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Api;

/// <summary>Writes down every call that changed something and went well: who, which rpc, on what, from which revision to which. Stateless.</summary>
internal sealed class AuditBorder(AuditLog audit, FactLog facts) : Interceptor
{
    private static readonly string[] Questions = ["Get", "List", "Watch", "Query", "Preview", "Analyse", "Suggest"];

    // They know more of what they did than its name, and write it themselves.
    private static readonly string[] OwnEntries = ["FleetService", "EnrolmentService", "DatasetService"];

    // What names a thing of the hub; never what a person typed about somebody.
    private static readonly string[] SubjectFields = ["name", "channel", "agent", "fact_id", "slug", "probe", "session"];

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var action = ActionOf(context);
        if (action is null)
        {
            return await continuation(request, context);
        }

        var before = facts.Current.Revision;
        var answer = await continuation(request, context);
        var after = facts.Current.Revision;
        audit.Add(Caller.Who(context), action, request is IMessage message ? SubjectOf(message) : "", after == before ? null : before, after == before ? null : after);
        return answer;
    }

    private static string? ActionOf(ServerCallContext context) => ActionOf(context.Method, context.GetHttpContext().GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy);

    /// <summary>"fleet.enrolAgent"; null for what only asks, and for what writes its own entries because the caller is not known yet.</summary>
    /// <param name="rpc">"/stemlab.v1.FleetService/EnrolAgent", with or without the first stroke.</param>
    /// <param name="policy">Who may call it.</param>
    internal static string? ActionOf(string rpc, string? policy)
    {
        if (policy is not (Policies.Take or Policies.Teach or Policies.Export or Policies.Admin))
        {
            return null;
        }

        var parts = rpc.Split('/');
        var method = parts[^1];
        if (Array.Exists(Questions, question => method.StartsWith(question, StringComparison.Ordinal)))
        {
            return null;
        }

        var service = parts[^2].Split('.')[^1];
        if (OwnEntries.Contains(service))
        {
            return null;
        }

        service = service.Replace("Service", "", StringComparison.Ordinal);
        return $"{char.ToLowerInvariant(service[0])}{service[1..]}.{char.ToLowerInvariant(method[0])}{method[1..]}";
    }

    private static string SubjectOf(IMessage request)
    {
        foreach (var name in SubjectFields)
        {
            if (request.Descriptor.FindFieldByName(name) is { FieldType: FieldType.String, IsRepeated: false } field && field.Accessor.GetValue(request) is string { Length: > 0 } subject)
            {
                return subject;
            }
        }

        return "";
    }
}
