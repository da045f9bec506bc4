using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Bundles;

/// <summary>
/// One SHA-256 over everything two hubs should hold alike after they merged each other: rows, both sides of collisions, boots, facts, ledger ranges. Free of the order in which it
/// came, of revisions, commits and small numbers. Pure but for reading.
/// </summary>
internal static class SetHash
{
    /// <param name="store">Rows, boots, ledgers.</param>
    /// <param name="facts">Facts.</param>
    /// <param name="except">A hub whose own boots and facts are left out, to compare what several hubs merged; null = none.</param>
    public static string Of(ObservationStore store, FactLog facts, Id128? except = null)
    {
        var without = except is { } hub ? new AgentId(hub.Value) : default;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        LedgerCopy[] ledgers = [.. store.Ledgers()];
        using var snapshot = store.Snapshot();
        foreach (var boot in snapshot.Dictionary.Boots.Where(boot => boot.Agent != without).OrderBy(boot => boot.Id.Value))
        {
            Text(hash, $"boot {boot.Id} {boot.Agent} {(int)boot.Kind} {boot.BootNo} {boot.Previous}");
        }

        foreach (var series in snapshot.Dictionary.Series.ToArray()
            .OrderBy(series => series.Agent.Value).ThenBy(series => series.Boot.Value).ThenBy(series => series.Input.Port, StringComparer.Ordinal)
            .ThenBy(series => series.Input.Quantity, StringComparer.Ordinal).ThenBy(series => series.Input.UnitUcum, StringComparer.Ordinal).ThenBy(series => series.Input.ConfigRev))
        {
            Rows(hash, snapshot, series);
        }

        foreach (var digest in facts.Current.All.Where(fact => fact.HubId != except).Select(FactJson.Digest))
        {
            hash.AppendData(digest);
        }

        foreach (var ledger in ledgers.OrderBy(ledger => ledger.Agent.Value).ThenBy(ledger => ledger.Stream.Value))
        {
            Text(hash, $"ledger {ledger.Agent} {ledger.Stream} {string.Join(',', ledger.Ranges!.Value.Select(range => $"{range.First}+{range.Count}"))}");
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Rows(IncrementalHash hash, StoreSnapshot snapshot, SeriesEntry series)
    {
        var isNamed = false;
        foreach (var run in snapshot.Rows(series.Id, long.MinValue, long.MaxValue))
        {
            if (!isNamed)
            {
                isNamed = true;
                Text(hash, $"series {series.Agent} {series.Boot} {series.Input.ConfigRev} {series.Input.Port}\n{series.Input.Quantity}\n{series.Input.UnitUcum}");
            }

            // Runs may be cut anywhere: each row is hashed by itself, column after column of a fixed size would not do.
            Span<byte> rows = new byte[run.Length * 17];
            for (var i = 0; i < run.Length; i++)
            {
                var row = rows.Slice(i * 17, 17);
                BinaryPrimitives.WriteInt64LittleEndian(row, run.TUs.Span[i]);
                row[8] = run.Missing.Span[i];
                BinaryPrimitives.WriteUInt64LittleEndian(row[9..], run.Missing.Span[i] == 0 ? BitConverter.DoubleToUInt64Bits(run.Raw.Span[i]) : 0);
            }

            hash.AppendData(rows);
        }

        foreach (var side in snapshot.Collisions(series.Id))
        {
            Text(hash, $"collision {side.TUs} {side.Missing} {(side.Missing == 0 ? BitConverter.DoubleToUInt64Bits(side.Raw) : 0)}");
        }
    }

    private static void Text(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([0]);
    }
}
