using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.EndToEnd;

/// <summary>
/// What an agent of three inputs sealed in two boots, and what somebody with a copy of its memory card sealed besides: the same readings under other numbers, and other values for the same moments.
/// Made of a seed. Knows what any hub must make of it, by the rules of the model and nothing of the product.
/// </summary>
internal sealed class SealedTrip
{
    private const int Inputs = 3;
    private const int BlocksPerStream = 24;
    private const long BeginUtcUs = 1_780_279_200_000_000;

    private readonly Random random;
    private readonly Dictionary<(int Boot, int Input, long TUs), HashSet<double>> contents = [];
    private readonly Id128[] boots = [new(new UInt128(71, 1)), new(new UInt128(71, 2)), new(new UInt128(71, 3))];
    private readonly Catalog catalog;
    private readonly List<(ulong Stream, int Boot)> streams = [];
    private readonly Dictionary<ulong, ulong> next = [];

    public SealedTrip(int seed)
    {
        random = new Random(seed);
        catalog = new Catalog
        {
            Inputs =
            {
                new Input { Port = "ph", Quantity = "ph", UnitUcum = "[pH]", IntervalUs = 1_000_000 },
                new Input { Port = "t", Quantity = "water_temperature", UnitUcum = "Cel", IntervalUs = 1_000_000 },
                new Input { Port = "o2", Quantity = "dissolved_oxygen", UnitUcum = "mg/L", IntervalUs = 1_000_000 },
            },
        };
        catalog.Hash = CatalogHash.Of(catalog.Inputs);
        Own = [.. OwnStream(11, 0, 0), .. OwnStream(12, 0, 3_600), .. OwnStream(13, 1, 0), .. OwnStream(14, 1, 3_600)];
        Copies = [.. CopyOf(21, 0, 0.5), .. CopyOf(22, 0, 1.25), .. CopyOf(23, 1, 0.5)];
    }

    /// <summary>A sealed block: numbers First to First + Count - 1 of a stream.</summary>
    public sealed record Parcel(ulong Stream, ulong First, int Count, byte[] Up);

    /// <summary>Blocks of the agent itself, in its order.</summary>
    public IReadOnlyList<Parcel> Own { get; }

    /// <summary>Blocks of the copy.</summary>
    public IReadOnlyList<Parcel> Copies { get; }

    /// <summary>Rows whose moment had another value already, whichever of them came first.</summary>
    public long Conflicts => contents.Values.Sum(values => values.Count - 1);

    /// <summary>Numbers of all streams.</summary>
    public long Numbers => next.Values.Sum(count => (long)count);

    /// <summary>Raw values as they are shown: of several, raw before missing, then the smallest bits. By channel of Birth's order, in order of time.</summary>
    public IReadOnlyList<double[]> Shown =>
        [.. Enumerable.Range(0, Inputs).Select(input => contents.Where(row => row.Key.Input == input).OrderBy(row => row.Key.Boot).ThenBy(row => row.Key.TUs)
            .Select(row => row.Value.Where(double.IsFinite).OrderBy(BitConverter.DoubleToUInt64Bits).FirstOrDefault(double.NaN)).ToArray())];

    /// <summary>Names of the channels' ports, in Birth's order.</summary>
    public IEnumerable<string> Ports => catalog.Inputs.Select(input => input.Port);

    /// <summary>Catalogue, boots and streams. The boots are tied to UTC by the agent itself, so that the times do not depend on the hub.</summary>
    public Birth Birth()
    {
        var birth = new Birth { Catalogs = { catalog } };
        for (var boot = 0; boot < 2; boot++)
        {
            var declared = new Boot { BootId = boots[boot].ToByteString(), Kind = BootKind.Device, BootNo = (uint)boot + 1, PrevBootId = boot == 0 ? Google.Protobuf.ByteString.Empty : boots[0].ToByteString() };
            declared.Ties.Add(new ClockTie { BootA = declared.BootId, TAUs = 0, BootB = boots[2].ToByteString(), TBUs = BeginUtcUs + (boot * 4 * 3_600_000_000), SigmaUs = 1_000 });
            birth.Boots.Add(declared);
        }

        birth.Boots.Insert(0, new Boot { BootId = boots[2].ToByteString(), Kind = BootKind.Utc, DeclaredSigmaUs = 1_000 });
        birth.Streams.Add(streams.Select(stream => new Wire.V1.Stream { StreamId = stream.Stream, BootId = boots[stream.Boot].ToByteString() }));
        return birth;
    }

    /// <summary>The same numbers with other values at other moments: what was sealed once never changes, so this is nobody's block.</summary>
    public Parcel Forged(Parcel parcel)
    {
        var boot = streams.Single(stream => stream.Stream == parcel.Stream).Boot;
        var draft = new BlockDraft(parcel.Stream, boots[boot], catalog.Hash);
        for (var i = 0; i < parcel.Count; i++)
        {
            draft.Add(random.Next(Inputs), 9_000_000_000 + (i * 1_000_000L), 99.99);
        }

        return parcel with { Up = BlockCodec.ToUp(BlockCodec.Seal(draft, parcel.First)) };
    }

    /// <summary>A block that takes some of the last numbers of a stream again and some new ones.</summary>
    public Parcel Overlapping(ulong stream, int again, int fresh)
    {
        var forged = Forged(new Parcel(stream, next[stream] - (ulong)again, again + fresh, []));
        next[stream] += (ulong)fresh;
        return forged;
    }

    private IEnumerable<Parcel> OwnStream(ulong stream, int boot, int beginSeconds)
    {
        streams.Add((stream, boot));
        var second = beginSeconds;
        for (var block = 0; block < BlocksPerStream; block++)
        {
            var rows = new List<(int Input, long TUs, double Raw)>();
            for (var i = random.Next(4, 16); i > 0; i--, second++)
            {
                for (var input = 0; input < Inputs; input++)
                {
                    rows.Add((input, second * 1_000_000L, random.Next(20) == 0 ? double.NaN : random.Next(500, 3_000) / 100.0));
                }
            }

            yield return Seal(stream, boot, rows);
        }
    }

    /// <summary>Half of a boot's rows once more; of these half as they were, the others with another value, or a value where there was none.</summary>
    private List<Parcel> CopyOf(ulong stream, int boot, double more)
    {
        streams.Add((stream, boot));
        var rows = contents.Where(row => row.Key.Boot == boot && random.Next(2) == 0).OrderBy(row => row.Key.TUs)
            .Select(row => (row.Key.Input, row.Key.TUs, Raw: random.Next(2) == 0 ? row.Value.First() : row.Value.Where(double.IsFinite).FirstOrDefault(7) + more)).ToList();
        return rows.Chunk(40).Select(block => Seal(stream, boot, block)).ToList();
    }

    private Parcel Seal(ulong stream, int boot, IReadOnlyCollection<(int Input, long TUs, double Raw)> rows)
    {
        var draft = new BlockDraft(stream, boots[boot], catalog.Hash);
        foreach (var (input, tUs, raw) in rows)
        {
            if (double.IsNaN(raw))
            {
                draft.AddMissing(input, tUs, MissingReason.Absent);
            }
            else
            {
                draft.Add(input, tUs, raw);
            }

            if (!contents.TryGetValue((boot, input, tUs), out var values))
            {
                contents[(boot, input, tUs)] = values = [];
            }

            values.Add(raw);
        }

        var first = next.GetValueOrDefault(stream);
        next[stream] = first + (ulong)rows.Count;
        return new Parcel(stream, first, rows.Count, BlockCodec.ToUp(BlockCodec.Seal(draft, first)));
    }
}
