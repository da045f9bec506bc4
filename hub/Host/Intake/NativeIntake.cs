using Google.Protobuf;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake.Door;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;
using LostReason = StemLab.Store.LostReason;

namespace StemLab.Hub.Intake;

/// <summary>Publishes of native agents on their own topics; the connection's credential has been held against the topic already. Called on the connections' read loops; keeps nothing.</summary>
internal sealed class NativeIntake(IntakeCounters counters, FleetBook fleet, BirthIntake births, TimeExchange times, AgentCommandDoor commands)
{
    private const int MostControlBytes = 64 * 1024;

    public Ticket Take(in PublishFrame frame, KnownTopic topic, DoorConnection connection, out Task<Ticket>? later)
    {
        later = null;
        var agent = new AgentId(topic.Agent.Value);
        var ticket = new Ticket(Ticket.AnswerOf(frame.Qos), frame.PacketId);
        if (!fleet.Current.IsKnown(agent))
        {
            Reject(IntakeCount.RejectedUnknownAgent);
            return ticket with { Reason = ReasonCode.NotAuthorized };
        }

        fleet.Seen(agent);
        switch (topic.Kind)
        {
            case NativeTopic.Up:
                return ticket with { Submission = SubmissionOf(agent, frame.Payload) };
            case NativeTopic.Birth when frame.Payload.Length <= MostControlBytes:
                later = births.TakeAsync(agent, frame.Payload.ToArray(), connection, ticket);
                return ticket;
            case NativeTopic.Time when frame.Payload.Length <= MostControlBytes:
                later = times.AnswerAsync(agent, TimeAsked.Of(frame), connection, ticket);
                return ticket;
            case NativeTopic.Rsp when ResultOf(frame.Payload) is { } result:
                commands.Answered(agent, result);
                return ticket;
            case NativeTopic.State:
                return ticket;
            default:
                Reject(topic.Kind == NativeTopic.Rsp ? IntakeCount.RejectedBadResult : IntakeCount.RejectedTooLarge);
                return ticket with { Reason = ReasonCode.PayloadFormatInvalid };
        }
    }

    private Submission SubmissionOf(AgentId agent, ReadOnlySpan<byte> payload)
    {
        switch (UpDecoder.Decode(payload, out var block, out var lost, out var rejection))
        {
            case UpVerdict.Block when block!.StreamId != 0:
                return new NativeBlock(
                    agent, new StreamId(block.StreamId), new BootId(block.BootId.Value), block.CatalogHash, block.FirstSeq, block.Count, payload.ToArray(), StoredBlock.Rows(block));
            case UpVerdict.Lost when lost!.StreamId != 0:
                return new LostRange(agent, new StreamId(lost.StreamId), lost.FirstSeq, lost.Count, (LostReason)lost.Reason, payload.ToArray());
            case UpVerdict.Block or UpVerdict.Lost:
                // Stream 0 is nobody's.
                rejection = new Rejection(RejectReason.BadSequence, 0, 0, 0, 0);
                break;
            default:
                break;
        }

        return Poison(agent, payload, rejection);
    }

    /// <summary>What cannot be decoded is kept aside; with a range it is covered too, so that it does not come back for ever.</summary>
    private AsideBytes Poison(AgentId agent, ReadOnlySpan<byte> payload, in Rejection rejection)
    {
        var hasRange = rejection.Count > 0 && rejection.StreamId != 0;
        var readings = Math.Max(1, rejection.Count);
        var reason = CountOf(rejection.Reason);
        counters.Add(IntakeCount.Received, readings);
        counters.Add(reason, readings);
        var kept = payload.Length > BlockCodec.MaxBytes ? payload[..BlockCodec.MaxBytes] : payload;
        return new AsideBytes(agent, hasRange ? new StreamId(rejection.StreamId) : null, rejection.FirstSeq, rejection.Count, IntakeCounters.NameOf(reason), kept.ToArray());
    }

    /// <summary>The counter of a wire rejection; both lists stand in the same order.</summary>
    internal static IntakeCount CountOf(RejectReason reason) => IntakeCount.RejectedTooLarge + ((int)reason - (int)RejectReason.TooLarge);

    private static Result? ResultOf(ReadOnlySpan<byte> payload)
    {
        try
        {
            return payload.Length <= MostControlBytes && Result.Parser.ParseFrom(payload) is { CommandId.Length: Id128.Size } result ? result : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private void Reject(IntakeCount reason)
    {
        counters.Add(IntakeCount.Received);
        counters.Add(reason);
    }
}
