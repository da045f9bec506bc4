using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Machine;

/// <summary>The last minutes of what an agent measured, read from its outbox.db beside it: no hub, no network. One thread.</summary>
/// <param name="dataFolder">The agent's data folder.</param>
/// <param name="minutes">How far back.</param>
internal sealed class WatchView(string dataFolder, double minutes)
{
    /// <summary>File in the data folder that asks a running agent to save every second; it counts while it is young.</summary>
    public const string Mark = "watched";

    /// <summary>How long the file counts.</summary>
    public static readonly TimeSpan MarkLasts = TimeSpan.FromSeconds(5);

    private const int Bars = 30;
    private static readonly char[] Heights = [.. "▁▂▃▄▅▆▇█"];

    /// <summary>Asks the agent to save every second, for 5 s. Where the folder may only be read nothing happens: readings then show when they are saved anyway.</summary>
    public void AskToSave()
    {
        try
        {
            File.WriteAllText(Path.Combine(dataFolder, Mark), "");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Only root or the agent may write there; reading goes on.
        }
    }

    /// <summary>One line an input: latest value, and how it went. Null where there is no outbox to read.</summary>
    public string? Draw()
    {
        var path = Path.Combine(dataFolder, "outbox.db");
        if (!File.Exists(path))
        {
            return null;
        }

        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        var catalogs = Catalogs(connection);
        var inputs = Read(connection, catalogs);
        if (inputs.Count == 0)
        {
            return "Nothing measured is saved yet · Chưa có số đo nào được lưu\n";
        }

        var newest = inputs.Values.Max(rows => rows[^1].TUs);
        var width = inputs.Keys.Max(input => input.Port.Length + input.Quantity.Length) + 1;
        var text = new StringBuilder();
        foreach (var (input, rows) in inputs.OrderBy(entry => entry.Key.Port, StringComparer.Ordinal).ThenBy(entry => entry.Key.Quantity, StringComparer.Ordinal))
        {
            var last = rows[^1];
            var value = last.Missing == 0 ? last.Value.ToString("G6", CultureInfo.InvariantCulture) : ((MissingReason)last.Missing).ToString().ToLowerInvariant();
            text.Append($"{input.Port} {input.Quantity}".PadRight(width)).Append("  ").Append(value.PadLeft(12)).Append(' ').Append(input.UnitUcum.PadRight(8))
                .Append(Spark(rows, newest)).Append(CultureInfo.InvariantCulture, $"  {(newest - last.TUs) / 1e6:0} s\n");
        }

        return text.ToString();
    }

    /// <summary>Means of equal spans; a span without a reading stays empty.</summary>
    private string Spark(List<(long TUs, double Value, byte Missing)> rows, long newest)
    {
        var spanUs = minutes * 60e6;
        var means = new double[Bars];
        for (var i = 0; i < Bars; i++)
        {
            var (from, to) = (newest - (spanUs * (Bars - i) / Bars), newest - (spanUs * (Bars - i - 1) / Bars));
            means[i] = rows.Where(row => row.Missing == 0 && row.TUs > from && row.TUs <= to).Select(row => row.Value).DefaultIfEmpty(double.NaN).Average();
        }

        var known = means.Where(mean => !double.IsNaN(mean)).DefaultIfEmpty(0).ToList();
        var (low, range) = (known.Min(), known.Max() - known.Min());
        return string.Concat(means.Select(mean => double.IsNaN(mean) ? ' ' : Heights[range > 0 ? (int)((mean - low) / range * (Heights.Length - 1)) : 0]));
    }

    private static Dictionary<ulong, Catalog> Catalogs(SqliteConnection connection)
    {
        var catalogs = new Dictionary<ulong, Catalog>();
        using var command = connection.Prepare("SELECT content FROM catalog");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var catalog = Catalog.Parser.ParseFrom(reader.Bytes(0));
            catalogs[catalog.Hash] = catalog;
        }

        return catalogs;
    }

    /// <summary>Rows of the running boot, newest blocks until the span is full.</summary>
    private Dictionary<(string Port, string Quantity, string UnitUcum), List<(long TUs, double Value, byte Missing)>> Read(SqliteConnection connection, Dictionary<ulong, Catalog> catalogs)
    {
        var inputs = new Dictionary<(string Port, string Quantity, string UnitUcum), List<(long TUs, double Value, byte Missing)>>();
        using var command = connection.Prepare("SELECT payload FROM block WHERE lost = 0 ORDER BY id DESC");
        using var reader = command.ExecuteReader();
        var boot = default(Id128);
        var since = long.MinValue;
        while (reader.Read())
        {
            if (UpDecoder.Decode(reader.Bytes(0), out var block, out _, out _) != UpVerdict.Block || !catalogs.TryGetValue(block!.CatalogHash, out var catalog))
            {
                continue;
            }

            if (boot.IsEmpty)
            {
                (boot, since) = (block.BootId, block.TUs.Max() - (long)(minutes * 60e6));
            }

            if (block.BootId != boot || block.TUs.Max() < since)
            {
                break;
            }

            foreach (var column in block.Columns)
            {
                var input = catalog.Inputs[column.Input];
                var key = (input.Port, input.Quantity, input.UnitUcum);
                var rows = inputs.TryGetValue(key, out var known) ? known : inputs[key] = [];
                rows.InsertRange(0, Enumerable.Range(column.Start, column.Length).Where(row => block.TUs[row] >= since).Select(row => (block.TUs[row], block.Raw[row], block.Missing[row])));
            }
        }

        return inputs.Where(entry => entry.Value.Count > 0).ToDictionary();
    }
}
