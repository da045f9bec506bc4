using Google.Protobuf;
using MQTTnet.Packets;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake.Door;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Intake;

/// <summary>What a time request carries, copied out of the read buffer.</summary>
internal sealed record TimeAsked(byte[] Payload, string ResponseTopic, byte[] CorrelationData)
{
    public static TimeAsked Of(in PublishFrame frame) =>
        new(frame.Payload.ToArray(), System.Text.Encoding.UTF8.GetString(frame.ResponseTopic), frame.CorrelationData.ToArray());
}

/// <summary>Answers an agent's time request at once with the hub's own clock at receipt and at reply (Cristian's exchange); never with UTC.</summary>
internal sealed class TimeExchange(IntakeCounters counters, FleetBook fleet, TieIntake ties, HubClock clock)
{
    public async Task<Ticket> AnswerAsync(AgentId agent, TimeAsked asked, DoorConnection connection, Ticket ticket)
    {
        var t1 = clock.NowUs() - connection.ArrivedUsAgo;
        var replyTopic = Topics.TimeReply(new Id128(agent.Value));
        if (Parse(asked.Payload) is not { } request || (asked.ResponseTopic.Length > 0 && asked.ResponseTopic != replyTopic))
        {
            counters.Add(IntakeCount.Received);
            counters.Add(IntakeCount.RejectedBadTimeRequest);
            return ticket with { Reason = ReasonCode.PayloadFormatInvalid };
        }

        var reply = new TimeReply { T0Us = request.T0Us, HubBootId = clock.BootId.ToByteString(), T1Us = t1, T2Us = clock.NowUs() };
        var packet = new MqttPublishPacket { Topic = replyTopic, PayloadSegment = reply.ToByteArray() };
        if (connection.IsV5 && asked.CorrelationData.Length > 0)
        {
            packet.CorrelationData = asked.CorrelationData;
        }

        await connection.TrySendAsync(packet);
        fleet.ReportHealth(agent, request.Health);
        if (request.Tie is { } tie)
        {
            ties.Offer(agent, tie);
        }

        return ticket;
    }

    private static TimeRequest? Parse(byte[] payload)
    {
        try
        {
            return TimeRequest.Parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
