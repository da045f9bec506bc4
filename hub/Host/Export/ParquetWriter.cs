using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>
/// Rows as one Parquet table (zstd, groups of up to <see cref="RowsOfAGroup"/>), and what stretches of rows have in common (probe, calibration, place, clock) as a
/// second, small one, joined by the column stretch. Both carry the dataset's description as key-value metadata.
/// </summary>
internal sealed class ParquetWriter : IExportWriter
{
    /// <summary>Rows in one row group: some channels' distinct values are still few, and all columns of a group take some 10 MB.</summary>
    public const int RowsOfAGroup = 65_536;

    public DatasetFormat Format => DatasetFormat.Parquet;

    public IReadOnlyList<string> Write(FrozenVersion version, string folder, Action<long> written, CancellationToken cancellationToken)
    {
        string rows = $"{version.Stem}.parquet";
        string stretches = $"{version.Stem}-stretches.parquet";
        WriteRows(version, Path.Combine(folder, rows), written, cancellationToken);
        WriteStretches(version, Path.Combine(folder, stretches));
        return [rows, stretches];
    }

    private static void WriteRows(FrozenVersion version, string path, Action<long> written, CancellationToken cancellationToken)
    {
        var group = new ParquetGroup(version);
        using var file = new PacedFile(path);
        using var parquet = new ParquetFile(file, group.Columns, RowsOfAGroup);
        long done = 0;
        foreach (ExportRows rows in version.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int from = 0; from < rows.Count;)
            {
                from += group.Take(rows, from);
                if (group.Count == RowsOfAGroup)
                {
                    parquet.Send();
                }
            }

            written(done += rows.Count);
        }

        if (group.Count > 0 || done == 0)
        {
            parquet.Send();
        }

        parquet.Finish(DatasetWords.Metadata(version));
    }

    private static void WriteStretches(FrozenVersion version, string path)
    {
        (string Name, Func<FrozenStretch, string> Text)[] texts =
        [
            ("boot", stretch => stretch.Boot), ("raw_quantity", stretch => stretch.RawQuantity), ("raw_unit", stretch => stretch.RawUnit), ("time_state", stretch => stretch.TimeState),
            ("time_source", stretch => stretch.TimeSource), ("calibration", stretch => stretch.Calibration), ("drift_spread", stretch => stretch.Drift), ("probe", stretch => stretch.Probe),
            ("probe_model", stretch => stretch.ProbeModel), ("probe_serial", stretch => stretch.ProbeSerial), ("site", stretch => stretch.Site),
        ];
        var stretches = version.Tables.Stretches;
        var number = new ParquetColumn("stretch", ParquetType.Int32, stretches.Length, isOptional: false);
        ParquetColumn[] columns = [.. texts.Select(text => new ParquetColumn(text.Name, ParquetType.Text, stretches.Length))];
        ParquetColumn[] places = [new("latitude", ParquetType.Double, stretches.Length), new("longitude", ParquetType.Double, stretches.Length)];
        for (int i = 0; i < stretches.Length; i++)
        {
            number.Fill(i, 1);
            for (int k = 0; k < texts.Length; k++)
            {
                columns[k].Fill(texts[k].Text(stretches[i]), 1);
            }

            places[0].Fill(stretches[i].Latitude ?? double.NaN, 1);
            places[1].Fill(stretches[i].Longitude ?? double.NaN, 1);
        }

        using var file = new PacedFile(path);
        using var parquet = new ParquetFile(file, [number, .. columns, .. places], stretches.Length);
        parquet.Send();
        parquet.Finish(DatasetWords.Metadata(version));
    }
}
