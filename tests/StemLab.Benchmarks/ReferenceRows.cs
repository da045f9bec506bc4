using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Benchmarks;

/// <summary>
/// The reference data as sealed blocks, the agents in turns: 100 series at 10 Hz, times in µs with 0 … 500 µs jitter, a sine with noise of 40 levels rounded to 0.01,
/// one row in a thousand missing; 20 agents of 5 inputs, so that a block sealed after a second has 50 rows.
/// </summary>
internal sealed class ReferenceRows
{
    private readonly Random _random = new(42);
    private readonly long[] _samples = new long[OpenStore.Agents];
    private readonly ulong[] _seqs = new ulong[OpenStore.Agents];
    private int _next;

    public static double Value(long sample, int series, Random random) =>
        Math.Round(20 + (5 * Math.Sin((sample / 3000.0) + series)) + (random.Next(40) / 100.0), 2);

    public NativeBlock Next(int rows)
    {
        var agent = _next++ % OpenStore.Agents;
        var draft = new BlockDraft(OpenStore.Stream(agent).Value, new Id128(OpenStore.Boot(agent).Value), OpenStore.Catalog);
        for (var i = 0; i < rows / OpenStore.Inputs; i++)
        {
            var sample = _samples[agent]++;
            for (var input = 0; input < OpenStore.Inputs; input++)
            {
                Add(draft, input, (sample * 100_000) + _random.Next(500), Value(sample, (agent * OpenStore.Inputs) + input, _random));
            }
        }

        var payload = BlockCodec.ToUp(BlockCodec.Seal(draft, _seqs[agent]));
        if (!OpenStore.Decode(payload, out var decoded))
        {
            throw new InvalidOperationException("BUG: our own block cannot be decoded");
        }

        var block = new NativeBlock(OpenStore.Agent(agent), OpenStore.Stream(agent), OpenStore.Boot(agent), OpenStore.Catalog, _seqs[agent], decoded.Count, payload, decoded);
        _seqs[agent] += (ulong)block.Count;
        return block;
    }

    private void Add(BlockDraft draft, int input, long tUs, double value)
    {
        if (_random.Next(1000) == 0)
        {
            draft.AddMissing(input, tUs, Wire.V1.MissingReason.Fault);
            return;
        }

        draft.Add(input, tUs, value);
    }
}
