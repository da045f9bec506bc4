using System.IO.Compression;
using Parquet;
using Parquet.Schema;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>
/// Rows as one Parquet table (zstd, groups of up to <see cref="RowsOfAGroup"/>), and what stretches of rows have in common (probe, calibration, place, clock) as a
/// second, small one, joined by the column stretch. Both carry the dataset's description as key-value metadata.
/// </summary>
internal sealed class ParquetWriter : IExportWriter
{
    /// <summary>Rows in one row group. Twice as many are written no faster and take twice the memory: Parquet.Net makes large arrays anew for every group.</summary>
    public const int RowsOfAGroup = 32_768;

    private static readonly ParquetOptions Fast = new()
    {
        CompressionMethod = CompressionMethod.Zstd,
        CompressionLevel = CompressionLevel.Fastest,
        ColumnEncodingHints =
        {
            ["station"] = EncodingHint.Dictionary,
            ["site"] = EncodingHint.Dictionary,
            ["property"] = EncodingHint.Dictionary,
            ["unit"] = EncodingHint.Dictionary,
            ["time"] = EncodingHint.DeltaBinaryPacked,
            ["t_us"] = EncodingHint.DeltaBinaryPacked,
        },
    };

    public DatasetFormat Format => DatasetFormat.Parquet;

    public IReadOnlyList<string> Write(FrozenVersion version, string folder, Action<long> written, CancellationToken cancellationToken)
    {
        string rows = $"{version.Stem}.parquet";
        string stretches = $"{version.Stem}-stretches.parquet";
        WriteRowsAsync(version, Path.Combine(folder, rows), written, cancellationToken).GetAwaiter().GetResult();
        WriteStretchesAsync(version, Path.Combine(folder, stretches), cancellationToken).GetAwaiter().GetResult();
        return [rows, stretches];
    }

    private static async Task WriteRowsAsync(FrozenVersion version, string path, Action<long> written, CancellationToken cancellationToken)
    {
        var group = new ParquetGroup(version);
        await using var file = new PacedFile(path);
        await using var writer = await global::Parquet.ParquetWriter.CreateAsync(new ParquetSchema(group.Fields), file, Fast, cancellationToken: cancellationToken);
        writer.CustomMetadata = new Dictionary<string, string>(DatasetWords.Metadata(version));
        long done = 0;
        foreach (ExportRows rows in version.Rows())
        {
            for (int from = 0; from < rows.Count;)
            {
                from += group.Take(rows, from, RowsOfAGroup);
                if (group.Count == RowsOfAGroup)
                {
                    await group.SendAsync(writer, cancellationToken);
                }
            }

            written(done += rows.Count);
        }

        if (group.Count > 0 || done == 0)
        {
            await group.SendAsync(writer, cancellationToken);
        }
    }

    private static async Task WriteStretchesAsync(FrozenVersion version, string path, CancellationToken cancellationToken)
    {
        (string Name, Func<FrozenStretch, string> Text)[] texts =
        [
            ("boot", stretch => stretch.Boot), ("raw_quantity", stretch => stretch.RawQuantity), ("raw_unit", stretch => stretch.RawUnit), ("time_state", stretch => stretch.TimeState),
            ("time_source", stretch => stretch.TimeSource), ("calibration", stretch => stretch.Calibration), ("drift_spread", stretch => stretch.Drift), ("probe", stretch => stretch.Probe),
            ("probe_model", stretch => stretch.ProbeModel), ("probe_serial", stretch => stretch.ProbeSerial), ("site", stretch => stretch.Site),
        ];
        var number = new DataField<int>("stretch", false);
        DataField[] fields = [.. texts.Select(text => new DataField(text.Name, typeof(string), true, false))];
        DataField[] places = [new("latitude", typeof(double), true, false), new("longitude", typeof(double), true, false)];
        await using var file = new PacedFile(path);
        await using var writer = await global::Parquet.ParquetWriter.CreateAsync(new ParquetSchema([number, .. fields, .. places]), file, Fast, cancellationToken: cancellationToken);
        writer.CustomMetadata = new Dictionary<string, string>(DatasetWords.Metadata(version));
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        var stretches = version.Tables.Stretches;
        await group.WriteAsync<int>(number, Enumerable.Range(0, stretches.Length).ToArray(), cancellationToken: cancellationToken);
        for (int i = 0; i < fields.Length; i++)
        {
            string?[] column = [.. stretches.Select(stretch => texts[i].Text(stretch) is { Length: > 0 } known ? known : null)];
            await group.WriteAsync(fields[i], column!);
        }

        await group.WriteAsync<double>(places[0], stretches.Select(stretch => stretch.Latitude).ToArray(), cancellationToken: cancellationToken);
        await group.WriteAsync<double>(places[1], stretches.Select(stretch => stretch.Longitude).ToArray(), cancellationToken: cancellationToken);
    }
}
