using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace StemLab.Hub.Operations;

/// <summary>The refusals an rpc may answer with: status, a sentence for people in both languages, and google.rpc details for programs. Pure.</summary>
internal static partial class Rpc
{
    private const string Domain = "stemlab.dev";

    /// <summary>A refusal travels in headers, which clients bound.</summary>
    private const int LongestText = 4_000;

    private const int BeginOfWord = 60;

    /// <summary>Arguments out of form: all that is wrong, each with its field path and what was expected.</summary>
    public static RpcException InvalidArgument(IReadOnlyCollection<(string Field, string Description)> violations)
    {
        var details = new BadRequest();
        details.FieldViolations.AddRange(violations.Select(violation => new BadRequest.Types.FieldViolation { Field = violation.Field, Description = Told(violation.Description) }));
        string message = string.Join("; ", violations.Select(violation => $"{violation.Field} {violation.Description}"));
        string vi = string.Join("; ", violations.Select(violation => $"{violation.Field} {VietnameseRefusals.Of(violation.Description)}"));
        return Refusal(Code.InvalidArgument, message, $"Chưa đúng: {vi}", Any.Pack(details));
    }

    /// <summary>As above, said word for word in both languages.</summary>
    public static RpcException InvalidArgument(IReadOnlyCollection<(string Field, string English, string Vietnamese)> violations)
    {
        var details = new BadRequest();
        details.FieldViolations.AddRange(violations.Select(violation => new BadRequest.Types.FieldViolation { Field = violation.Field, Description = Told(violation.English) }));
        string message = string.Join("; ", violations.Select(violation => $"{violation.Field}: {violation.English}"));
        return Refusal(Code.InvalidArgument, message, string.Join("; ", violations.Select(violation => violation.Vietnamese)), Any.Pack(details));
    }

    public static RpcException InvalidArgument(string field, string description) => InvalidArgument([(field, description)]);

    public static RpcException InvalidArgument(string field, string description, string vietnamese) => Refusal(
        Code.InvalidArgument, $"{field} {description}", $"Chưa đúng: {vietnamese}", Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = description } } }));

    /// <summary>The thing is not here, or the caller may not know that it is.</summary>
    public static RpcException NotFound(string type, string name) => name.Length == 0
        ? Refusal(Code.NotFound, $"say which {type} is meant: its name is empty", $"Hãy nêu rõ muốn tìm gì ({type}): tên đang để trống", Any.Pack(new ResourceInfo { ResourceType = type }))
        : Refusal(Code.NotFound, $"{type} '{name}' does not exist in this hub", $"Trạm này không có “{name}” (đã tìm: {type})", Any.Pack(new ResourceInfo { ResourceType = type, ResourceName = name }));

    /// <summary>A name or code another thing bears.</summary>
    public static RpcException AlreadyExists(string type, string name) =>
        Refusal(Code.AlreadyExists, $"{type} '{name}' exists already", $"“{name}” đã có rồi; hãy chọn tên khác", Any.Pack(new ResourceInfo { ResourceType = type, ResourceName = name }));

    /// <summary>The state of the thing does not allow it now; somebody has to act first.</summary>
    public static RpcException FailedPrecondition(string type, string subject, string description, string? vietnamese = null)
    {
        var details = new PreconditionFailure { Violations = { new PreconditionFailure.Types.Violation { Type = type, Subject = subject, Description = description } } };
        return Refusal(Code.FailedPrecondition, description, vietnamese ?? VietnameseRefusals.Of(description), Any.Pack(details));
    }

    /// <summary>A page token or position that is past what is kept.</summary>
    public static RpcException OutOfRange(string description) => Refusal(Code.OutOfRange, description, "Trang này không còn được giữ; hãy bắt đầu lại từ trang đầu");

    /// <summary>Store or broker down, hub stopping: try again after the delay.</summary>
    public static RpcException Unavailable(string description, TimeSpan retryAfter) =>
        Refusal(Code.Unavailable, description, "Trạm chưa trả lời được lúc này; hãy thử lại sau ít giây", Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }));

    /// <summary>Too many of something: try again after the delay.</summary>
    public static RpcException ResourceExhausted(string subject, string description, TimeSpan retryAfter) =>
        ResourceExhausted(subject, description, VietnameseRefusals.Of(description), retryAfter);

    public static RpcException ResourceExhausted(string subject, string description, string vietnamese, TimeSpan retryAfter)
    {
        var quota = new QuotaFailure { Violations = { new QuotaFailure.Types.Violation { Subject = subject, Description = description } } };
        return Refusal(Code.ResourceExhausted, description, vietnamese, Any.Pack(quota), Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(retryAfter) }));
    }

    /// <summary>A refusal with a machine-readable reason in capitals: "NOT_JOINED".</summary>
    public static RpcException Refused(Code code, string reason, string description, string? vietnamese = null) =>
        Refusal(code, description, vietnamese ?? VietnameseRefusals.Of(description), Any.Pack(new ErrorInfo { Domain = Domain, Reason = reason }));

    private static RpcException Refusal(Code code, string message, string vietnamese, params Any[] details)
    {
        (message, vietnamese) = (Told(message), Told(vietnamese));
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.AddRange(details);
        status.Details.Add(Any.Pack(new LocalizedMessage { Locale = "en", Message = message }));
        status.Details.Add(Any.Pack(new LocalizedMessage { Locale = "vi", Message = vietnamese }));
        return status.ToRpcException();
    }

    /// <summary>What somebody sent is told back only so far: of a word without end its beginning, of a text without end so much.</summary>
    private static string Told(string text)
    {
        text = EndlessWord().Replace(text, word => word.Value[..BeginOfWord] + "…");
        return text.Length <= LongestText ? text : text[..LongestText] + "…";
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\S{200,}")]
    private static partial System.Text.RegularExpressions.Regex EndlessWord();
}
