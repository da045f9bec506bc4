using StemLab.Hub.Api;
using StemLab.Hub.Facts;
using StemLab.Hub.Lessons;
using StemLab.Hub.Query;
using StemLab.Hub.TakeHome;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Classroom;

/// <summary>The cooling lesson pours water of up to 60 °C: more than any bay has, and still water.</summary>
public sealed class HotWaterTests
{
    private const int Dunk = 30;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_probe_in_a_cup_of_hot_water_keeps_its_curve_in_flags_means_and_the_table_that_is_taken_home()
    {
        await using var hub = await HubFixture.StartAsync();
        var started = hub.NowUs - (602 * HubFixture.Second);

        // A DS18B20, 8 s behind, from the room into the cup, which then cools.
        double Celsius(int second) => second < Dunk ? 25 : 25 + 35 * (Math.Pow(0.5, (second - Dunk) / 840.0) - Math.Exp(-(second - Dunk) / 8.0));
        await hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(0, 600).Select(i => (started + (i * HubFixture.Second), Math.Round(Celsius(i) * 16) / 16)), (started + (600 * HubFixture.Second), 110), (started + (601 * HubFixture.Second), -127)]);
        var run = new Facts.Run(new Id128(0xC0), "Cup", [ClassFixture.Temperature], Facts.Instant.AtUtc(HubFixture.Utc0 + started), Facts.Instant.AtUtc(HubFixture.Utc0 + started + (602 * HubFixture.Second)));
        hub.State(run);

        var table = await RunTable.ReadAsync(hub.Get<ReadingQuery>(), hub.Get<RunBook>().Find(run.RunId)!, 5_000, Stop);
        Assert.Equal(602, table.Lines);

        // While the probe warms up it changes faster than water can: that is the probe, not the water. Then all of it counts.
        Assert.All(Enumerable.Range(Dunk + 15, 554), line => Assert.Equal(Math.Round(Celsius(line) * 16) / 16, table.Value(line, 0) ?? double.NaN, 1e-9));
        Assert.All(Enumerable.Range(Dunk + 25, 544), line => Assert.Equal((int)QcFlag.Suspect, table.Flag(line)));
        Assert.All((int[])[600, 601], line => Assert.Equal((null, (int)QcFlag.Fail), (table.Value(line, 0), table.Flag(line))));
    }

    /// <summary>What its list says of a recording is what it is judged by; the property's own range takes the rest.</summary>
    [Fact]
    public async Task The_cups_that_come_with_the_lesson_are_good_from_the_first_reading_to_the_last()
    {
        await using var hub = await HubFixture.StartAsync();
        var parts = await hub.Get<ClassRecordings>().TakeAsync("cooling", 0, FactRoles.Teacher, "en");
        Assert.Equal(ShippedRecording.All["cooling"].Parts.Length, parts.Length);
        foreach (var part in parts)
        {
            var run = hub.Get<RunBook>().Find(part.Run)!;
            var table = await RunTable.ReadAsync(hub.Get<ReadingQuery>(), run, 5_000, Stop);
            Assert.All(Enumerable.Range(0, table.Lines), line => Assert.NotNull(table.Value(line, 0)));
            Assert.All(Enumerable.Range(0, table.Lines), line => Assert.Contains(table.Flag(line), (int[])[(int)QcFlag.Good, (int)QcFlag.NotEvaluated]));
            Assert.True(table.Value(0, 0) > 45 || table.Value(20, 0) > 45);
        }
    }
}
