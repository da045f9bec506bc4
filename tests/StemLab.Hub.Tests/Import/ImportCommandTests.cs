using System.CommandLine;
using StemLab.Hub.Fleet;
using StemLab.Hub.Retention;
using StemLab.Hub.Startup;
using StemLab.TestKit;

namespace StemLab.Hub.Import;

public sealed class ImportCommandTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_sees_a_proposal_accepts_it_and_the_same_file_again_adds_nothing()
    {
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        var file = folder.File("Pond 7.csv");
        await File.WriteAllTextAsync(file, "time;temp (°C);ph\n25/11/2026 10:00;20,5;7,1\n25/11/2026 10:10;20,6;x\n", Stop);

        var (code, told) = await RunAsync(file, "--data", hub.Data);
        Assert.Equal(0, code);
        Assert.Contains("does not say in which time zone", told, StringComparison.Ordinal);
        Assert.Contains("Nothing is imported yet", told, StringComparison.Ordinal);
        Assert.Contains("no time zone", (await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(file, "--zone", "Ha_Long", "--data", hub.Data))).Message, StringComparison.Ordinal);
        Assert.Contains("--zone", (await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync(file, "--yes", "--data", hub.Data))).Message, StringComparison.Ordinal);

        (_, told) = await RunAsync(file, "--zone", "Asia/Ho_Chi_Minh", "--data", hub.Data);
        Assert.Contains("water_temperature [Cel]", told, StringComparison.Ordinal);
        var mapping = $"{file}.mapping.json";
        (code, told) = await RunAsync(file, "--mapping", mapping, "--data", hub.Data);
        Assert.Equal(1, code);
        Assert.Contains("2 rows; 4 new, 0 duplicate, 0 conflicting, 1 missing, 1 wrong", told, StringComparison.Ordinal);
        Assert.Contains("line 3: 'x' in column ph is no number; kept as missing", told, StringComparison.Ordinal);
        Assert.True(hub.Get<FleetBook>().Current.TryFindBySlug("pond-7", out var station));
        Assert.False(station.HasToken);

        // A longer copy of the file goes on with the same station.
        await File.AppendAllTextAsync(file, "25/11/2026 10:20;20,7;7,3\n", Stop);
        (_, told) = await RunAsync(file, "--zone", "Asia/Ho_Chi_Minh", "--yes", "--data", hub.Data);
        Assert.Contains("3 rows; 2 new, 4 duplicate", told, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "time;temp (°C);ph\n25/11/2026 10:30;20,7;7,3\n", Stop);
        (_, told) = await RunAsync(file, "--zone", "Asia/Ho_Chi_Minh", "--station", "pond-7", "--yes", "--data", hub.Data);
        Assert.Contains("is here already", told, StringComparison.Ordinal);
        Assert.Contains("1 rows; 2 new", told, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(hub.Data, "incoming")));
    }

    /// <summary>A person who gives a zone believes that it counts: a typing error must not wait for a file that needs it.</summary>
    [Theory]
    [InlineData("--zone", "Ha_Long", "no time zone 'Ha_Long'")]
    [InlineData("--zone", "", "no time zone ''")]
    [InlineData("--start", "soon", "'soon'")]
    [InlineData("--start", "2026-13-45 10:00", "'2026-13-45 10:00'")]
    [InlineData("--start", "", "''")]
    public async Task A_zone_or_a_start_that_is_none_is_refused_whether_it_is_needed_or_not(string option, string typed, string why)
    {
        await using var hub = await RetentionFixture.StartAsync();
        using var folder = new TempFolder();
        var file = folder.File("pond.csv");
        await File.WriteAllTextAsync(file, "time,ph\n2026-11-25T10:00:00Z,7.1\n", Stop);
        await RunAsync(file, "--zone", "UTC", "--start", "2026-11-25 10:00:00", "--data", hub.Data);

        foreach (var more in (string[][])[[], ["--yes"], ["--mapping", $"{file}.mapping.json"]])
        {
            var refused = await Assert.ThrowsAsync<StartRefusedException>(() => RunAsync([file, option, typed, "--data", hub.Data, .. more]));
            Assert.Contains(option, refused.Message, StringComparison.Ordinal);
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        }

        Assert.False(hub.Get<FleetBook>().Current.TryFindBySlug("pond", out _));
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        var output = new StringWriter();
        var code = await ImportCommand.Build().Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false }, Stop);
        return (code, output.ToString());
    }
}
