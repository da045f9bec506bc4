using System.Globalization;
using CsCheck;
using DuckDB.NET.Data;
using StemLab.TestKit;

namespace StemLab.Hub.Export;

/// <summary>Our Parquet as DuckDB reads it: every cell to the bit, and groups passed over by smallest and largest only where nothing is found in them.</summary>
public sealed class ParquetFileTests
{
    private const int Capacity = 6_000;

    private static readonly Gen<double> AnyDouble = Gen.OneOf(
        Gen.Double, Gen.OneOfConst(double.NaN, -0.0, 0.0, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue), Gen.Int[0, 300].Select(i => i / 100.0));

    private static readonly Gen<string> AnyText = Gen.OneOf(Gen.OneOfConst("", "", "ph", "water_temperature", "Hồ Tây – trạm 3", "𝄞"), Gen.Int[0, 3].Select(i => $"ag-{i}"));

    private static readonly Gen<long> AnyLong = Gen.OneOf(Gen.Long, Gen.OneOfConst(long.MinValue, long.MaxValue, 0), Gen.Long[-1_000_500, 1_000_500]);

    private static readonly Gen<long> AnyTime = Gen.OneOf(Gen.Long[0, 4_000_000_000_000_000], Gen.OneOfConst(-1L, 1_780_000_000_000_000));

    // The same row for long, one after another, or each its own.
    private static readonly Gen<List<Row>> AnyRows = Gen.Select(Gen.Int[1, 40], Gen.Int[1, 900], Gen.Bool, Gen.Int[1, 1_000_000])
        .SelectMany((stretches, most, isNoisy, seed) => Gen.Select(
            Gen.Int[1, most], AnyTime, Gen.Bool, AnyLong, AnyDouble, Gen.OneOf(Gen.Int[0, 9], Gen.Int[0, int.MaxValue]), AnyText,
            (count, time, hasTime, number, value, small, text) => Enumerable.Range(0, count).Select(i => new Row(
                hasTime ? time + (i * 1_000_000L) + (((i * 7919L) + seed) % 500) : null, unchecked(number + (i * 1_000_123L)), isNoisy ? value + (((i * 31L) + seed) % 977 / 8.0) : value, small, text)))
            .Array[stretches].Select(parts => parts.SelectMany(part => part).ToList()));

    [Fact]
    public void DuckDB_reads_any_rows_to_the_bit() => AnyRows.Sample(
        rows =>
        {
            using var folder = new TempFolder();
            string path = Write(folder, rows);
            using DuckDBConnection duck = Open();

            Assert.Equal(rows.Select(row => row.Cells()), Read(duck, path));
            foreach (Row row in rows.Where((_, i) => i % 1_000 == 0).Append(rows[^1]))
            {
                Assert.Equal(rows.Count(other => other.Number == row.Number), Ask(duck, $"SELECT count(*) FROM '{path}' WHERE number = {row.Number.ToString(CultureInfo.InvariantCulture)}"));
                Assert.Equal(rows.Count(other => other.Small == row.Small), Ask(duck, $"SELECT count(*) FROM '{path}' WHERE small = {row.Small}"));
                Assert.Equal(rows.Count(other => other.Text == row.Text), Ask(duck, $"SELECT count(*) FROM '{path}' WHERE coalesce(text, '') = '{row.Text}'"));
            }

            Assert.Equal(rows.Count(row => row.Value <= 0), Ask(duck, $"SELECT count(*) FROM '{path}' WHERE value <= 0"));
            Assert.Equal(rows.Count(row => row.Value >= 0), Ask(duck, $"SELECT count(*) FROM '{path}' WHERE value >= 0"));
        },
        iter: 30);

    [Fact]
    public void A_column_of_more_values_than_are_numbered_is_kept_as_it_is()
    {
        using var folder = new TempFolder();
        List<Row> rows = [.. Enumerable.Range(0, 2 * Capacity).Select(i => new Row(i, i, i < Capacity ? i / 7.0 : i % 4096, i, i % 3 == 0 ? "" : $"name {i}"))];
        string path = Write(folder, rows);
        using DuckDBConnection duck = Open();

        Assert.Equal(rows.Select(row => row.Cells()), Read(duck, path));
        using DuckDBCommand asked = duck.CreateCommand();
        asked.CommandText = $"SELECT string_agg(encodings, ' | ' ORDER BY row_group_id) FROM parquet_metadata('{path}') WHERE path_in_schema = 'value'";
        Assert.Equal("RLE, PLAIN | PLAIN, RLE, RLE_DICTIONARY", asked.ExecuteScalar());
    }

    [Fact]
    public void A_table_without_rows_has_its_columns_and_its_metadata()
    {
        using var folder = new TempFolder();
        string path = Write(folder, []);
        using DuckDBConnection duck = Open();

        Assert.Empty(Read(duck, path));
        using DuckDBCommand asked = duck.CreateCommand();
        asked.CommandText = $"SELECT decode(value) FROM parquet_kv_metadata('{path}') WHERE decode(key) = 'title'";
        Assert.Equal("Hồ", asked.ExecuteScalar());
    }

    private static string Write(TempFolder folder, List<Row> rows)
    {
        ParquetColumn time = new("time", ParquetType.Int64, Capacity) { IsTime = true };
        ParquetColumn number = new("number", ParquetType.Int64, Capacity, isOptional: false);
        ParquetColumn value = new("value", ParquetType.Double, Capacity);
        ParquetColumn small = new("small", ParquetType.Int32, Capacity, isOptional: false);
        ParquetColumn text = new("text", ParquetType.Text, Capacity);
        string path = folder.File("any.parquet");
        using FileStream file = File.Create(path);
        using var parquet = new ParquetFile(file, [time, number, value, small, text], Capacity);
        foreach (Row[] group in rows.Chunk(Capacity).DefaultIfEmpty([]))
        {
            foreach (Row row in group)
            {
                if (row.Time is { } known)
                {
                    time.Add([known]);
                }
                else
                {
                    time.Skip(1);
                }

                number.Fill(row.Number, 1);
                small.Add([(uint)row.Small]);
                text.Fill(row.Text, 1);
            }

            value.Add(group.Select(row => row.Value).ToArray());
            parquet.Send();
        }

        parquet.Finish(new Dictionary<string, string> { ["title"] = "Hồ", ["other"] = "" });
        return path;
    }

    private static DuckDBConnection Open()
    {
        var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        return duck;
    }

    private static IEnumerable<(object, long, object, int, object)> Read(DuckDBConnection duck, string path)
    {
        using DuckDBCommand asked = duck.CreateCommand();
        asked.CommandText = $"SELECT epoch_us(time), number, value, small, text FROM '{path}'";
        using DuckDBDataReader said = asked.ExecuteReader();
        while (said.Read())
        {
            object value = said.IsDBNull(2) ? "none" : BitConverter.DoubleToInt64Bits(said.GetDouble(2));
            yield return (said.IsDBNull(0) ? "none" : said.GetInt64(0), said.GetInt64(1), value, said.GetInt32(3), said.IsDBNull(4) ? "none" : said.GetString(4));
        }
    }

    private static int Ask(DuckDBConnection duck, string question)
    {
        using DuckDBCommand asked = duck.CreateCommand();
        asked.CommandText = question;
        return Convert.ToInt32(asked.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private sealed record Row(long? Time, long Number, double Value, int Small, string Text)
    {
        public (object, long, object, int, object) Cells() =>
            (Time is { } known ? known : "none", Number, double.IsNaN(Value) ? "none" : BitConverter.DoubleToInt64Bits(Value), Small, Text.Length > 0 ? Text : "none");
    }
}
