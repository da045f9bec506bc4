using Google.Protobuf;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Operations;
using StemLab.Agent.Outbox;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

/// <summary>What happens on one connection: tie, Birth, state, then blocks up and receipts and commands down until it ends; before a stop the farewell. One loop.</summary>
internal sealed class HubSession(HubConnection connection, UplinkParts parts, UplinkOptions options, ILogger logger)
{
    private const uint LongestBlinkSeconds = 60;

    /// <summary>Readings that wait longer than this are worth telling the hub when they no longer do.</summary>
    private const long LateUs = 10_000_000;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(2);
    private static readonly Refusal NotOurs = new("this agent is set by the program it runs in, not by the hub", "Máy đo này do chương trình chứa nó cài đặt, không do trạm");
    private static readonly Refusal UnderWay = new("another update is under way", "Đang có một bản cập nhật khác");
    private readonly List<Task> publishing = [];

    // Fetching one update now; touched by the session's loop and its tasks.
    private int updating;
    private bool refusalLogged;

    // What we said last of ourselves was that readings wait; touched by the session's loop and its timer.
    private volatile bool saidLate;
    private Exception? broken;

    /// <summary>Runs until the connection ends or the token is cancelled; then it says its farewell.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // What is on its way when a stop is asked for keeps its way: a PUBACK nobody waits for would end the connection.
        using var session = CancellationTokenSource.CreateLinkedTokenSource(connection.Ended);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, session.Token);
        var time = TieEverySoOftenAsync(session, either.Token);
        var lookedAt = parts.Time.GetTimestamp();
        var offers = new Offers(parts.Outbox, options.Window, options.Patience, parts.Time, Random.Shared);
        try
        {
            while (true)
            {
                either.Token.ThrowIfCancellationRequested();
                await TakeInboxAsync(offers, either.Token);
                offers.Expire();
                OfferWhatFits(offers, session);
                if (saidLate && parts.Time.GetElapsedTime(lookedAt) >= Look)
                {
                    lookedAt = parts.Time.GetTimestamp();
                    await SayNothingWaitsAsync(either.Token);
                }

                await parts.Outbox.HasNews.WaitAsync(Look, parts.Time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(broken is null ? "the connection ended" : $"the connection broke: {broken.Message}", broken);
        }
        catch (OperationCanceledException)
        {
            await FarewellAsync(offers, session);
            throw;
        }
        finally
        {
            await session.CancelAsync();
            await Task.WhenAll([.. publishing, time]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Once nothing is sampled any more Birth says where the streams end, then what still waits goes up until all of it is receipted or the time is over; the rest stays
    /// in the outbox, and the hub knows how much that is.
    /// </summary>
    private async Task FarewellAsync(Offers offers, CancellationTokenSource session)
    {
        using var limit = new CancellationTokenSource(FarewellTimeout, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, session.Token);
        try
        {
            await parts.Outbox.Ended.WaitAsync(either.Token);
            await SendBirthAsync(either.Token);
            while (true)
            {
                TakeReceipts(offers);
                OfferWhatFits(offers, session);
                if (offers.InFlight == 0)
                {
                    return;
                }

                await parts.Outbox.HasNews.WaitAsync(Look, parts.Time, either.Token);
            }
        }
        catch (Exception cut)
        {
            UplinkLog.FarewellCut(logger, options.Hub, offers.InFlight, cut.Message);
        }
    }

    /// <summary>At the end only receipts count: a command that comes now is repeated by the hub when the agent is back.</summary>
    private void TakeReceipts(Offers offers)
    {
        while (connection.Inbox.TryRead(out var message))
        {
            if (message.Kind == NativeTopic.Ack)
            {
                TakeReceipt(message.Payload, offers);
            }
        }

        offers.Settle();
    }

    /// <summary>False where it cannot be read.</summary>
    private bool TakeReceipt(byte[] payload, Offers offers)
    {
        if (!HubConnection.TryParse(Receipt.Parser, payload, out var receipt) || !Id128.TryRead(receipt.StoreId.Span, out var store))
        {
            return false;
        }

        if (parts.Outbox.Cover(store, receipt.StreamId, receipt.Covered))
        {
            offers.Restart();
        }

        return true;
    }

    /// <summary>Before the first block: the hub learns the clock, then who speaks.</summary>
    public async Task IntroduceAsync(CancellationToken cancellationToken)
    {
        var tie = await parts.Ties.TieAsync(connection, cancellationToken);
        await SendBirthAsync(cancellationToken);
        await connection.PublishAsync(NativeTopic.State, "1"u8.ToArray(), retain: true, cancellationToken);
        if (tie is null)
        {
            UplinkLog.ConnectedWithoutClock(logger, options.Hub);
            return;
        }

        UplinkLog.Connected(logger, options.Hub, tie.SigmaUs);
    }

    private bool IsLate => parts.Outbox.Health().OldestWaitingUs > LateUs;

    /// <summary>Once what was said to wait has arrived: who looks on would read for a minute that readings wait which the hub has.</summary>
    private Task SayNothingWaitsAsync(CancellationToken cancellationToken) => IsLate ? Task.CompletedTask : ReportAsync(cancellationToken);

    private Task ReportAsync(CancellationToken cancellationToken)
    {
        saidLate = IsLate;
        return parts.Ties.ReportAsync(connection, cancellationToken);
    }

    private async Task SendBirthAsync(CancellationToken cancellationToken)
    {
        saidLate = IsLate;
        if (!await connection.PublishAsync(NativeTopic.Birth, parts.Declarations.Write().ToByteArray(), retain: false, cancellationToken))
        {
            throw new IOException("the hub refuses our Birth");
        }
    }

    private async Task TieEverySoOftenAsync(CancellationTokenSource session, CancellationToken cancellationToken)
    {
        try
        {
            var tiedAt = parts.Time.GetTimestamp();
            while (true)
            {
                await Task.Delay(options.HealthInterval, parts.Time, cancellationToken);
                if (parts.Time.GetElapsedTime(tiedAt) >= options.TieInterval)
                {
                    tiedAt = parts.Time.GetTimestamp();
                    await parts.Ties.TieAsync(connection, cancellationToken);
                }

                await ReportAsync(cancellationToken);
            }
        }
        catch (Exception end) when (end is not OperationCanceledException)
        {
            await BreakAsync(end, session);
        }
    }

    private void OfferWhatFits(Offers offers, CancellationTokenSource session)
    {
        publishing.RemoveAll(task => task.IsCompleted);
        while (publishing.Count < Math.Min(options.Window, connection.ReceiveMaximum) && offers.Next() is { } block)
        {
            AgentMeters.BlocksOffered.Add(1);
            publishing.Add(OfferAsync(block, session));
        }
    }

    /// <summary>PUBACK only frees a place in the pipe; what frees the block is the receipt.</summary>
    private async Task OfferAsync(HeldBlock block, CancellationTokenSource session)
    {
        try
        {
            if (!await connection.PublishAsync(NativeTopic.Up, block.Payload, retain: false, session.Token) && !refusalLogged)
            {
                refusalLogged = true;
                UplinkLog.BlockRefused(logger, block.StreamId, block.FirstSeq);
            }

            parts.Outbox.HasNews.Set();
        }
        catch (OperationCanceledException)
        {
            // The session ends; the block stays in the outbox.
        }
        catch (Exception failure)
        {
            await BreakAsync(failure, session);
        }
    }

    private async Task BreakAsync(Exception failure, CancellationTokenSource session)
    {
        broken ??= failure;
        await session.CancelAsync();
    }

    private async Task TakeInboxAsync(Offers offers, CancellationToken cancellationToken)
    {
        var covered = false;
        while (connection.Inbox.TryRead(out var message))
        {
            if (message.Kind == NativeTopic.Ack && TakeReceipt(message.Payload, offers))
            {
                covered = true;
            }
            else if (message.Kind == NativeTopic.Cmd && HubConnection.TryParse(Command.Parser, message.Payload, out var command)
                && Id128.TryRead(command.Id.Span, out var id))
            {
                await AnswerAsync(id, command, offers, cancellationToken);
            }
            else
            {
                UplinkLog.Unreadable(logger, message.Kind, message.Payload.Length);
            }
        }

        if (covered)
        {
            offers.Settle();
            if (parts.Desk?.Updates is { } updates && updates.Proven())
            {
                // The hub waits to hear that the new program stays.
                await SendBirthAsync(cancellationToken);
            }
        }
    }

    private async Task AnswerAsync(Id128 id, Command command, Offers offers, CancellationToken cancellationToken)
    {
        if (command.BodyCase == Command.BodyOneofCase.Update && parts.Desk?.Updates is { } updates && !parts.Commands.TryFind(id, out _) && TooLate(command) is null)
        {
            // Minutes, on slow Wi-Fi: readings go on meanwhile.
            publishing.Add(UpdateAsync(id, command.Update, updates, cancellationToken));
            return;
        }

        var beginsAnew = false;
        if (!parts.Commands.TryFind(id, out var result))
        {
            var why = TooLate(command);
            if (why is null)
            {
                (why, beginsAnew) = command.BodyCase == Command.BodyOneofCase.Configure ? Configure(command.Configure) : (await CarryOutAsync(command, offers, cancellationToken), false);
            }

            result = new Result { CommandId = id.ToByteString(), Ok = why is null, Error = why?.En ?? "", ErrorVi = why?.Vi ?? "" };
            parts.Commands.Add(id, result, beginsAnew);
            UplinkLog.CommandAnswered(logger, command.BodyCase, id, result.Ok);
        }

        await connection.PublishAsync(NativeTopic.Rsp, result!.ToByteArray(), retain: false, cancellationToken);
        if (beginsAnew)
        {
            parts.Desk!.EndRun();
        }
        else if (command.BodyCase == Command.BodyOneofCase.Configure && !result!.Ok)
        {
            // The refusal stands among the agent's troubles: it is shown at once.
            await ReportAsync(cancellationToken);
        }
    }

    private async Task UpdateAsync(Id128 id, Update update, UpdateDesk updates, CancellationToken cancellationToken)
    {
        var isFirst = Interlocked.Exchange(ref updating, 1) == 0;
        var why = isFirst ? await updates.TakeAsync(update, cancellationToken) : UnderWay;
        var result = new Result { CommandId = id.ToByteString(), Ok = why is null, Error = why?.En ?? "", ErrorVi = why?.Vi ?? "" };
        parts.Commands.Add(id, result, changes: why is null);
        updating = isFirst && why is not null ? 0 : updating;
        UplinkLog.CommandAnswered(logger, Command.BodyOneofCase.Update, id, result.Ok);
        await connection.PublishAsync(NativeTopic.Rsp, result.ToByteArray(), retain: false, cancellationToken);
        if (why is null)
        {
            updates.Restart();
        }
    }

    private (Refusal? Why, bool BeginsAnew) Configure(Configure command) =>
        parts.Desk is { } desk && command.Settings is { } settings ? desk.Configure(settings) : (NotOurs, false);

    /// <summary>Why a command comes too late; null where it does not.</summary>
    private Refusal? TooLate(Command command)
    {
        if (command.DeadlineBoot.IsEmpty)
        {
            return null;
        }

        if (!Id128.TryRead(command.DeadlineBoot.Span, out var boot) || !parts.HubTime.TryNow(boot, out var nowUs))
        {
            return new Refusal("the deadline is of a clock this agent is not tied to", "Hạn của lệnh theo một đồng hồ mà máy đo này chưa biết");
        }

        var late = FormattableString.Invariant($"{(nowUs - command.DeadlineTUs) / 1_000_000.0:0.###}");
        return nowUs > command.DeadlineTUs ? new Refusal($"too late by {late} s", $"Lệnh đến muộn {late} giây") : null;
    }

    /// <summary>Does it; null, or why it cannot.</summary>
    private async Task<Refusal?> CarryOutAsync(Command command, Offers offers, CancellationToken cancellationToken)
    {
        switch (command.BodyCase)
        {
            case Command.BodyOneofCase.Rebirth:
                await SendBirthAsync(cancellationToken);
                offers.RecallAll();
                return null;
            case Command.BodyOneofCase.Watched:
                parts.Pace.Watch(TimeSpan.FromSeconds(command.Watched.ForSeconds));
                return null;
            case Command.BodyOneofCase.Identify:
                UplinkLog.Identified(logger, command.Identify.ForSeconds);
                var span = TimeSpan.FromSeconds(Math.Min(command.Identify.ForSeconds, LongestBlinkSeconds));
                if (parts.Identify is { } show)
                {
                    show(span);
                }
                else if (parts.Home is { } board)
                {
                    publishing.Add(board.BlinkAsync(span, cancellationToken));
                }

                return null;
            case Command.BodyOneofCase.FindProbes:
                if (parts.Desk is not { } desk)
                {
                    return NotOurs;
                }

                await desk.FindProbesAsync(cancellationToken);
                await SendBirthAsync(cancellationToken);
                return null;
            case Command.BodyOneofCase.None:
            default:
                return new Refusal("this agent does not know the command: its program is older than the hub", "Máy đo không biết lệnh này: chương trình của nó cũ hơn trạm");
        }
    }
}
