using StemLab.Agent.TimeKeeping;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

/// <summary>Ties this boot's clock to the hub's: eight exchanges, the one with the shortest round trip counts. One thread at a time.</summary>
internal sealed class TieMaker(BootClock clock, HubTime hubTime, AgentBook book, Func<Health> health, TimeProvider time)
{
    private const int Exchanges = 8;
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Makes and keeps a tie; null where the hub's clock does not answer.</summary>
    public async Task<ClockTie?> TieAsync(HubConnection connection, CancellationToken cancellationToken)
    {
        var ties = new List<ClockTie>();
        for (var i = 0; i < Exchanges; i++)
        {
            if (await ExchangeAsync(connection, cancellationToken) is { } tie)
            {
                ties.Add(tie);
            }
            else if (ties.Count == 0)
            {
                return null;
            }
        }

        if (CristianExchange.Best(ties) is { } best)
        {
            book.AddTie(clock.BootId, best);
            hubTime.Tie(best);
        }

        return hubTime.Latest;
    }

    /// <summary>Tells the hub the latest tie and how the agent is; the reply is not used.</summary>
    public Task ReportAsync(HubConnection connection, CancellationToken cancellationToken) => connection.AskTimeAsync(Request(), cancellationToken);

    private async Task<ClockTie?> ExchangeAsync(HubConnection connection, CancellationToken cancellationToken)
    {
        while (connection.TimeReplies.TryRead(out _))
        {
            // A reply to an earlier request tells nothing about this one.
        }

        using var limit = new CancellationTokenSource(ReplyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var request = Request();
            await connection.AskTimeAsync(request, either.Token);
            while (true)
            {
                var (reply, t3Us) = await connection.TimeReplies.ReadAsync(either.Token);
                if (CristianExchange.TryTie(clock.BootId, request.T0Us, t3Us, reply, out var tie))
                {
                    return tie;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private TimeRequest Request()
    {
        var request = new TimeRequest { BootId = clock.BootId.ToByteString(), Health = health() };
        if (hubTime.Latest is { } latest)
        {
            request.Tie = latest;
        }

        request.T0Us = clock.NowUs();
        return request;
    }
}
