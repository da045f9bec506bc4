using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Hashing;
using CsCheck;
using StemLab.TestKit;

namespace StemLab.Hub.Export;

public sealed class FrozenFileTests
{
    private static readonly FrozenStretch Stretch = new("00", "ph", "[pH]", "anchored", "gps", "", "", "", "", "", "", null, null);

    [Fact]
    public void Any_rows_come_back_bit_for_bit_and_every_changed_byte_is_seen() => Batches.Sample(
        batches =>
        {
            using var folder = new TempFolder();
            string path = Path.Combine(folder.Path, "rows");
            using (var file = new FrozenWriter(path))
            {
                batches.ForEach(file.Add);
                file.Finish();
            }

            int at = 0;
            foreach (ExportRows rows in FrozenReader.Read(path))
            {
                AssertSame(batches[at++], rows);
            }

            Assert.Equal(batches.Count, at);
            byte[] bytes = File.ReadAllBytes(path);
            bytes[bytes.Length / 2] ^= 0x10;
            File.WriteAllBytes(path, bytes);
            Assert.Throws<InvalidDataException>(() => FrozenReader.Read(path).Sum(rows => rows.Count));
            File.WriteAllBytes(path, bytes[..^1]);
            Assert.Throws<InvalidDataException>(() => FrozenReader.Read(path).Sum(rows => rows.Count));
        },
        iter: 40);

    [Fact]
    public void Batches_of_earlier_versions_which_were_larger_are_read_and_written_in_every_format()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "rows");
        ExportRows large = Rows(FrozenWriter.MostRows, i => i / 100.0);
        large.Stretch = large.Channel = 0;
        byte[] payload = new byte[FrozenWriter.BatchHeadBytes + FrozenColumns.MostBytes(large.Count)];
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(8), large.Count);
        payload = payload[..(FrozenWriter.BatchHeadBytes + FrozenColumns.Write(large, payload.AsSpan(FrozenWriter.BatchHeadBytes)))];
        byte[] head = new byte[FrozenWriter.HeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), Crc32.HashToUInt32(payload));
        File.WriteAllBytes(path, [.. FrozenWriter.Magic, .. head, .. payload]);

        AssertSame(large, Assert.Single(FrozenReader.Read(path)));
        var channel = new FrozenChannel("agents/a/channels/b~ph", "pond", "b", "pond ph", "ph", "[pH]", 0, false) { Rows = large.Count, Stretches = [0], FirstUtcUs = large.UtcUs[0], LastUtcUs = large.UtcUs[^1] };
        var tables = new FrozenTables([channel], [Stretch], ImmutableSortedDictionary<int, long>.Empty.Add(1, large.Count), large.Count, "");
        var version = new FrozenVersion(new V1.DatasetVersion { Name = "datasets/pond/versions/1", Dataset = new V1.Dataset { Title = "x" }, Selection = new V1.DatasetSelection() }, tables, path, "hub", TimeZoneInfo.Utc);
        foreach (IExportWriter writer in (IExportWriter[])[new CsvBundleWriter(), new NetCdfWriter(), new ParquetWriter(), new CodapWriter()])
        {
            long told = 0;
            Assert.NotEmpty(writer.Write(version, folder.Path, rows => told = rows, TestContext.Current.CancellationToken));
            Assert.Equal(large.Count, told);
        }
    }

    [Fact]
    public void The_hash_of_rows_does_not_depend_on_how_they_were_cut()
    {
        ExportRows whole = Rows(1_000, i => i % 9 == 0 ? double.NaN : i / 8.0);
        using var one = new RowsHash();
        one.Add(whole, "agents/a/channels/b", Stretch);
        using var many = new RowsHash();
        for (int from = 0; from < whole.Count; from += 37)
        {
            many.Add(Part(whole, from, Math.Min(37, whole.Count - from)), "agents/a/channels/b", Stretch);
        }

        string hash = one.Finish();
        Assert.Equal(hash, many.Finish());
        using var other = new RowsHash();
        whole.Value[500] = Math.BitIncrement(whole.Value[500]);
        other.Add(whole, "agents/a/channels/b", Stretch);
        Assert.NotEqual(hash, other.Finish());
    }

    [Fact]
    public void What_was_taken_out_of_a_port_is_known_by_the_port_itself_not_by_how_names_write_it()
    {
        var agent = new Wire.Id128(7);
        var channel = new FrozenChannel($"agents/{agent}/channels/i2c.1~ph", "pond", "i2c/1", "pond ph", "ph", "[pH]", 0, false);
        Facts.RemovedSpan Of(Wire.Id128 owner, string port) => new(new Wire.Id128(1), owner, port, "ph", "[pH]", 0, 0, 10, 5);

        Assert.True(channel.IsOf(Of(agent, "i2c/1")));
        Assert.False(channel.IsOf(Of(agent, "i2c/2")));
        Assert.False(channel.IsOf(Of(new Wire.Id128(8), "i2c/1")));
    }

    private static readonly Gen<double> AnyNumber = Gen.OneOf(Gen.Double, Gen.Const(double.NaN), Gen.Const(-0.0), Gen.Int[-1000, 1000].Select(i => i / 100.0));

    private static readonly Gen<ExportRows> Batch =
        from count in Gen.Int[1, 200]
        from start in Gen.Long[-4_000_000_000_000_000, 4_000_000_000_000_000]
        from steps in Gen.OneOf(Gen.Long[0, 1_000_000], Gen.Long[0, 1L << 40]).Array[count]
        from raw in AnyNumber.Array[count]
        from isSame in Gen.Bool
        from value in AnyNumber.Array[count]
        from flag in Gen.OneOf(Gen.Const((byte)1).Array[count], Gen.Byte[1, 9].Array[count])
        select Filled(count, start, steps, raw, isSame ? raw : value, flag);

    private static readonly Gen<List<ExportRows>> Batches = Batch.List[1, 6];

    private static ExportRows Filled(int count, long start, long[] steps, double[] raw, double[] value, byte[] flag)
    {
        var rows = new ExportRows(Math.Max(count, ExportRows.Capacity)) { Channel = count % 3, Stretch = count % 5, Count = count };
        long at = start;
        for (int i = 0; i < count; i++)
        {
            (rows.UtcUs[i], rows.TUs[i], rows.SigmaUs[i]) = (at += steps[i], at - start, i % 2 == 0 ? long.MaxValue : 20_000);
            (rows.Raw[i], rows.Value[i], rows.Uncertainty[i]) = (raw[i], value[i], double.NaN);
            (rows.Flag[i], rows.MachineFlag[i], rows.HumanFlag[i], rows.Missing[i], rows.Reason[i]) = (flag[i], flag[i], 0, 0, (Science.Quality.FlagReasons)(flag[i] << 8));
        }

        return rows;
    }

    private static ExportRows Rows(int count, Func<int, double> value) => Filled(count, 0, [.. Enumerable.Repeat(1_000_000L, count)], [.. Enumerable.Range(0, count).Select(value)], [.. Enumerable.Range(0, count).Select(value)], [.. Enumerable.Repeat((byte)1, count)]);

    private static ExportRows Part(ExportRows of, int from, int count)
    {
        var part = new ExportRows { Channel = of.Channel, Stretch = of.Stretch, Count = count };
        Array.Copy(of.UtcUs, from, part.UtcUs, 0, count);
        Array.Copy(of.SigmaUs, from, part.SigmaUs, 0, count);
        Array.Copy(of.TUs, from, part.TUs, 0, count);
        Array.Copy(of.Raw, from, part.Raw, 0, count);
        Array.Copy(of.Value, from, part.Value, 0, count);
        Array.Copy(of.Uncertainty, from, part.Uncertainty, 0, count);
        Array.Copy(of.Flag, from, part.Flag, 0, count);
        Array.Copy(of.MachineFlag, from, part.MachineFlag, 0, count);
        Array.Copy(of.Reason, from, part.Reason, 0, count);
        return part;
    }

    private static void AssertSame(ExportRows expected, ExportRows found)
    {
        Assert.Equal((expected.Channel, expected.Stretch, expected.Count), (found.Channel, found.Stretch, found.Count));
        int n = expected.Count;
        Assert.Equal(expected.UtcUs[..n], found.UtcUs[..n]);
        Assert.Equal(expected.SigmaUs[..n], found.SigmaUs[..n]);
        Assert.Equal(expected.TUs[..n], found.TUs[..n]);
        Assert.Equal(expected.Raw[..n].Select(BitConverter.DoubleToInt64Bits), found.Raw[..n].Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(expected.Value[..n].Select(BitConverter.DoubleToInt64Bits), found.Value[..n].Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(expected.Flag[..n], found.Flag[..n]);
        Assert.Equal(expected.Reason[..n], found.Reason[..n]);
    }
}
