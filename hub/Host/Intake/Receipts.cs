using System.Collections.Immutable;
using Google.Protobuf;
using MQTTnet.Packets;
using StemLab.Hub.Intake.Door;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Intake;

/// <summary>
/// Tells agents what is durable: after a commit the ledger's ranges around what was just settled, one receipt a stream; after a Birth all ranges of its streams.
/// Asks for a rebirth where a block named something undeclared. Keeps nothing; called by the connections' pumps.
/// </summary>
internal sealed class Receipts(IntakeCounters counters, ObservationStore store, HubClock clock)
{
    private const long RebirthLifeUs = 30_000_000;

    private readonly ByteString _storeId = ByteString.CopyFrom(store.StoreId.ToBytes());

    /// <summary>Sends what one connection's settled blocks call for; false when the connection is gone.</summary>
    public async Task<bool> SendAsync(DoorConnection connection, TouchedRanges touched)
    {
        if (connection.WantsReceipts)
        {
            foreach (var stream in touched.Covered.GroupBy(block => (block.Agent, block.Stream)))
            {
                var useful = Around(store.Covered(stream.Key.Agent, stream.Key.Stream), stream.Select(block => block.FirstSeq));
                if (!await SendAsync(connection, stream.Key.Agent, stream.Key.Stream, useful))
                {
                    return false;
                }
            }
        }

        if (touched.Unknown is { } submission && connection.Rebirth.MayAsk())
        {
            await AskRebirthAsync(connection, submission);
        }

        return true;
    }

    /// <summary>
    /// Sends everything covered of some streams, so that an agent that comes back frees its outbox at once. Where nothing is, one receipt without ranges says so:
    /// an agent whose readings were receipted by a store that is gone learns of the new one, although it may have nothing new to send.
    /// </summary>
    public async Task SendAllAsync(DoorConnection connection, AgentId agent, IEnumerable<StreamId> streams)
    {
        if (!connection.WantsReceipts)
        {
            return;
        }

        StreamId? uncovered = null;
        var isKnown = false;
        foreach (var stream in streams)
        {
            var ranges = store.Covered(agent, stream);
            uncovered = ranges.IsEmpty ? stream : uncovered;
            isKnown |= !ranges.IsEmpty;
            await SendAsync(connection, agent, stream, ranges);
        }

        if (!isKnown && uncovered is { } none)
        {
            await WriteAsync(connection, agent, none, []);
        }
    }

    /// <summary>The ranges some sequence numbers lie in; both ascending order and no overlap are the ledger's.</summary>
    private static List<SeqRangeValue> Around(ImmutableArray<SeqRangeValue> covered, IEnumerable<ulong> numbers)
    {
        var around = new List<SeqRangeValue>();
        foreach (var number in numbers.Order())
        {
            if (around.Count > 0 && number - around[^1].First < around[^1].Count && number >= around[^1].First)
            {
                continue;
            }

            int low = 0, high = covered.Length;
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = covered[middle].First <= number ? (middle + 1, high) : (low, middle);
            }

            if (low > 0 && number - covered[low - 1].First < covered[low - 1].Count)
            {
                around.Add(covered[low - 1]);
            }
        }

        return around;
    }

    private Task<bool> SendAsync(DoorConnection connection, AgentId agent, StreamId stream, IReadOnlyCollection<SeqRangeValue> ranges) =>
        ranges.Count == 0 ? Task.FromResult(true) : WriteAsync(connection, agent, stream, ranges);

    private async Task<bool> WriteAsync(DoorConnection connection, AgentId agent, StreamId stream, IReadOnlyCollection<SeqRangeValue> ranges)
    {
        var receipt = new Receipt { StoreId = _storeId, StreamId = stream.Value };
        foreach (var range in ranges)
        {
            receipt.Covered.Add(new SeqRange { FirstSeq = range.First, Count = range.Count });
        }

        counters.Add(IntakeCount.ReceiptsSent);
        return await connection.TrySendAsync(new MqttPublishPacket { Topic = Topics.Ack(new Id128(agent.Value)), PayloadSegment = receipt.ToByteArray() });
    }

    private async Task AskRebirthAsync(DoorConnection connection, Submission submission)
    {
        var (agent, rebirth) = submission switch
        {
            NativeBlock block => (block.Agent, Missing(block)),
            LostRange lost => (lost.Agent, new Rebirth { StreamId = lost.Stream.Value }),
            AsideBytes { Agent: { } sender } poison => (sender, new Rebirth { StreamId = poison.Stream?.Value ?? 0 }),
            _ => throw new InvalidOperationException($"BUG: {submission.GetType().Name} cannot be undeclared"),
        };
        var command = new Command
        {
            Id = Id128.New().ToByteString(),
            DeadlineBoot = clock.BootId.ToByteString(),
            DeadlineTUs = clock.NowUs() + RebirthLifeUs,
            Rebirth = rebirth,
        };
        counters.Add(IntakeCount.RebirthsAsked);
        await connection.SendCommandAsync(new Id128(agent.Value), command.ToByteArray());
    }

    /// <summary>Names what the store does not know of a block; what it knows stays empty.</summary>
    private Rebirth Missing(NativeBlock block)
    {
        var known = store.Dictionary;
        var rebirth = new Rebirth();
        if (!known.TryFind(block.Agent, block.CatalogHash, out _))
        {
            rebirth.CatalogHash = block.CatalogHash;
        }

        if (!known.TryFind(block.Boot, out var boot) || boot.Agent != block.Agent)
        {
            rebirth.BootId = new Id128(block.Boot.Value).ToByteString();
        }

        if (!known.TryFind(block.Agent, block.Stream, out var stream) || stream.Declaration.Boot != block.Boot)
        {
            rebirth.StreamId = block.Stream.Value;
        }

        return rebirth;
    }
}
