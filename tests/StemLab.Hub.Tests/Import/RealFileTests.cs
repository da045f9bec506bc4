using System.Globalization;
using DuckDB.NET.Data;
using StemLab.Hub.Facts;
using StemLab.Hub.Retention;
using StemLab.Store;

namespace StemLab.Hub.Import;

/// <summary>Files of real stations, read by us and by DuckDB.</summary>
public sealed class RealFileTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cat-point-2012.csv", "", 10, "ymd", 300)]
    [InlineData("east-bay-met-2012.csv", "", 10, "ymd", 300)]
    [InlineData("grand-bay-2021-raw.csv", "America/Chicago", 10, "mdy", 300)]
    [InlineData("lro-water-lab-2019.csv", "-07:00", 12, "ymd", 300)]
    [InlineData("office-room-2015.csv", "Europe/Brussels", 6, "ymd", 200)]
    [InlineData("ioos-water-level.csv", "", 2, "ymd", 300)]
    public async Task Every_cell_of_a_real_file_is_a_reading_or_a_missing_one_as_another_reader_counts_them(string name, string zone, int mostColumns, string form, int rows)
    {
        await using var hub = await RetentionFixture.StartAsync();
        var path = PathOf(name);
        var room = hub.Get<ImportRoom>();

        var proposal = room.Propose(path, new ImportHints(name, "", zone), Stop);

        Assert.False(proposal.NeedsZone);
        Assert.Equal(form, proposal.Mapping.Time.Form);
        Assert.InRange(proposal.Mapping.Columns.Length, 1, mostColumns);
        var report = await room.RunAsync(path, name, proposal.Mapping, FactRoles.Teacher, _ => Task.CompletedTask, Stop);
        Assert.Empty(report.Wrong);
        Assert.InRange(report.Records, rows, rows + 1);
        Assert.Equal(report.Records * proposal.Mapping.Columns.Length, report.New);
        foreach (var (column, count) in proposal.Mapping.Columns.Zip(report.Columns))
        {
            var (values, sum) = await ReadByDuckDbAsync(path, column.Field, proposal.Mapping);
            Assert.Equal((column.Name, values, report.Records - values), (column.Name, count.Values, count.Missing));
            Assert.Equal(sum, count.Sum, 1e-6 + (Math.Abs(sum) * 1e-12));
            Assert.Equal(values, Stored(hub, column));
        }

        var again = await room.RunAsync(path, name, room.Propose(path, new ImportHints(name, "", zone), Stop).Mapping, FactRoles.Teacher, _ => Task.CompletedTask, Stop);
        Assert.Equal((0, report.New, 0, 0), (again.New, again.Duplicate, again.Conflict, again.FlagStretches));
    }

    [Fact]
    public async Task A_raw_download_of_a_station_is_understood_by_itself()
    {
        await using var hub = await RetentionFixture.StartAsync();
        var proposal = hub.Get<ImportRoom>().Propose(PathOf("grand-bay-2021-raw.csv"), new ImportHints("grand-bay-2021-raw.csv", "", ""), Stop);

        Assert.True(proposal.NeedsZone);
        string[] columns = [.. proposal.Mapping.Columns.Select(column => $"{column.Name} {column.Property} {column.Unit} {column.FlagField - column.Field}")];
        Assert.Contains("Temp water_temperature Cel 1", columns);
        Assert.Contains("SpCond specific_conductance_25 mS/cm 1", columns);
        Assert.Contains("DO_mgl dissolved_oxygen mg/L 1", columns);
        Assert.Contains("pH ph [pH] 1", columns);
        Assert.Equal(FieldUse.Station, proposal.Fields.Single(field => field.Name == "StationCode").Use);
        Assert.Equal(900, proposal.Mapping.Columns[0].IntervalSeconds);
        Assert.Equal((1, 3, 4, 9), (proposal.Mapping.Flags["<0>"], proposal.Mapping.Flags["<1>"], proposal.Mapping.Flags["<-3>"], proposal.Mapping.Flags["<-2>"]));
    }

    [Fact]
    public async Task Flags_of_the_station_become_peoples_flags_with_the_stations_own_words()
    {
        await using var hub = await RetentionFixture.StartAsync();
        var room = hub.Get<ImportRoom>();
        var path = PathOf("grand-bay-2021-raw.csv");
        var mapping = room.Propose(path, new ImportHints("grand-bay", "", "-06:00"), Stop).Mapping;

        var report = await room.RunAsync(path, "grand-bay", mapping, FactRoles.Teacher, _ => Task.CompletedTask, Stop);

        var flags = hub.Facts.Current.Of<HumanFlag>().Select(fact => fact.Body).ToArray();
        Assert.Equal(report.FlagStretches, flags.Length);
        Assert.Empty(report.UnknownFlags);
        var suspect = Assert.Single(flags, flag => flag.Channel.EndsWith("/do_pct~dissolved_oxygen_saturation", StringComparison.Ordinal) && flag.Flag == 3 && flag.From.Us == Us("2021-07-02T06:00:00Z"));
        Assert.Equal("in the imported file: <1> [SDO] (CCU)", suspect.Reason);
        Assert.Equal(Us("2021-07-02T06:00:00Z") + 1, suspect.To.Us);
    }

    [Fact]
    public async Task A_header_one_name_short_and_values_that_say_their_unit_are_seen()
    {
        await using var hub = await RetentionFixture.StartAsync();
        var office = hub.Get<ImportRoom>().Propose(PathOf("office-room-2015.csv"), new ImportHints("office", "", "UTC"), Stop);
        Assert.Contains(office.Notes, note => note.En.Contains("one name less", StringComparison.Ordinal));
        Assert.Contains(office.Mapping.Columns, column => column is { Name: "Temperature", Property: "air_temperature" });
        Assert.Contains(office.Mapping.Columns, column => column.Name == "CO2" && column.Property == "co2");

        // 377 mS/cm is no river.
        var river = hub.Get<ImportRoom>().Propose(PathOf("lro-water-lab-2019.csv"), new ImportHints("lro", "", "-07:00"), Stop);
        Assert.Equal("uS/cm", river.Mapping.Columns.Single(column => column.Name == "cond").Unit);
    }

    private static async Task<(long Values, double Sum)> ReadByDuckDbAsync(string path, int field, ImportMapping mapping)
    {
        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync(Stop);
        await using var command = duck.CreateCommand();
        var names = string.Join(", ", Enumerable.Range(0, mapping.Fields).Select(i => $"'c{i}': 'VARCHAR'"));
        command.CommandText = $"""
            SELECT count(v), coalesce(sum(v), 0) FROM (
                SELECT CASE WHEN isfinite(TRY_CAST(trim(c{field}) AS DOUBLE)) AND TRY_CAST(trim(c{field}) AS DOUBLE) <> -9999 THEN TRY_CAST(trim(c{field}) AS DOUBLE) END AS v
                FROM read_csv('{path}', header=false, skip=1, auto_detect=false, delim=',', quote='"', columns={'{'}{names}{'}'}))
            """;
        await using var reader = await command.ExecuteReaderAsync(Stop);
        await reader.ReadAsync(Stop);
        return (Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture), Convert.ToDouble(reader.GetValue(1), CultureInfo.InvariantCulture));
    }

    private static long Stored(RetentionFixture hub, ColumnMapping column)
    {
        using var snapshot = hub.Store.Snapshot();
        var series = snapshot.Dictionary.Series.ToArray().Single(series => series.Input == new InputDeclaration(column.Port, column.Property, column.Unit, 0) && series.Boot != RetentionFixture.Boot);
        var all = new BucketAggregate[1];
        snapshot.Aggregate(series.Id, [long.MinValue, long.MaxValue], all);
        return all[0].Count;
    }

    private static long Us(string iso) => (long)(DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).TotalMicroseconds;

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Import", "data", name);
}
