using System.Globalization;
using System.IO.Compression;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>A station's CSV.gz read with nothing of the product: what a replay of it must amount to.</summary>
internal sealed class StationFile
{
    private StationFile(IReadOnlyDictionary<string, double?[]> columns, long[] timeUs)
    {
        Columns = columns;
        TimeUs = timeUs;
    }

    /// <summary>Measured columns by name; null = an empty field, NA, or the station's no-data code -9999.</summary>
    public IReadOnlyDictionary<string, double?[]> Columns { get; }

    /// <summary>UTC µs of the lines.</summary>
    public long[] TimeUs { get; }

    public static string PathOf(string name) => Path.Combine(Clone.Root, "samples", "data", name);

    /// <param name="name">Of a file in samples/data.</param>
    /// <param name="utcOffsetHours">Of times that name no offset.</param>
    public static StationFile Read(string name, int utcOffsetHours)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(PathOf(name)), CompressionMode.Decompress));
        var header = text.ReadLine()!.Split(',');
        var lines = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r').Split(',')).ToArray();
        var measured = header.Select((column, i) => (column, i)).Skip(1).Where(column => !column.column.StartsWith("f_", StringComparison.Ordinal) && !column.column.EndsWith("_qual", StringComparison.Ordinal));
        return new StationFile(
            measured.ToDictionary(column => column.column, column => lines.Select(line => Value(line[column.i])).ToArray()),
            [.. lines.Select(line => TimeOf(line[0], utcOffsetHours))]);
    }

    /// <summary>Compares what the hub gives with the file, column by column and line by line.</summary>
    public void AssertEquals(IReadOnlyDictionary<string, ChannelRows> rows)
    {
        Assert.Equal(Columns.Count, rows.Count);
        foreach (var (column, values) in Columns)
        {
            var stored = Assert.Single(rows, channel => channel.Key.Split("/channels/")[1].StartsWith(column + "~", StringComparison.Ordinal)).Value;
            Assert.Equal((column, values.Length, values.Count(value => value is null)), (column, stored.Raw.Count, stored.Missing));
            Assert.Equal(values.Sum(value => value ?? 0), stored.Sum);
            Assert.Equal(TimeUs, stored.TimeUs);
            Assert.Equal(values.Select(value => value ?? double.NaN), stored.Raw);
        }
    }

    private static double? Value(string field) => field is "" or "NA" or "-9999" ? null : double.Parse(field, CultureInfo.InvariantCulture);

    private static long TimeOf(string text, int utcOffsetHours)
    {
        var hasOffset = text.Length > 19;
        var at = DateTimeOffset.Parse(hasOffset ? text : text + FormattableString.Invariant($" {utcOffsetHours:+00;-00}:00"), CultureInfo.InvariantCulture);
        return at.ToUnixTimeSeconds() * 1_000_000;
    }
}
