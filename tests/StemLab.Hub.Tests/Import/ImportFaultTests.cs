using System.IO.Compression;
using System.Text;
using StemLab.Hub.Bundles;
using StemLab.Hub.Facts;
using StemLab.Hub.Uploads;
using StemLab.Store;
using StemLab.TestKit;

namespace StemLab.Hub.Import;

/// <summary>Packed files that are not whole, a disk that fills, and an end in the middle: nothing half is taken, and the same import goes on.</summary>
public sealed class ImportFaultTests
{
    private const int Lines = 40_000;
    private const int Columns = 4;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.999999)]
    [InlineData(0.9)]
    [InlineData(0.3)]
    [InlineData(0.001)]
    public void A_gzip_that_is_cut_anywhere_is_refused_with_a_sentence(double share)
    {
        using var folder = new TempFolder();
        var packed = Gzip(Table(2000));
        var path = folder.File("cut.csv.gz");
        File.WriteAllBytes(path, packed[..(int)(packed.Length * share)]);

        RequireDamaged(path);
    }

    [Fact]
    public void A_gzip_made_of_two_and_one_with_a_changed_bit_are_told_apart()
    {
        using var folder = new TempFolder();
        var path = folder.File("two.csv.gz");
        byte[] two = [.. Gzip(Table(100)), .. Gzip(Table(200))];
        File.WriteAllBytes(path, two);
        ImportFile.RequireWhole(path, Stop);

        two[two.Length / 2] ^= 4;
        File.WriteAllBytes(path, two);
        RequireDamaged(path);
    }

    [Fact]
    public void A_zip_with_a_changed_bit_a_cut_one_one_with_too_many_names_and_one_that_lies_about_its_size_are_refused()
    {
        using var folder = new TempFolder();
        var path = folder.File("table.zip");
        var stored = Zip(CompressionLevel.NoCompression, ("table.csv", Table(2000)));
        File.WriteAllBytes(path, stored);
        ImportFile.RequireWhole(path, Stop);

        // A digit that became another one: no reader of deflate can see that, the checksum does.
        var changed = (byte[])stored.Clone();
        changed[stored.Length / 2] ^= 1;
        File.WriteAllBytes(path, changed);
        RequireDamaged(path);
        File.WriteAllBytes(path, stored[..^40]);
        RequireDamaged(path);
        File.WriteAllBytes(path, Zip(CompressionLevel.Fastest, [.. Enumerable.Range(0, 12_000).Select(i => ($"{i:D40}.csv", (byte[])[]))]));
        Assert.Contains("far too many files", Assert.Throws<RefusedException>(() => ImportFile.RequireWhole(path, Stop)).Message, StringComparison.Ordinal);

        // A bomb whose list claims that it was packed from as much.
        var bomb = Zip(CompressionLevel.SmallestSize, ("bomb.csv", new byte[80 << 20]));
        var list = bomb.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bomb.AsSpan(list + 20), 80u << 20);
        File.WriteAllBytes(path, bomb);
        Assert.NotEmpty(Assert.Throws<RefusedException>(() => ImportFile.RequireWhole(path, Stop)).Sentence.Vi);
    }

    [Fact]
    public async Task An_import_that_ends_in_the_middle_leaves_whole_readings_and_the_same_import_goes_on()
    {
        var table = Table(Lines);
        await using var hub = new BundleHub();
        var stored = 0L;
        foreach (var cut in (int[])[100, table.Length / 3, (int)(table.Length * 0.9)])
        {
            await Assert.ThrowsAsync<IOException>(() => ImportAsync(hub, new CutStream(table, cut)));
            await hub.Store.FlushAsync(Stop);
            Assert.True(Rows(hub) >= stored);
            stored = Rows(hub);
        }

        Assert.InRange(stored, 1, (Lines * Columns) - 1);
        var report = await ImportAsync(hub, new MemoryStream(table));

        Assert.Equal((Lines * Columns, 0L, 0L, Lines * Columns), (report.New + report.Duplicate, report.Conflict, report.WrongCount, Rows(hub)));
        Assert.InRange(report.Duplicate, stored, Lines * Columns);
        Assert.Equal(2, hub.Facts.Current.Of<HumanFlag>().Count());
        Assert.Equal(0, (await ImportAsync(hub, new MemoryStream(table))).New);
        Assert.Equal(2, hub.Facts.Current.Of<HumanFlag>().Count());
    }

    [Fact]
    public async Task A_disk_that_fills_in_the_middle_of_an_import_stops_it_and_with_room_the_same_import_goes_on()
    {
        await using var disk = await SmallDisk.TryMountAsync("1500k");
        Assert.SkipWhen(disk is null, "a small tmpfs cannot be mounted here (needs root)");
        var table = Table(Lines);
        await using (var hub = new BundleHub(disk.Path))
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => ImportAsync(hub, new MemoryStream(table)));
            var stored = Rows(hub);
            Assert.True(stored < Lines * Columns);

            await disk.ResizeAsync("64m");
            var report = await ImportAsync(hub, new MemoryStream(table));
            Assert.Equal((Lines * Columns, 0L), (report.New + report.Duplicate, report.Conflict));
            Assert.InRange(report.Duplicate, stored, Lines * Columns);
        }

        await using var again = new BundleHub(disk.Path);
        Assert.Equal(Lines * Columns, Rows(again));
        Assert.Equal(2, again.Facts.Current.Of<HumanFlag>().Count());
    }

    private static void RequireDamaged(string path)
    {
        var refused = Assert.Throws<RefusedException>(() => ImportFile.RequireWhole(path, Stop));
        Assert.Contains("damaged or cut off: nothing of it was taken", refused.Message, StringComparison.Ordinal);
        Assert.Contains("hỏng", refused.Sentence.Vi, StringComparison.Ordinal);
    }

    private static Task<ImportReport> ImportAsync(BundleHub hub, System.IO.Stream table)
    {
        var head = FileHead.Read(new MemoryStream(Table(500)));
        var mapping = Proposer.Propose(head, new ImportHints("pond.csv", "", "UTC")).Mapping;
        return new ImportRun(hub.Store, hub.Facts, hub.Fleet, hub.Clock.Now, FactRoles.Teacher).RunAsync(table, mapping, "pond.csv", () => 0, _ => Task.CompletedTask, Stop);
    }

    private static long Rows(BundleHub hub)
    {
        var rows = 0L;
        using var snapshot = hub.Store.Snapshot();
        foreach (var series in snapshot.Dictionary.Series.ToArray())
        {
            foreach (var run in snapshot.Rows(series.Id, long.MinValue, long.MaxValue))
            {
                rows += run.Length;
            }
        }

        return rows;
    }

    /// <summary>Four columns of a pond at ten-second steps, pH with flags of its station that change once.</summary>
    private static byte[] Table(int lines)
    {
        var text = new StringBuilder("time,temp (°C),ph,F_ph,turb,sal\n");
        for (var i = 0; i < lines; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddDays(20_000).AddSeconds(10 * i):yyyy-MM-dd HH:mm:ss},{20 + (i * 7919 % 1000 / 100.0):0.00},{7 + (i % 97 / 100.0):0.00},{(i < lines / 2 ? "<1>" : "<-3>")},{i % 31},{30 + (i % 53 / 10.0):0.0}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var into = new MemoryStream();
        using (var zip = new GZipStream(into, CompressionLevel.Fastest))
        {
            zip.Write(bytes);
        }

        return into.ToArray();
    }

    private static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        using var into = new MemoryStream();
        using (var zip = new ZipArchive(into, ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return into.ToArray();
    }
}
