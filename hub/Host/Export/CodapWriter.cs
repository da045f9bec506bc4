using System.Globalization;
using System.Text;
using StemLab.V1;
using QcFlag = StemLab.Science.Quality.QcFlag;

namespace StemLab.Hub.Export;

/// <summary>
/// One line a moment, one column a channel, for CODAP and other classroom tools: means over equal steps of time, so that a day or a season is some thousand lines.
/// Failed and missing readings are left out, as everywhere in averages.
/// </summary>
internal sealed class CodapWriter : IExportWriter
{
    /// <summary>Most lines.</summary>
    public const int MostLines = 5_000;

    private static readonly long[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000, 31_536_000];

    public DatasetFormat Format => DatasetFormat.Codap;

    public IReadOnlyList<string> Write(FrozenVersion version, string folder, Action<long> written, CancellationToken cancellationToken)
    {
        int columns = version.Tables.Channels.Length;
        long step = StepUs(version);
        var lines = new SortedDictionary<long, (double[] Sum, int[] Count)>();
        long done = 0;
        foreach (ExportRows rows in version.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = 0; version.StretchOf(rows).HasTime && i < rows.Count; i++)
            {
                if (rows.Flag[i] is (byte)QcFlag.Fail or (byte)QcFlag.Missing || double.IsNaN(rows.Value[i]))
                {
                    continue;
                }

                long at = rows.UtcUs[i] - (((rows.UtcUs[i] % step) + step) % step);
                if (!lines.TryGetValue(at, out var line))
                {
                    line = (new double[columns], new int[columns]);
                    lines.Add(at, line);
                }

                line.Sum[rows.Channel] += rows.Value[i];
                line.Count[rows.Channel]++;
            }

            written(done += rows.Count);
        }

        string name = $"{version.Stem}-codap.csv";
        using var into = new StreamWriter(Path.Combine(folder, name), append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        into.WriteLine(string.Join(',', ["time", .. version.Tables.Channels.Select(channel => CsvRows.Cell(ExcelWriter.Harmless(Heading(channel))))]));
        foreach ((long at, (double[] sum, int[] count)) in lines)
        {
            into.Write(DateTimeOffset.UnixEpoch.AddTicks(at * 10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            for (int i = 0; i < columns; i++)
            {
                into.Write(',');
                into.Write(count[i] == 0 ? "" : (sum[i] / count[i]).ToString("G7", CultureInfo.InvariantCulture));
            }

            into.WriteLine();
        }

        return [name];
    }

    private static string Heading(FrozenChannel channel) => $"{channel.DisplayName}{(channel.DisplayName.Contains(channel.Property, StringComparison.Ordinal) ? "" : $" {channel.Property}")} ({channel.UnitUcum}){(channel.Simulated ? " simulated" : "")}";

    /// <summary>The shortest round step that keeps the table small.</summary>
    private static long StepUs(FrozenVersion version)
    {
        long first = version.Tables.Channels.Select(channel => channel.FirstUtcUs).DefaultIfEmpty(0).Min();
        long last = version.Tables.Channels.Select(channel => channel.LastUtcUs).DefaultIfEmpty(0).Max();
        double seconds = Math.Max(0, (last - (double)first) / 1e6);
        return Steps.FirstOrDefault(step => seconds / step < MostLines, (long)Math.Ceiling(seconds / MostLines)) * 1_000_000;
    }
}
