using System.Text;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake.Door;
using StemLab.Hub.Intake.Foreign;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Intake;

/// <summary>Decides what a publish is by its topic and who sent it, and hands it to native or foreign intake. Called on the connections' read loops; keeps nothing.</summary>
internal sealed class PublishRouter(IntakeCounters counters, NativeIntake native, ForeignIntake foreign, SubscriptionTree subscriptions, TriedBook tried)
{
    /// <summary>Takes one publish.</summary>
    /// <param name="frame">Valid during the call only.</param>
    /// <param name="connection">Where it came in.</param>
    /// <param name="later">Completes with the ticket where taking it means waiting (a Birth, a new device); otherwise null.</param>
    public Ticket Take(in PublishFrame frame, DoorConnection connection, out Task<Ticket>? later)
    {
        later = null;
        var topic = connection.Scratch.Find(frame.Topic) ?? Learn(frame.Topic, connection);
        switch (topic.Class)
        {
            case TopicClass.Native:
                return native.Take(frame, topic, connection, out later);
            case TopicClass.Foreign:
                return foreign.Take(frame, topic, connection, topic.IsHeard(subscriptions), out later);
            default:
                if (topic.Class == TopicClass.NoToken)
                {
                    Remember(frame, topic);
                }

                counters.Add(IntakeCount.Received);
                counters.Add(topic.Class switch
                {
                    TopicClass.NoToken => IntakeCount.RejectedNoToken,
                    TopicClass.NotOwn => IntakeCount.RejectedNotOwnTopic,
                    TopicClass.Reserved => IntakeCount.RejectedReservedTopic,
                    _ => IntakeCount.RejectedNotGranted,
                });
                return new Ticket(Ticket.AnswerOf(frame.Qos), frame.PacketId, ReasonCode.NotAuthorized);
        }
    }

    /// <summary>True for a topic whose messages may go to live subscribers as they are: a will, for instance.</summary>
    public static bool IsOrdinary(string topic, DoorConnection connection)
    {
        var utf8 = Encoding.UTF8.GetBytes(topic);
        return PublishFrame.IsTopicName(utf8) && Classify(topic, connection, out _, out _) == TopicClass.Foreign;
    }

    /// <summary>Only what a person could take in: a topic whose readings belong to a device.</summary>
    private void Remember(in PublishFrame frame, KnownTopic topic)
    {
        var foreign = topic.Foreign ??= new ForeignTopic(topic.Text);
        if (foreign.Use is not (TopicUse.Status or TopicUse.Command))
        {
            tried.Add(foreign.DeviceKeyOf(frame.Payload.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]));
        }
    }

    private static KnownTopic Learn(ReadOnlySpan<byte> utf8, DoorConnection connection)
    {
        var text = Encoding.UTF8.GetString(utf8);
        var topicClass = Classify(text, connection, out var agent, out var kind);
        var topic = new KnownTopic(utf8.ToArray(), text, topicClass) { Agent = agent, Kind = kind };
        connection.Scratch.Remember(topic);
        return topic;
    }

    private static TopicClass Classify(string topic, DoorConnection connection, out Id128 agent, out NativeTopic kind)
    {
        var isNative = Topics.TryParse(topic, out agent, out kind);
        var grant = connection.Grant;
        if (grant is null || !grant.MayPublish(topic))
        {
            return isNative && grant?.Agent != new AgentId(agent.Value) ? TopicClass.NotOwn
                : topic[0] == '$' || topic.StartsWith("sl/", StringComparison.Ordinal) || topic.StartsWith(Topics.OutRoot, StringComparison.Ordinal) || topic is "sl" or "stemlab" ? TopicClass.Reserved
                : grant is { IsTokenless: true } ? TopicClass.NoToken
                : TopicClass.NotGranted;
        }

        return isNative ? TopicClass.Native : TopicClass.Foreign;
    }
}
