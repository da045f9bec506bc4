using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Api;

/// <summary>
/// The border of the JSON face: what never became a request (a body that is no JSON, a number that is none) is refused like everything else, in both languages and
/// with the place of the fault; the transcoding says only that something is not right. So is a name in the address that the call does not know (<see cref="KnownParameters"/>). Stateless. Of streams asked for by address only
/// the names are looked at: they are the hot path.
/// </summary>
internal static class JsonBorder
{
    /// <summary>A longer body is refused without the place of its fault.</summary>
    private const int LongestExplained = 64 * 1024;

    public static void UseJsonBorder(this WebApplication app) => app.Use(static async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata is not { } known || known.GetMetadata<GrpcJsonTranscodingMetadata>() is not { } rule)
        {
            await next(context);
            return;
        }

        if (KnownParameters.Refusal(context.Request.QueryString.Value, rule) is { } unknown)
        {
            await RefuseAsync(context, unknown);
            return;
        }

        if (HttpMethods.IsGet(context.Request.Method) && IsStream(known))
        {
            await next(context);
            return;
        }

        bool canExplain = context.Request.ContentLength is > 0 and <= LongestExplained;
        if (canExplain)
        {
            context.Request.EnableBuffering(LongestExplained);
        }

        var outside = context.Response.Body;
        await using var held = new HeldRefusal(context.Response, outside);
        context.Response.Body = held;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = outside;
        }

        if (held.Held is { Length: > 0 } refusal)
        {
            byte[] answer = IsExplained(refusal) ? refusal : Explained(canExplain ? await BodyAsync(context.Request) : null, rule);
            context.Response.ContentLength = answer.Length;
            await outside.WriteAsync(answer, context.RequestAborted);
        }
    });

    private static async Task RefuseAsync(HttpContext context, RpcException refused)
    {
        byte[] answer = Written(refused);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private static bool IsStream(EndpointMetadataCollection known) => known.GetMetadata<GrpcMethodMetadata>()?.Method.Type == MethodType.ServerStreaming;

    private static bool IsExplained(byte[] refusal) => refusal.AsSpan().IndexOf("LocalizedMessage"u8) >= 0;

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        request.Body.Position = 0;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.ToArray();
    }

    /// <summary>The refusal as the transcoding writes those of the services.</summary>
    /// <param name="body">What was sent; null = not kept.</param>
    private static byte[] Explained(byte[]? body, GrpcJsonTranscodingMetadata rule)
    {
        RpcException refused = body is null
            ? Rpc.InvalidArgument("request", "has a value of the wrong kind, or a body that is no JSON; see the API's description", "có giá trị sai kiểu, hoặc nội dung gửi không phải JSON; hãy xem mô tả API")
            : NotJson(body) ?? NotOfTheMessage(body, rule);
        return Written(refused);
    }

    private static byte[] Written(RpcException refused)
    {
        var status = refused.GetRpcStatus()!;
        var registry = Google.Protobuf.Reflection.TypeRegistry.FromFiles(Google.Rpc.ErrorDetailsReflection.Descriptor);
        return Encoding.UTF8.GetBytes(new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(registry)).Format(status));
    }

    private static RpcException? NotJson(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                // To the end, or to the fault.
            }

            return null;
        }
        catch (JsonException fault)
        {
            (long line, long at) = ((fault.LineNumber ?? 0) + 1, (fault.BytePositionInLine ?? 0) + 1);
            return Rpc.InvalidArgument(
                "body",
                string.Create(CultureInfo.InvariantCulture, $"is not JSON: the fault is in line {line} at position {at}"),
                string.Create(CultureInfo.InvariantCulture, $"nội dung gửi không phải JSON: lỗi ở dòng {line}, vị trí {at}"));
        }
    }

    /// <summary>JSON, but a value that its field cannot hold: the reader of the message's own language says which.</summary>
    private static RpcException NotOfTheMessage(byte[] body, GrpcJsonTranscodingMetadata rule)
    {
        var message = rule.HttpRule.Body is "*" or "" ? rule.MethodDescriptor.InputType : rule.MethodDescriptor.InputType.FindFieldByName(rule.HttpRule.Body)?.MessageType;
        string fault = "a value is not of the kind its field has";
        try
        {
            _ = message is null ? null : new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true)).Parse(Encoding.UTF8.GetString(body), message);
        }
        catch (Exception wrong) when (wrong is InvalidProtocolBufferException or InvalidJsonException or FormatException or OverflowException)
        {
            fault = wrong.Message.TrimEnd('.');
        }

        return Rpc.InvalidArgument("body", $"does not fit {message?.FullName ?? "the request"}: {fault}", $"nội dung gửi không đúng kiểu {message?.FullName ?? "của lời gọi"}: {fault}");
    }

    /// <summary>Lets an answer through as it is written, but holds back a refusal of the request. One request, one writer at a time.</summary>
    private sealed class HeldRefusal(HttpResponse response, System.IO.Stream outside) : System.IO.Stream
    {
        private MemoryStream? held;

        /// <summary>What was held back; null = nothing.</summary>
        public byte[]? Held => held?.ToArray();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!IsRefusal())
            {
                return outside.WriteAsync(buffer, cancellationToken);
            }

            held!.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (!IsRefusal())
            {
                outside.Write(buffer, offset, count);
                return;
            }

            held!.Write(buffer, offset, count);
        }

        public override void Flush()
        {
            if (held is null)
            {
                outside.Flush();
            }
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => IsRefusal() ? Task.CompletedTask : outside.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private bool IsRefusal()
        {
            if (held is null && !response.HasStarted && response.StatusCode == StatusCodes.Status400BadRequest)
            {
                held = new MemoryStream();
            }

            return held is not null;
        }
    }
}
