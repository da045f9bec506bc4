using System.IO.Compression;
using System.Text;
using StemLab.Hub.Facts;
using StemLab.Hub.Uploads;
using StemLab.TestKit;

namespace StemLab.Hub.Import;

/// <summary>Tables as people, loggers and spreadsheets write them; none of them seen before.</summary>
public sealed class OddFileTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Vietnamese_spreadsheet_with_semicolons_decimal_commas_and_two_time_columns()
    {
        var file = await ImportedFile.ReadAsync("Ngày;Giờ;Nhiệt độ (°C);pH;Độ đục (NTU)\r\n25/11/2026;08:00;28,4;7,1;3\r\n25/11/2026;08:10;28,5;7,15;4\r\n25/11/2026;08:20;;7,2;1.204,5\r\n", zone: "Asia/Ho_Chi_Minh");

        Assert.Equal(("dmy", 2, ";", ","), (file.Mapping.Time.Form, file.Mapping.Time.Fields.Length, file.Mapping.Delimiter, file.Mapping.Decimal));
        Assert.Equal(["water_temperature Cel", "ph [pH]", "turbidity {NTU}"], file.Meanings);
        Assert.Equal(["2026-11-25T01:00:00 28.4", "2026-11-25T01:10:00 28.5", "2026-11-25T01:20:00 missing"], file.Rows(0));
        Assert.Equal("2026-11-25T01:20:00 1204.5", file.Rows(2)[2]);
    }

    [Theory]
    [InlineData("windows-1258")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public async Task Vietnamese_in_any_encoding_people_use(string encoding)
    {
        const string Text = "Thời gian,Nhiệt độ (°C),Độ mặn\n2026-11-25 08:00,28.4,31\n2026-11-25 08:10,28.5,31.2\n";
        var bytes = encoding == "windows-1258"
            ? Charsets.Of("windows-1258").GetBytes(Text.Normalize(NormalizationForm.FormD).Replace("Đ", "Đ", StringComparison.Ordinal).Replace("o\u0323\u0302", "ô\u0323", StringComparison.Ordinal).Replace("e\u0323\u0302", "ê\u0323", StringComparison.Ordinal).Replace("o\u031B\u0300", "ơ\u0300", StringComparison.Ordinal).Replace("a\u0306\u0323", "ă\u0323", StringComparison.Ordinal).Replace("a\u0323\u0306", "ă\u0323", StringComparison.Ordinal))
            : encoding == "utf-8" ? Encoding.UTF8.GetBytes(Text) : [.. Charsets.Of(encoding).GetPreamble(), .. Charsets.Of(encoding).GetBytes(Text)];

        var file = await ImportedFile.ReadAsync(bytes, zone: "+07:00");

        Assert.Equal(encoding, file.Mapping.Encoding);
        Assert.Equal("Cel", file.Mapping.Columns[0].Unit);
        Assert.Equal("water_temperature", file.Mapping.Columns[0].Property);
        Assert.Equal(["nhiet-do", "do-man"], file.Mapping.Columns.Select(column => column.Port));
        Assert.Equal(2, file.Rows(0).Length);
    }

    [Fact]
    public async Task A_table_in_windows_1252_keeps_its_degrees_and_micros()
    {
        var file = await ImportedFile.ReadAsync(Charsets.Of("windows-1252").GetBytes("Zeit;Temp. [°C];Leitfähigkeit [µS/cm]\n25.11.2026 10:00:00;4,5;412\n25.11.2026 10:00:30;4,6;413\n"), zone: "Europe/Berlin");

        Assert.Equal(("windows-1252", "dmy"), (file.Mapping.Encoding, file.Mapping.Time.Form));
        Assert.Equal(["Cel", "uS/cm"], file.Mapping.Columns.Select(column => column.Unit));
        Assert.Equal("2026-11-25T09:00:30 4.6", file.Rows(0)[1]);
    }

    [Fact]
    public async Task A_buoy_whose_header_hides_behind_a_hash_with_a_units_row_and_a_field_per_part_of_the_time()
    {
        var file = await ImportedFile.ReadAsync("#YY  MM DD hh mm WDIR WSPD  ATMP  WTMP\n#yr  mo dy hr mn degT m/s  degC  degC\n2026 11 25 09 50 110  5.0  25.1  27.0\n2026 11 25 09 40 120  999.0  25.0  27.1\n2026 11 25 09 30 100  4.0  25.0  27.1\n", zone: "UTC");

        Assert.Equal(("parts", 5, " "), (file.Mapping.Time.Form, file.Mapping.Time.Fields.Length, file.Mapping.Delimiter));
        Assert.Equal(["wind_direction deg", "wind_speed m/s", "air_temperature Cel", "water_temperature Cel"], file.Meanings);
        Assert.Equal(["2026-11-25T09:30:00 4", "2026-11-25T09:40:00 missing", "2026-11-25T09:50:00 5"], file.Rows(1));
    }

    [Fact]
    public async Task A_Campbell_logger_with_four_header_lines()
    {
        var file = await ImportedFile.ReadAsync("\"TOA5\",\"CR1000\",\"CR1000\",\"1234\"\n\"TIMESTAMP\",\"RECORD\",\"AirTC_Avg\",\"RH\"\n\"TS\",\"RN\",\"Deg C\",\"%\"\n\"\",\"\",\"Avg\",\"Smp\"\n\"2026-11-25 10:00:00\",1,24.31,78.2\n\"2026-11-25 10:15:00\",2,\"NAN\",78.9\n\"2026-11-25 10:30:00\",3,24.5,79\n", zone: "+07:00");

        Assert.Equal(4, file.Mapping.SkipRecords);
        Assert.Equal(["Cel", "%"], file.Mapping.Columns.Select(column => column.Unit));
        Assert.Equal(["2026-11-25T03:00:00 24.31", "2026-11-25T03:15:00 missing", "2026-11-25T03:30:00 24.5"], file.Rows(0));
    }

    [Fact]
    public async Task An_American_export_with_AM_PM_quotes_grouped_thousands_and_a_title_above()
    {
        var file = await ImportedFile.ReadAsync("Plot Title: pond 7\n\"#\",\"Date Time, GMT-05:00\",\"Temp, °F\",\"Intensity, lux\"\n1,11/25/2026 12:00:00 AM,70.5,\"1,234.5\"\n2,11/25/2026 12:30:00 PM,71.5,\"12\"\n3,11/26/2026 1:00:00 AM,72,\"<10\"\n");

        Assert.Equal(("mdy", "-05:00"), (file.Mapping.Time.Form, file.Mapping.Time.Zone));
        Assert.Equal("[degF]", file.Mapping.Columns[0].Unit);
        Assert.Equal(["2026-11-25T05:00:00 1234.5", "2026-11-25T17:30:00 12", "2026-11-26T06:00:00 missing"], file.Rows(1));
    }

    [Theory]
    [InlineData("water temp", "[degF]")]
    [InlineData("water temp (°C)", "Cel")]
    public async Task Water_of_68_where_no_unit_is_named_is_a_river_in_Fahrenheit_and_a_cup_where_it_says_so(string heading, string unit)
    {
        var file = await ImportedFile.ReadAsync($"time,{heading}\n2026-11-25T00:00:00Z,68.1\n2026-11-25T01:00:00Z,68.5\n2026-11-25T02:00:00Z,68.4\n");

        Assert.Equal(unit, file.Mapping.Columns[0].Unit);
    }

    [Fact]
    public async Task An_ERDDAP_table_with_a_units_row_and_flags_of_QARTOD()
    {
        var file = await ImportedFile.ReadAsync("time,sea_water_temperature,sea_water_temperature_qc,sea_water_practical_salinity\nUTC,degree_C,,1e-3\n2026-11-25T00:00:00Z,27.1,1,NaN\n2026-11-25T01:00:00Z,27.2,4,33.1\n2026-11-25T02:00:00Z,27.3,4,33.2\n2026-11-25T03:00:00Z,27.3,7,33.2\n");

        Assert.Equal(["water_temperature Cel", "practical_salinity 1"], file.Meanings);
        Assert.Equal(2, file.Mapping.Columns[0].FlagField);
        Assert.Equal(2, file.Report.FlagStretches);
        Assert.Equal(["7"], file.Report.UnknownFlags);
    }

    [Fact]
    public async Task A_file_of_several_stations_in_any_order_of_time_becomes_several_stations()
    {
        var file = await ImportedFile.ReadAsync("station\ttimestamp\tdo mg/L\nB\t1780000600\t6.1\nA\t1780000600\t7.1\nA\t1780000000\t7.0\nB\t1780000000\t6.0\n");

        Assert.Equal(("epoch_s", 0), (file.Mapping.Time.Form, file.Mapping.StationField));
        Assert.Equal(4, file.Report.New);
        Assert.Equal(2, file.Report.Columns.Length);
        Assert.NotEqual(file.Report.Columns[0].Channel, file.Report.Columns[1].Channel);
    }

    [Fact]
    public async Task Numbers_of_days_from_a_spreadsheet_units_in_cells_and_a_header_twice()
    {
        var file = await ImportedFile.ReadAsync("Date|Temp|Temp\n46351.5|7.1 °C|45 °F\n46351.75|7.3 °C|46 °F\n46352|bad|47 °C\n", zone: "UTC");

        Assert.Equal("excel", file.Mapping.Time.Form);
        Assert.Equal(["temp Cel", "temp-2 [degF]"], file.Mapping.Columns.Select(column => $"{column.Port} {column.Unit}"));
        Assert.Equal("2026-11-25T12:00:00 7.1", file.Rows(0)[0]);
        Assert.Equal(2, file.Report.WrongCount);
        Assert.Equal(["line 4: 'bad' in column Temp is no number; kept as missing", "line 4: '47 °C' in column Temp is no number in [degF]; kept as missing"], file.Report.Wrong.Select(line => line.Why.En));
        Assert.Contains(file.Proposal.Notes, note => note.En.Contains("stand twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_header_one_name_short_is_laid_so_that_the_time_stands_over_the_times()
    {
        const string Rows = "2026-10-25 00:00:00,20.5,8.1,x\n2026-10-25 00:01:00,20.6,8.2,y\n";
        var remark = await ImportedFile.ReadAsync($"time,water temp [°C],DO mg/L\n{Rows}", zone: "UTC");
        Assert.Equal(["water_temperature Cel", "dissolved_oxygen mg/L"], remark.Meanings);
        Assert.Equal("2026-10-25T00:01:00 20.6", remark.Rows(0)[1]);
        Assert.Contains(remark.Proposal.Notes, note => note.En.Contains("the last field is taken as one without a name", StringComparison.Ordinal));

        var number = await ImportedFile.ReadAsync("time,water temp [°C],DO mg/L\n1,2026-10-25 00:00:00,20.5,8.1\n2,2026-10-25 00:01:00,20.6,8.2\n", zone: "UTC");
        Assert.Equal(remark.Meanings, number.Meanings);
        Assert.Equal("2026-10-25T00:01:00 20.6", number.Rows(0)[1]);
    }

    [Fact]
    public async Task The_hour_that_comes_twice_in_autumn_and_the_one_that_never_was_in_spring()
    {
        var file = await ImportedFile.ReadAsync("time,temp\n2026-10-25 02:00,1\n2026-10-25 02:30,2\n2026-10-25 02:00,3\n2026-10-25 02:30,4\n2026-10-25 03:00,5\n2027-03-28 02:30,6\n2027-03-28 03:30,7\n", zone: "Europe/Berlin");

        Assert.Equal(["2026-10-25T00:00:00 1", "2026-10-25T00:30:00 2", "2026-10-25T01:00:00 3", "2026-10-25T01:30:00 4", "2026-10-25T02:00:00 5", "2027-03-28T01:30:00 7"], file.Rows(0));
        Assert.Equal("line 7: 2027-03-28 02:30:00 never was in Europe/Berlin: the clock went past it to summer time", Assert.Single(file.Report.Wrong).Why.En);
    }

    [Fact]
    public async Task Wrong_lines_are_named_and_the_rest_is_taken()
    {
        var file = await ImportedFile.ReadAsync("time,ph\n2026-11-25T00:00Z,7.1\n2026-13-25T00:00Z,7.2\n2026-11-25T00:20Z\n2026-11-25T00:30Z,\"7.3\nstill quoted\n2026-11-25T00:40Z,7.4,extra\n2026-11-25T00:50Z,7.5,\n2026-11-25T00:50Z,7.5\n2026-11-25T00:50Z,7.6\n");

        Assert.Equal([3L, 4, 6, 7], file.Report.Wrong.Select(line => line.Line).Where(line => line != 5).Order());
        Assert.Equal((1L, 1L), (file.Report.Duplicate, file.Report.Conflict));
        Assert.Contains("2026-11-25T00:50:00 7.5", file.Rows(0));
    }

    [Fact]
    public async Task What_is_no_table_is_refused_with_a_sentence()
    {
        foreach (var (bytes, part) in ((byte[], string)[])
        [
            ([], "empty"),
            ([0xD0, 0xCF, 0x11, 0xE0, .. new byte[4000]], "no text"),
            ("just a letter to my mother\nwith two lines\n"u8.ToArray(), "No "),
            ("a,b,c\n1,2,3\n4,5,6\n"u8.ToArray(), "No column with times"),
            ("time,ph\n2026-11-25 10:00,7\n"u8.ToArray(), "no time zone 'EST'"),
        ])
        {
            var refused = await Assert.ThrowsAsync<RefusedException>(() => ImportedFile.ReadAsync(bytes, zone: part.Contains("EST", StringComparison.Ordinal) ? "EST" : ""));
            Assert.Contains(part, refused.Message, StringComparison.Ordinal);
            Assert.NotEmpty(refused.Sentence.Vi);
        }
    }

    [Fact]
    public async Task A_packed_file_is_read_one_that_breaks_off_is_refused_whole_and_a_bomb_is_not_read()
    {
        var text = "time,ph\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{DateTime.UnixEpoch.AddDays(20_000).AddSeconds(i):yyyy-MM-ddTHH:mm:ssZ},{7 + (i * 7919 % 1000 / 1000.0):0.000}\n"));
        var packed = Packed(text);
        Assert.Equal(20_000, (await ImportedFile.ReadAsync(packed)).Report.New);

        Assert.Contains("cut off", (await Assert.ThrowsAsync<RefusedException>(() => ImportedFile.ReadAsync(packed[..(packed.Length / 2)]))).Message, StringComparison.Ordinal);

        using var folder = new TempFolder();
        var bomb = folder.File("bomb.gz");
        await using (var zip = new GZipStream(File.Create(bomb), CompressionLevel.SmallestSize))
        {
            await zip.WriteAsync("time,ph\n2026-11-25T10:00Z,7\n"u8.ToArray(), Stop);
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 80; i++)
            {
                await zip.WriteAsync(zeros, Stop);
            }
        }

        await using var opened = ImportFile.Open(bomb);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => opened.CopyToAsync(System.IO.Stream.Null, Stop));
        Assert.Contains("far more", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_and_a_thousand_quotes_do_not_stop_a_file()
    {
        var long1 = "2026-11-25T00:10Z," + new string('7', 2_000_000);
        var quotes = "2026-11-25T00:20Z,\"" + new string('"', 1001);
        var file = await ImportedFile.ReadAsync($"time,ph\n2026-11-25T00:00Z,7.1\n2026-11-25T00:05Z,7.1\n2026-11-25T00:06Z,7.1\n{long1}\n{quotes}\n2026-11-25T00:30Z,7.3\n");

        Assert.Equal("2026-11-25T00:30:00 7.3", file.Rows(0)[^1]);
        Assert.True(file.Report.WrongCount >= 2);
    }

    [Fact]
    public async Task A_changed_mapping_is_checked_and_one_of_a_newer_version_refused()
    {
        var file = await ImportedFile.ReadAsync("time,ph\n2026-11-25T10:00Z,7\n2026-11-25T10:10Z,7\n");
        Assert.Equal(MappingFile.Write(file.Mapping), MappingFile.Write(MappingFile.Read(MappingFile.Write(file.Mapping), out _)!));
        Assert.Contains("newer StemLab", Assert.Throws<RefusedException>(() => MappingCheck.Require(file.Mapping with { Version = 9 })).Message, StringComparison.Ordinal);
        var wrong = Assert.Throws<RefusedException>(() => MappingCheck.Require(file.Mapping with { SourceId = "x", Station = "Bad Name", Encoding = "ebcdic", Fields = 1, Decimal = ";" })).Message;
        foreach (var part in (string[])["source_id", "station", "encoding", "decimal", "outside 0 … 0"])
        {
            Assert.Contains(part, wrong, StringComparison.Ordinal);
        }

        Assert.Null(MappingFile.Read("{\"no\":1}", out var why));
        Assert.NotEmpty(why.En);
        Assert.Contains("no time zone", Assert.Throws<RefusedException>(() => MappingCheck.Require(file.Mapping with { Time = file.Mapping.Time with { Zone = "Mars/Base" } })).Message, StringComparison.Ordinal);
    }

    private static byte[] Packed(string text)
    {
        using var into = new MemoryStream();
        using (var zip = new GZipStream(into, CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return into.ToArray();
    }
}
