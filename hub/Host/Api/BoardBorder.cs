using Google.Protobuf.Collections;
using Google.Rpc;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>A wall display asks for the channels of its board and for no others, on every face of every rpc; "all" means its own. Stateless.</summary>
internal sealed class BoardBorder : Interceptor
{
    private const string Everything = "agents/-/channels/-";

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Narrow(request, context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Narrow(request, context);
        return continuation(request, responseStream, context);
    }

    private static void Narrow(object request, ServerCallContext context)
    {
        HttpContext http = context.GetHttpContext();
        if (BoardScope.Of(http.User) is not { IsWhole: false } board)
        {
            return;
        }

        switch (request)
        {
            case GetLatestReadingsRequest latest:
                Narrow(latest.Channels, board);
                return;
            case QueryReadingsRequest query:
                Narrow(query.Channels, board);
                return;
            case WatchReadingsRequest watch:
                Narrow(watch.Channels, board);
                return;
            case ListChannelsRequest list when board.Agent.Length > 0 && (list.Parent.Length == 0 || list.Parent is "agents/-" || list.Parent == $"agents/{board.Agent}"):
                list.Parent = $"agents/{board.Agent}";
                return;
            case GetChannelRequest one:
                MustHold(board, one.Name);
                return;
            case GetQcRulesRequest rules:
                MustHold(board, rules.Channel);
                return;
            case ListFlagStretchesRequest stretches:
                MustHold(board, stretches.Channel);
                return;
            case GetHubRequest or ListObservedPropertiesRequest:
                return;
            default:
                // What is open to anybody is open to a display; of the rest only what stands above.
                if (http.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy is not (Policies.Open or Policies.Knock))
                {
                    throw Rpc.Refused(Code.PermissionDenied, "NOT_ON_BOARD", "This display may read its own board and nothing else", "Màn hình này chỉ đọc được bảng của nó");
                }

                return;
        }
    }

    private static void Narrow(RepeatedField<string> channels, BoardScope board)
    {
        for (int i = 0; i < channels.Count; i++)
        {
            channels[i] = channels[i] == Everything ? board.Selection : channels[i];
            MustHold(board, channels[i]);
        }

        if (channels.Count == 0)
        {
            channels.Add(board.Selection);
        }
    }

    /// <summary>A channel that is not on the board is, for its display, not there.</summary>
    private static void MustHold(BoardScope board, string channel)
    {
        if (!board.Holds(channel))
        {
            throw Rpc.NotFound("stemlab.dev/Channel", channel);
        }
    }
}
