using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace StemLab.Hub.Intake.Door;

/// <summary>MQTTnet works through the filters of a SUBSCRIBE by falling QoS and answers in that order; the client counts on its own (MQTT 5.0 section 3.9.3). One writer (the read loop), one reader (the send loop).</summary>
internal sealed class SubAckOrder
{
    private const int MostPending = 64;

    private readonly Lock _gate = new();
    private readonly Queue<(ushort PacketId, int[] Order)> _pending = [];

    public void Remember(MqttSubscribePacket subscribe)
    {
        if (subscribe.TopicFilters.Count < 2)
        {
            return;
        }

        // OrderByDescending is stable, there as here.
        int[] order = [.. Enumerable.Range(0, subscribe.TopicFilters.Count).OrderByDescending(i => subscribe.TopicFilters[i].QualityOfServiceLevel)];
        lock (_gate)
        {
            if (_pending.Count == MostPending)
            {
                _pending.Dequeue();
            }

            _pending.Enqueue((subscribe.PacketIdentifier, order));
        }
    }

    /// <summary>Puts the codes into the order of the request; MQTT 3.1.1 knows only one code for failure.</summary>
    public void Restore(MqttSubAckPacket subAck, bool v5)
    {
        lock (_gate)
        {
            if (_pending.TryPeek(out var oldest) && oldest.PacketId == subAck.PacketIdentifier && oldest.Order.Length == subAck.ReasonCodes.Count)
            {
                _pending.Dequeue();
                var codes = new MqttSubscribeReasonCode[oldest.Order.Length];
                for (var i = 0; i < codes.Length; i++)
                {
                    codes[oldest.Order[i]] = subAck.ReasonCodes[i];
                }

                subAck.ReasonCodes = [.. codes];
            }
        }

        if (!v5)
        {
            subAck.ReasonCodes = [.. subAck.ReasonCodes.Select(code => code <= MqttSubscribeReasonCode.GrantedQoS2 ? code : MqttSubscribeReasonCode.UnspecifiedError)];
        }
    }
}
