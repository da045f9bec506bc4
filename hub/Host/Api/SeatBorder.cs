using System.Collections.Frozen;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>While its group is to predict first, a seat is told no measured value by any face of any rpc: what may tell one is refused, a stream that has begun ends. Stateless.</summary>
internal sealed class SeatBorder(WithheldValues withheld) : Interceptor
{
    /// <summary>Services that tell no value, or (LessonService) withhold it themselves. What is new is refused until it stands here.</summary>
    private static readonly FrozenSet<string> WithoutValues = FrozenSet.Create(
        StringComparer.Ordinal, "stemlab.v1.LessonService", "stemlab.v1.ClassroomService", "stemlab.v1.AccessService", "stemlab.v1.CatalogService", "stemlab.v1.EnrolmentService", "stemlab.v1.TimeService", "grpc.health.v1.Health");

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (!withheld.From(context.GetHttpContext().User))
        {
            return await continuation(request, context);
        }

        MustTellNone(context);
        var answer = await continuation(request, context);
        switch (answer)
        {
            case ListChannelsResponse list:
                foreach (var channel in list.Channels)
                {
                    channel.Latest = null;
                }

                break;
            case GetChannelResponse one:
                one.Channel.Latest = null;
                break;
        }

        return answer;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        if (!context.GetHttpContext().User.IsInRole(Roles.Seat) || TellsNone(context))
        {
            return continuation(request, responseStream, context);
        }

        if (withheld.From(context.GetHttpContext().User))
        {
            throw Refusal();
        }

        return continuation(request, new SeatStream<TResponse>(responseStream, () => withheld.From(context.GetHttpContext().User)), context);
    }

    private static void MustTellNone(ServerCallContext context)
    {
        if (!TellsNone(context))
        {
            throw Refusal();
        }
    }

    private static bool TellsNone(ServerCallContext context) => context.Method.Split('/') is ["", var service, _] && WithoutValues.Contains(service);

    private static RpcException Refusal() => Rpc.Refused(Code.FailedPrecondition, "VALUES_HIDDEN", WithheldValues.English, WithheldValues.Vietnamese);

    /// <summary>Looks before each message whether it may still be sent.</summary>
    private sealed class SeatStream<T>(IServerStreamWriter<T> stream, Func<bool> isWithheld) : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions
        {
            get => stream.WriteOptions;
            set => stream.WriteOptions = value;
        }

        public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(T message, CancellationToken cancellationToken) => isWithheld() ? throw Refusal() : stream.WriteAsync(message, cancellationToken);
    }
}
