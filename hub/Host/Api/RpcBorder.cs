using System.Globalization;
using System.Security.Cryptography;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using StemLab.Hub.Operations;
using StemLab.Store;

namespace StemLab.Hub.Api;

/// <summary>The border of every rpc: whatever goes wrong inside leaves as a status with details, never as Unknown. Stateless.</summary>
internal sealed class RpcBorder(ILogger<RpcBorder> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (RpcException refused)
        {
            SayWhenAgain(refused, context);
            throw;
        }
        catch (Exception failure)
        {
            throw Translate(failure, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (RpcException refused)
        {
            SayWhenAgain(refused, context);
            throw;
        }
        catch (Exception failure)
        {
            throw Translate(failure, context);
        }
    }

    /// <summary>Who is to wait is told so in HTTP's own words too.</summary>
    private static void SayWhenAgain(RpcException refused, ServerCallContext context)
    {
        if (context.GetHttpContext().Response is { HasStarted: false } response && refused.GetRpcStatus()?.GetDetail<RetryInfo>() is { RetryDelay: { } delay })
        {
            response.Headers.RetryAfter = Math.Max(1, delay.Seconds + (delay.Nanos > 0 ? 1 : 0)).ToString(CultureInfo.InvariantCulture);
        }
    }

    private RpcException Translate(Exception failure, ServerCallContext context)
    {
        switch (failure)
        {
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
            case IOException when context.CancellationToken.IsCancellationRequested:
                return new RpcException(new Grpc.Core.Status(StatusCode.Cancelled, "The caller went away"));
            case OperationCanceledException:
                return Rpc.Unavailable("The hub is stopping", TimeSpan.FromSeconds(5));
            case StoreDamagedException damaged:
                return Rpc.Refused(Code.DataLoss, "CHUNK_DAMAGED", damaged.Message, "Một phần dữ liệu đã lưu bị hỏng; hãy xem trang tình trạng của trạm");
            case StoreUnavailableException unavailable:
                return Rpc.Unavailable($"The store cannot answer now: {unavailable.Message}", TimeSpan.FromSeconds(5));
            default:
                var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
                ApiLog.CallFailed(logger, context.Method, id, failure);
                return Rpc.Refused(Code.Internal, "BUG", $"hub error {id}", $"Lỗi của trạm, mã {id}");
        }
    }
}
