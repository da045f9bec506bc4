using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace StemLab.Hub.Operations;

/// <summary>The refusals an rpc may answer with: status, a sentence for people, and google.rpc details for programs. Pure.</summary>
internal static class Rpc
{
    private const string Domain = "stemlab.dev";

    /// <summary>Arguments out of form: all that is wrong, each with its field path and what was expected.</summary>
    public static RpcException InvalidArgument(IReadOnlyCollection<(string Field, string Description)> violations)
    {
        var details = new BadRequest();
        details.FieldViolations.AddRange(violations.Select(violation => new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description }));
        string message = string.Join("; ", violations.Select(violation => $"{violation.Field} {violation.Description}"));
        return Refusal(Code.InvalidArgument, message, Any.Pack(details));
    }

    public static RpcException InvalidArgument(string field, string description) => InvalidArgument([(field, description)]);

    /// <summary>The thing is not here, or the caller may not know that it is.</summary>
    public static RpcException NotFound(string type, string name) =>
        Refusal(Code.NotFound, $"{type} '{name}' does not exist in this hub", Any.Pack(new ResourceInfo { ResourceType = type, ResourceName = name }));

    /// <summary>A name or code another thing bears.</summary>
    public static RpcException AlreadyExists(string type, string name) =>
        Refusal(Code.AlreadyExists, $"{type} '{name}' exists already", Any.Pack(new ResourceInfo { ResourceType = type, ResourceName = name }));

    /// <summary>The state of the thing does not allow it now; somebody has to act first.</summary>
    public static RpcException FailedPrecondition(string type, string subject, string description)
    {
        var details = new PreconditionFailure { Violations = { new PreconditionFailure.Types.Violation { Type = type, Subject = subject, Description = description } } };
        return Refusal(Code.FailedPrecondition, description, Any.Pack(details));
    }

    /// <summary>A page token or position that is past what is kept.</summary>
    public static RpcException OutOfRange(string description) => Refusal(Code.OutOfRange, description);

    /// <summary>Store or broker down, hub stopping: try again after the delay.</summary>
    public static RpcException Unavailable(string description, TimeSpan retryAfter) =>
        Refusal(Code.Unavailable, description, Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }));

    /// <summary>Too many of something: try again after the delay.</summary>
    public static RpcException ResourceExhausted(string subject, string description, TimeSpan retryAfter)
    {
        var quota = new QuotaFailure { Violations = { new QuotaFailure.Types.Violation { Subject = subject, Description = description } } };
        return Refusal(Code.ResourceExhausted, description, Any.Pack(quota), Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }));
    }

    /// <summary>A refusal with a machine-readable reason in capitals: "NOT_JOINED".</summary>
    public static RpcException Refused(Code code, string reason, string description) =>
        Refusal(code, description, Any.Pack(new ErrorInfo { Domain = Domain, Reason = reason }));

    private static RpcException Refusal(Code code, string message, params Any[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.AddRange(details);
        return status.ToRpcException();
    }
}
