using System.Globalization;
using System.IO.Compression;
using StemLab.TestKit;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Replay;

public sealed class FileReplayTests
{
    private static string Sample(string name) => Path.Combine(Clone.Root, "samples", "data", name);

    [Theory]
    [InlineData("cat-point.csv.gz", "spcond", "specific_conductance_25", 8640)]
    [InlineData("lro-water-lab.csv.gz", "cond_cor", "specific_conductance_25", 6000)]
    public async Task Counts_missing_and_sums_are_those_of_the_file(string file, string port, string quantity, int rows)
    {
        await using var replay = FileReplay.Open(Sample(file), TimeSpan.FromHours(-7), 0, TimeProvider.System);
        var output = replay.Description.Outputs.Select((o, i) => (o, i)).Single(x => x.o.Port == port);
        Assert.Equal(quantity, output.o.Quantity);
        long count = 0, missing = 0;
        var sum = 0.0;
        await foreach (var reading in replay.ReadAsync(0, 0, TestContext.Current.CancellationToken))
        {
            count += reading.Output == output.i ? 1 : 0;
            missing += reading.Output == output.i && reading.Missing == MissingReason.NotCollected ? 1 : 0;
            sum += reading.Output == output.i && reading.Missing == MissingReason.Unspecified ? reading.Value : 0;
        }

        // The oracle reads the file with nothing of ours.
        using var text = new StreamReader(new GZipStream(File.OpenRead(Sample(file)), CompressionMode.Decompress));
        var at = Array.IndexOf(text.ReadLine()!.Split(','), port);
        var fields = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')[at]).ToList();
        Assert.Equal(rows, fields.Count);
        Assert.Equal(rows, count);
        Assert.Equal(fields.Count(field => field.Length == 0), missing);
        Assert.Equal(fields.Where(field => field.Length > 0).Sum(field => double.Parse(field, CultureInfo.InvariantCulture)), sum, 1e-6);
        Assert.Equal(0, replay.Report.RejectedCount);
    }

    [Fact]
    public async Task Times_with_an_offset_keep_it_and_others_are_of_the_declared_zone()
    {
        Assert.Equal(new DateTimeOffset(2012, 1, 1, 5, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() * 1_000_000, await FirstTime("cat-point.csv.gz"));
        Assert.Equal(new DateTimeOffset(2019, 1, 1, 7, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() * 1_000_000, await FirstTime("lro-water-lab.csv.gz"));
    }

    [Fact]
    public async Task A_messy_file_is_played_as_far_as_it_can_be_and_says_what_it_left_out()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("messy.csv"), "datetime,ph,odd thing\n2019-01-01 00:00,7.1,5\n2019-01-01 00:00,7.2,6\n2018-12-31,7,7\nnot a time,7,7\n2019-01-01 00:15,NA,\n2019-01-01 00:30,high,1e400\n\n2019-01-01 00:45\n", TestContext.Current.CancellationToken);
        await using var replay = FileReplay.Open(folder.File("messy.csv"), TimeSpan.Zero, 0, TimeProvider.System);
        var readings = new List<TimedReading>();
        await foreach (var reading in replay.ReadAsync(0, 0, TestContext.Current.CancellationToken))
        {
            readings.Add(reading);
        }

        Assert.Equal("odd-thing", replay.Description.Outputs[1].Port);
        Assert.Equal(
            [MissingReason.Unspecified, MissingReason.Unspecified, MissingReason.NotCollected, MissingReason.NotCollected, MissingReason.Fault, MissingReason.Fault, MissingReason.NotCollected, MissingReason.NotCollected],
            readings.Select(reading => reading.Missing));
        Assert.Equal(4, replay.Report.Lines);
        Assert.Equal(5, replay.Report.RejectedCount);
        Assert.Contains("line 3: its time is not later than the line before", replay.Report.Rejected);
    }

    [Fact]
    public void A_file_without_a_time_column_is_refused_with_its_first_line()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("bad.csv"), "a,b\n1,2\n");
        var refused = Assert.Throws<InvalidDataException>(() => FileReplay.Open(folder.File("bad.csv"), TimeSpan.Zero, 0, TimeProvider.System));
        Assert.Contains("a,b", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<long> FirstTime(string file)
    {
        await using var replay = FileReplay.Open(Sample(file), TimeSpan.FromHours(-7), 0, TimeProvider.System);
        await foreach (var reading in replay.ReadAsync(0, 0, TestContext.Current.CancellationToken))
        {
            return reading.TUs;
        }

        return 0;
    }
}
