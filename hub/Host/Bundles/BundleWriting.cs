using System.Buffers;
using System.Collections.Immutable;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Science.Time;
using StemLab.Store;

namespace StemLab.Hub.Bundles;

/// <summary>What went into a bundle.</summary>
/// <param name="Rows">Readings, missing ones and both sides of collisions among them.</param>
/// <param name="Damaged">Readings of this hub that cannot be read, and are not in it.</param>
internal sealed record BundleContents(long Rows, long Facts, int Boots, int Agents, long Damaged, long Bytes);

/// <summary>Writes everything a hub holds, or what is new since a time, as one bundle: in one pass, in bounded memory, while the hub goes on. Safe from any thread.</summary>
internal sealed class BundleWriting(ObservationStore store, FactLog facts, FleetBook fleet, DerivationBook derivations, HubIdentity identity, SetupState setup)
{
    private const int FactsOfAPart = 500;
    private const int NamesOfAPart = 500;

    /// <param name="into">Where to; only written forward.</param>
    /// <param name="sinceUtcUs">Only readings from this UTC on, and those whose time nobody knows; null = everything. Facts are always all there: they are small, and a later one may speak of early rows.</param>
    /// <param name="written">Told the number of readings now and then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public BundleContents Write(System.IO.Stream into, long? sinceUtcUs, Action<long> written, CancellationToken cancellationToken)
    {
        // Ledgers first: every row they count is then in the snapshot.
        LedgerCopy[] ledgers = sinceUtcUs is null ? [.. store.Ledgers()] : [];
        using var snapshot = store.Snapshot();
        var damaged = 0L;
        snapshot.OnDamage = rows => damaged += rows.Count;
        var known = facts.Current;
        var parts = new PartWriter(into);
        parts.Add(PartKind.Manifest, BundleParts.Json(new Manifest(identity.HubId.ToString(), setup.SchoolName, known.Revision, snapshot.Commit, sinceUtcUs), BundleJson.Default.Manifest));
        var names = WriteNames(parts, snapshot.Dictionary);
        WriteFacts(parts, known.All);
        var rowCount = WriteRows(parts, snapshot, derivations.Current, sinceUtcUs, written, cancellationToken);

        // What was stated meanwhile, an erasure perhaps, goes with the rows it is about.
        var later = facts.Current.All.Where(fact => fact.Revision > known.Revision).ToImmutableArray();
        WriteFacts(parts, later);

        // A row that cannot be read here must still be asked for there.
        if (damaged == 0)
        {
            foreach (var some in ledgers.Chunk(NamesOfAPart))
            {
                parts.Add(PartKind.Ledgers, BundleParts.Json(some.Select(ledger => new ToldLedger(ledger.Agent.ToString(), ledger.Stream.Value, ledger.State.ToArray())).ToArray(), BundleJson.Default.ToldLedgerArray));
            }
        }

        parts.End();
        return new BundleContents(rowCount, known.All.Length + later.Length, names.Boots, names.Agents, damaged, parts.Bytes);
    }

    private (int Boots, int Agents) WriteNames(PartWriter parts, StoreDictionary dictionary)
    {
        var agents = fleet.Current.Agents.Where(agent => dictionary.Knows(agent.Id)).Select(BundleParts.Of).ToArray();
        var boots = dictionary.Boots.OrderBy(boot => boot.Id.Value).Select(boot => new NamedBoot(boot.Id.ToString(), boot.Agent.ToString(), (int)boot.Kind, boot.BootNo, boot.Previous?.ToString())).ToArray();
        var streams = dictionary.Streams.OrderBy(stream => (stream.Agent.Value, stream.Declaration.Id.Value)).Select(stream => new NamedStream(stream.Agent.ToString(), stream.Declaration.Id.Value, stream.Declaration.Boot.ToString(), stream.Declaration.DurableNextSeq, stream.Declaration.IsComplete)).ToArray();
        foreach (var some in agents.Chunk(NamesOfAPart / 10))
        {
            parts.Add(PartKind.Names, BundleParts.Json(new Names([.. some], [], []), BundleJson.Default.Names));
        }

        foreach (var some in boots.Chunk(NamesOfAPart))
        {
            parts.Add(PartKind.Names, BundleParts.Json(new Names([], [.. some], []), BundleJson.Default.Names));
        }

        foreach (var some in streams.Chunk(NamesOfAPart))
        {
            parts.Add(PartKind.Names, BundleParts.Json(new Names([], [], [.. some]), BundleJson.Default.Names));
        }

        return (boots.Length, agents.Length);
    }

    private static void WriteFacts(PartWriter parts, ImmutableArray<Fact> facts)
    {
        foreach (var some in facts.Chunk(FactsOfAPart))
        {
            // A long erasure has many spans: never more than a part may hold.
            var told = some.Select(BundleParts.Of).ToArray();
            var bytes = BundleParts.Json(told, BundleJson.Default.ToldFactArray);
            if (bytes.Length <= BundleFormat.MostPayload)
            {
                parts.Add(PartKind.Facts, bytes);
                continue;
            }

            foreach (var one in told)
            {
                parts.Add(PartKind.Facts, BundleParts.Json([one], BundleJson.Default.ToldFactArray));
            }
        }
    }

    private static long WriteRows(PartWriter parts, StoreSnapshot snapshot, Derivation derivation, long? sinceUtcUs, Action<long> written, CancellationToken cancellationToken)
    {
        var payload = new ArrayBufferWriter<byte>(1 << 16);
        var pack = new RowPack();
        var rows = 0L;
        foreach (var series in snapshot.Dictionary.Series.ToArray())
        {
            var from = FromOf(derivation, series, sinceUtcUs);
            foreach (var run in snapshot.Rows(series.Id, from, long.MaxValue))
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (var at = 0; at < run.Length; at += BundleFormat.RowsOfAPart)
                {
                    var count = Math.Min(BundleFormat.RowsOfAPart, run.Length - at);
                    BundleParts.Head(payload, series);
                    payload.Write(pack.Pack(run.TUs.Span.Slice(at, count), run.Raw.Span.Slice(at, count), run.Missing.Span.Slice(at, count)));
                    parts.Add(PartKind.Rows, payload.WrittenSpan);
                    written(rows += count);
                }
            }

            foreach (var some in snapshot.Collisions(series.Id).Where(row => row.TUs >= from).Chunk(BundleFormat.RowsOfAPart))
            {
                BundleParts.Head(payload, series);
                foreach (var row in some)
                {
                    BundleParts.Collision(payload, row);
                }

                parts.Add(PartKind.Collisions, payload.WrittenSpan);
            }
        }

        return rows;
    }

    private static long FromOf(Derivation derivation, SeriesEntry series, long? sinceUtcUs)
    {
        var map = derivation.MapOf(series.Boot);
        return sinceUtcUs is not { } since || map.State == TimeState.Unknown ? long.MinValue : map.ToBoot(since);
    }

    /// <summary>Adds parts and keeps their hashes for the end.</summary>
    private sealed class PartWriter
    {
        private readonly System.IO.Stream _into;
        private readonly List<byte[]> _hashes = [];

        public PartWriter(System.IO.Stream into)
        {
            _into = into;
            var head = BundleFormat.Head();
            into.Write(head);
            Bytes = head.Length;
        }

        public long Bytes { get; private set; }

        public void Add(PartKind kind, ReadOnlySpan<byte> payload)
        {
            var head = BundleFormat.PartHead(kind, payload, out var hash);
            _into.Write(head);
            _into.Write(payload);
            _hashes.Add(hash);
            Bytes += head.Length + payload.Length;
        }

        /// <summary>Lists of many parts are several: each names those since the one before.</summary>
        public void End()
        {
            byte[][] hashes = [.. _hashes];
            foreach (var some in hashes.Chunk(BundleFormat.MostPayload / 32).DefaultIfEmpty([]))
            {
                Add(PartKind.End, some.SelectMany(hash => hash).ToArray());
            }
        }
    }
}

/// <summary>What is durable of a stream, as JSON tells it.</summary>
internal sealed record ToldLedger(string Agent, ulong Stream, byte[] State);
