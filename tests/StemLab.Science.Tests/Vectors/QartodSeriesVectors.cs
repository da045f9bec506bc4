using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StemLab.Science.Properties;
using StemLab.Science.Quality;

namespace StemLab.Science.Vectors;

/// <summary>Flags over whole real series. STEMLAB_DATA names the folder of their files; they are also looked for beside the vectors and in tests/vectors/data.</summary>
public sealed class QartodSeriesVectors
{
    private static string[] Folders { get; } =
    [
        .. Environment.GetEnvironmentVariable("STEMLAB_DATA") is { Length: > 0 } named ? [named] : (string[])[],
        VectorFiles.Folder,
        Path.Combine(VectorFiles.Folder, "data"),
        Path.Combine(VectorFiles.Folder, "..", "data"),
        Path.Combine(VectorFiles.Shipped, "data"),
    ];

    [Fact]
    public void Every_real_series_gets_the_flags_ioos_gives_it() => Run(null);

    internal static void Run(string? folder) => VectorFiles.Run("qartod-series", one => one.GetProperty("value_column").GetString()!, Miss, folder);

    private static string? Miss(JsonElement document, JsonElement one)
    {
        if (Find(one) is not { } file)
            return $"{one.GetProperty("file")} is in none of {string.Join(", ", Folders)}; STEMLAB_DATA may name another folder";
        var (times, values) = Read(file, one.GetProperty("time_column").GetString()!, one.GetProperty("value_column").GetString()!);
        if (values.Length != one.GetProperty("rows").GetInt32())
            return $"{values.Length} rows read";
        var all = new List<QcFlag[]>();
        foreach (var test in one.GetProperty("config").EnumerateObject())
        {
            var flags = new QcFlag[values.Length];
            Check(test.Name, test.Value, values, times, flags);
            all.Add(flags);
            if (Wrong(one.GetProperty("expected"), test.Name, flags) is { } why)
                return why;
        }

        return Wrong(one.GetProperty("expected"), "aggregate", QcFlags.Aggregate(all));
    }

    private static string? Find(JsonElement one)
    {
        var name = one.GetProperty("file").GetString()!;
        return Folders.SelectMany(folder => (string[])[Path.Combine(folder, name), Path.Combine(folder, Path.GetFileName(name))]).SelectMany(path => (string[])[path, $"{path}.gz"]).FirstOrDefault(File.Exists);
    }

    private static string? Wrong(JsonElement expected, string test, QcFlag[] flags)
    {
        if (!expected.TryGetProperty(test, out var wanted))
            return null;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(QartodVectors.Digits(flags))));
        var counts = string.Join(' ', flags.CountBy(flag => flag).OrderBy(pair => pair.Key).Select(pair => $"{(byte)pair.Key}:{pair.Value}"));
        return digest == wanted.GetProperty("sha256_of_flag_digits").GetString() ? null : $"{test}: {wanted.GetProperty("counts")} expected, {counts} found";
    }

    private static void Check(string test, JsonElement config, double[] values, long[] times, QcFlag[] flags)
    {
        double? Get(string name) => VectorFiles.Number(config, name);
        ValueRange? Span(string name) => config.TryGetProperty(name, out var span) ? ValueRange.Between(span[0].GetDouble(), span[1].GetDouble()) : null;
        switch (test)
        {
            case "gross_range":
                RangeChecks.GrossRange(values, Span("fail_span")!.Value, Span("suspect_span"), flags);
                break;
            case "spike":
                var method = config.TryGetProperty("method", out var named) && named.GetString() == "differential" ? SpikeMethod.Differential : SpikeMethod.Average;
                ChangeChecks.Spike(values, Get("suspect_threshold"), Get("fail_threshold"), method, QcMode.Ioos, flags);
                break;
            case "rate_of_change":
                ChangeChecks.RateOfChange(values, times, Get("threshold"), Get("fail_threshold"), QcMode.Ioos, flags);
                break;
            case "flat_line":
                StillnessChecks.FlatLine(values, times, Get("suspect_threshold")!.Value, Get("fail_threshold")!.Value, Get("tolerance") ?? 0, null, QcMode.Ioos, flags);
                break;
            case "attenuated_signal":
                StillnessChecks.AttenuatedSignal(
                    values,
                    times,
                    Get("suspect_threshold")!.Value,
                    Get("fail_threshold")!.Value,
                    config.GetProperty("check_type").GetString() == "range" ? SignalMeasure.Range : SignalMeasure.StandardDeviation,
                    Get("test_period"),
                    (int?)Get("min_obs"),
                    flags);
                break;
            default:
                throw new NotSupportedException(test);
        }
    }

    private static (long[] Times, double[] Values) Read(string file, string timeColumn, string valueColumn)
    {
        using var stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress) : (Stream)File.OpenRead(file);
        using var reader = new StreamReader(stream);
        var header = Fields(reader.ReadLine()!);
        var (times, values) = (new List<long>(), new List<double>());
        while (reader.ReadLine() is { } line)
        {
            var fields = Fields(line);
            // A header one name short: the first column is an unnamed row number.
            var shift = fields.Length - header.Length;
            var time = fields[Array.IndexOf(header, timeColumn) + shift];
            if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var utc))
                continue; // a row of units
            times.Add((utc - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            values.Add(double.TryParse(fields[Array.IndexOf(header, valueColumn) + shift], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value != -9999 ? value : double.NaN);
        }

        return ([.. times], [.. values]);
    }

    private static string[] Fields(string line) => [.. line.Split(',').Select(field => field.Trim('"', ' '))];
}
