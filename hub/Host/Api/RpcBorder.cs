using System.Security.Cryptography;
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
        catch (Exception failure) when (failure is not RpcException)
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
        catch (Exception failure) when (failure is not RpcException)
        {
            throw Translate(failure, context);
        }
    }

    private RpcException Translate(Exception failure, ServerCallContext context)
    {
        switch (failure)
        {
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
            case IOException when context.CancellationToken.IsCancellationRequested:
                return new RpcException(new Status(StatusCode.Cancelled, "The caller went away"));
            case OperationCanceledException:
                return Rpc.Unavailable("The hub is stopping", TimeSpan.FromSeconds(5));
            case StoreDamagedException damaged:
                return Rpc.Refused(Google.Rpc.Code.DataLoss, "CHUNK_DAMAGED", damaged.Message, "Một phần dữ liệu đã lưu bị hỏng; hãy xem trang tình trạng của trạm");
            case StoreUnavailableException unavailable:
                return Rpc.Unavailable($"The store cannot answer now: {unavailable.Message}", TimeSpan.FromSeconds(5));
            default:
                var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
                ApiLog.CallFailed(logger, context.Method, id, failure);
                return Rpc.Refused(Google.Rpc.Code.Internal, "BUG", $"hub error {id}", $"Lỗi của trạm, mã {id}");
        }
    }
}
