using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Uplink;

/// <summary>The loop that owns the connection: connects, runs a session, waits, connects again, for ever. Nothing that a network or a hub does ends it.</summary>
internal sealed class Uplink(UplinkParts parts, UplinkOptions told, ILogger<Uplink> logger)
{
    private const int LookAgainAfter = 3;
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);
    private readonly Backoff backoff = new(told.FirstBackoff, told.LongestBackoff, Random.Shared);
    private UplinkOptions options = told;
    private int failures;
    private volatile bool isConnected;

    /// <summary>True from Birth to the end of a connection.</summary>
    public bool IsConnected => isConnected;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ConnectOnceAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Report(failure);
                isConnected = false;
                await LookAgainAsync(failure is HubRefusedException, cancellationToken);
            }
            finally
            {
                isConnected = false;
            }

            await Task.Delay(backoff.Next(), parts.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConnectOnceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await HubConnection.OpenAsync(options, parts.Home, parts.Clock, parts.Outbox.HasNews.Set, parts.Time, cancellationToken);
        var session = new HubSession(connection, parts, options, logger);
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, connection.Ended))
        {
            try
            {
                await session.IntroduceAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException("the hub closed the connection before it had heard who we are");
            }
        }

        AgentMeters.Connections.Add(1);
        backoff.Reset();
        failures = 0;
        isConnected = true;
        try
        {
            await session.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SayGoodbyeAsync(connection);
        }
    }

    /// <summary>After a refusal, and every third time that nobody answers: is the hub somewhere else, or has it a new token for this agent?</summary>
    private async Task LookAgainAsync(bool isRefused, CancellationToken cancellationToken)
    {
        if (parts.Home is not { } home || (!isRefused && failures % LookAgainAfter != 0))
        {
            return;
        }

        try
        {
            if (await home.FindAgainAsync(isRefused, cancellationToken) is { } link && (link.Hub != options.Hub || link.Token != options.Token || link.Tls != options.Tls || link.AuthorityPem != options.AuthorityPem))
            {
                options = options with { Hub = link.Hub, Token = link.Token, Tls = link.Tls, AuthorityPem = link.AuthorityPem };
                backoff.Reset();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            UplinkLog.StillNoHub(logger, options.Hub, failures, failed.Message);
        }
    }

    private async Task SayGoodbyeAsync(HubConnection connection)
    {
        using var limit = new CancellationTokenSource(GoodbyeTimeout, parts.Time);
        try
        {
            await connection.CloseAsync(limit.Token);
        }
        catch (Exception failure)
        {
            UplinkLog.StillNoHub(logger, options.Hub, failures, failure.Message);
        }
    }

    /// <summary>One warning when the hub is lost, then silence until it is back.</summary>
    private void Report(Exception failure)
    {
        failures++;
        if (failures == 1 && failure is NullReferenceException or InvalidCastException or IndexOutOfRangeException or ArgumentException)
        {
            UplinkLog.Bug(logger, failure);
        }
        else if (failures == 1)
        {
            UplinkLog.NoHub(logger, options.Hub, (failure.InnerException ?? failure).Message);
        }
        else
        {
            UplinkLog.StillNoHub(logger, options.Hub, failures, failure.Message);
        }
    }
}
