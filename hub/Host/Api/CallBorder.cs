using System.Diagnostics.Metrics;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Api;

/// <summary>
/// The border of calls by gRPC and gRPC-Web before they are calls: a body that is no message is refused as an invalid argument in both languages and counted (<c>unreadable.not_protobuf</c>,
/// <c>unreadable.bad_frame</c>). gRPC itself calls it unknown or a fault. It looks at what was answered, so that nothing is read twice. Stateless but for the counter.
/// </summary>
internal static class CallBorder
{
    private const string Unknown = "2";
    private const string Internal = "13";

    /// <summary>What gRPC itself says of a frame that is empty, cut off, followed by more, or packed without saying how; a test sends each. It calls that a fault of the service.</summary>
    private static readonly string[] BadFrames =
    [
        "Incomplete message.",
        "Additional data after the message received.",
        "Request did not include grpc-encoding value with compressed message.",
        "Request sent 'identity' grpc-encoding value with compressed message.",
    ];

    private static readonly Meter Meter = new("StemLab.Hub");
    private static readonly Counter<long> Unreadable = Meter.CreateCounter<long>("unreadable", "{call}", "Calls whose body is no message, by reason");

    public static void UseCallBorder(this WebApplication app) => app.Use(static next => context => IsCall(context.Request.ContentType) ? PassAsync(context, next) : next(context));

    private static bool IsCall(string? type) => type is not null && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    private static async Task PassAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (!context.Response.HasStarted && context.Response.Headers.GrpcStatus is { Count: 1 } status && (status == Unknown || status == Internal) && ReasonOf(context) is { } reason)
        {
            Unreadable.Add(1, new KeyValuePair<string, object?>("reason", reason));
            Refuse(context.Response, reason);
        }
    }

    /// <summary>Null = it was another fault, or the caller went away.</summary>
    private static string? ReasonOf(HttpContext context)
    {
        if (context.RequestAborted.IsCancellationRequested || context.Features.Get<IServerCallContextFeature>()?.ServerCallContext.Status is not { } told)
        {
            return null;
        }

        return told.DebugException switch
        {
            InvalidProtocolBufferException => "not_protobuf",
            InvalidDataException => "bad_frame",

            // A length no message can have; descendants tell of the connection.
            IOException frame when frame.GetType() == typeof(IOException) => "bad_frame",
            _ => told.StatusCode == StatusCode.Internal && BadFrames.Contains(told.Detail) ? "bad_frame" : null,
        };
    }

    private static void Refuse(HttpResponse response, string reason)
    {
        var refused = reason == "not_protobuf"
            ? Rpc.InvalidArgument("request", "is no protobuf message of this call; see the .proto files", "nội dung gửi không phải thông điệp protobuf của lời gọi này; hãy xem các tệp .proto")
            : Rpc.InvalidArgument(
                "request",
                "is empty, cut off or not framed as gRPC wants it: a byte 0 (1 = compressed, as grpc-encoding says), the length in four bytes, then one whole message and nothing more",
                "nội dung gửi bị trống, bị cắt hoặc không đóng khung theo gRPC: một byte 0 (1 = đã nén như grpc-encoding nêu), độ dài trong bốn byte, rồi đến trọn một thông điệp và không gì thêm");
        response.Headers.GrpcStatus = ((int)refused.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers.GrpcMessage = Uri.EscapeDataString(refused.Status.Detail);
        foreach (Metadata.Entry entry in refused.Trailers)
        {
            response.Headers[entry.Key] = entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;
        }
    }
}
