using System.IO.Compression;
using System.Text;
using StemLab.Hub.Uploads;
using StemLab.TestKit;

namespace StemLab.Hub.Import;

/// <summary>Files in the form other makers' programs write them, with values of our own.</summary>
public sealed class MakerFileTests
{
    private const string Vernier = "Latest: Time (s),Latest: Temperature (°C)\n0,21.5\n0.5,21.6\n1,21.8\n";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_HOBO_names_unit_and_serial_number_in_one_header_writes_the_month_first_and_its_own_events_beside()
    {
        var file = await ImportedFile.ReadAsync(
            "\"Plot Title: Pond 7\"\n\"#\",\"Date Time, GMT-04:00\",\"Temp, °C (LGR S/N: 10234567, SEN S/N: 10234567)\",\"Intensity, Lux (LGR S/N: 10234567, SEN S/N: 10234567)\",\"Coupler Detached (LGR S/N: 10234567)\",\"End Of File (LGR S/N: 10234567)\"\n"
            + "1,07/12/21 11:30:00 AM,25.902,2.0,,\n2,07/12/21 12:00:00 PM,25.804,3.0,,\n3,07/12/21 12:30:00 PM,25.7,4.0,,\n4,07/12/21 12:44:10 PM,,,Logged,\n5,07/12/21 12:45:00 PM,,,,Logged\n");

        Assert.Equal(("mdy", "-04:00"), (file.Mapping.Time.Form, file.Mapping.Time.Zone));
        Assert.Equal(["water_temperature Cel", "illuminance lx"], file.Meanings);
        Assert.Equal(["2021-07-12T15:30:00 25.902", "2021-07-12T16:00:00 25.804", "2021-07-12T16:30:00 25.7", "2021-07-12T16:44:10 missing", "2021-07-12T16:45:00 missing"], file.Rows(0));
        Assert.Empty(file.Report.Wrong);
    }

    [Fact]
    public async Task An_InSitu_report_has_pages_of_its_own_above_serial_numbers_behind_units_and_feet()
    {
        var file = await ImportedFile.ReadAsync(
            "Report Date:,2021-07-12 10:20:00\nReport User Name:,\nReport Computer Name:,LAB-3\nApplication:,Win-Situ\n\nLog Data:\nRecord Count,3\n\n"
            + "Date and Time,Seconds,Pressure (PSI) (701234),Temperature (C) (701234),Depth (ft) (701234),Actual Conductivity (µS/cm) (701235)\n"
            + "7/13/2021 10:00:00 AM,0,14.7,20.1,3.5,411\n7/13/2021 10:15:00 AM,900,14.8,20.2,3.6,412\n7/13/2021 10:30:00 AM,1800,14.8,20.3,3.7,413\n",
            zone: "America/New_York");

        Assert.Equal("mdy", file.Mapping.Time.Form);
        Assert.Equal(["[psi]", "Cel", "[ft_i]", "uS/cm"], file.Mapping.Columns.Select(column => column.Unit));
        Assert.Equal(["water_temperature", "depth"], file.Mapping.Columns.Skip(1).Take(2).Select(column => column.Property));
        Assert.Equal("2021-07-13T14:15:00 3.6", file.Rows(2)[1]);
    }

    [Fact]
    public async Task A_YSI_EXO_says_the_order_of_day_and_month_in_its_header_and_units_without_brackets()
    {
        var file = await ImportedFile.ReadAsync(
            "\uFEFFKOR Software Export,,,,,,,,,\nFILE CREATED:,10/3/2017 9:21:33 AM,,,,,,,,\nMEAN VALUE:,,,,12.1,1.1,96.5,9.1,0.2,20.11\nSTANDARD DEVIATION:,,,,0.1,0.1,0.5,0.1,0.01,0.1\n"
            + "Date (MM/DD/YYYY),Time (HH:MM:SS),Time (Fract. Sec),Site Name,Cond µS/cm,Depth m,ODO % sat,ODO mg/L,Sal psu,Temp °C\n"
            + "10/03/2017,09:00:00,0,Pond,411.2,1.101,96.4,9.11,0.2,20.112\n10/03/2017,09:15:00,0,Pond,411.3,1.102,96.5,9.12,0.2,20.113\n10/03/2017,09:30:00,0,Pond,411.4,1.103,96.6,9.13,0.2,20.114\n",
            zone: "America/New_York");

        Assert.Equal(("mdy", 2), (file.Mapping.Time.Form, file.Mapping.Time.Fields.Length));
        Assert.DoesNotContain(file.Proposal.Notes, note => note.En.Contains("cannot be told apart", StringComparison.Ordinal));
        Assert.Equal(["specific_conductance_25 uS/cm", "depth m", "dissolved_oxygen_saturation %", "dissolved_oxygen mg/L", "practical_salinity 1", "water_temperature Cel"], file.Meanings);
        Assert.Equal("2017-10-03T13:15:00 1.102", file.Rows(1)[1]);
    }

    [Fact]
    public async Task A_table_of_the_Geological_Survey_names_columns_by_code_and_flags_by_letters()
    {
        var file = await ImportedFile.ReadAsync(
            "# Some of the data are provisional.\n#    TS_ID       Parameter Description\n#    69928       00010     Temperature, water, degrees Celsius\n"
            + "agency_cd\tsite_no\tdatetime\ttz_cd\t69928_00010\t69928_00010_cd\t69929_00095\t69929_00095_cd\n5s\t15s\t20d\t6s\t14n\t10s\t14n\t10s\n"
            + "USGS\t01646500\t2021-07-12 00:00\tEDT\t27.1\tA\t311\tP\nUSGS\t01646500\t2021-07-12 00:15\tEDT\t27.2\tA\t312\tP\nUSGS\t01646500\t2021-07-12 00:30\tEDT\t\t\tIce\tP\n",
            zone: "America/New_York");

        Assert.Equal(["water_temperature Cel", "specific_conductance_25 uS/cm"], file.Meanings);
        Assert.Equal([1, 1], file.Mapping.Columns.Select(column => column.FlagField - column.Field));
        Assert.Equal(2, file.Mapping.Flags["P"]);
        Assert.Equal("2021-07-12T04:15:00 27.2", file.Rows(0)[1]);
        Assert.Contains("'Ice'", Assert.Single(file.Report.Wrong).Why.En, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_spreadsheet_with_headings_over_several_columns_units_below_and_text_in_utf16()
    {
        const string Text = "Zeit;Luft;Luft;Wasser;Wasser\r\n;Temperatur;Feuchte;Temperatur;pH\r\n;°C;%;°C;\r\n01.02.2026 08:00;4,5;81;6,1;7,25\r\n01.02.2026 08:10;4,6;80;6,2;7,3\r\n13.02.2026 08:20;4,7;79;1.006,3;7,35\r\n";
        var file = await ImportedFile.ReadAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Text)], zone: "Europe/Berlin");

        Assert.Equal(("utf-16", "dmy", ";", ","), (file.Mapping.Encoding, file.Mapping.Time.Form, file.Mapping.Delimiter, file.Mapping.Decimal));
        Assert.Equal(["Luft · Temperatur", "Luft · Feuchte", "Wasser · Temperatur", "Wasser · pH"], file.Mapping.Columns.Select(column => column.Name));
        Assert.Equal(["Cel", "%", "Cel", "[pH]"], file.Mapping.Columns.Select(column => column.Unit));
        Assert.Equal("ph", file.Mapping.Columns[3].Property);
        Assert.Equal("2026-02-13T07:20:00 1006.3", file.Rows(2)[2]);

        // A pressure with its thousands apart is no date.
        var weather = ImportedFile.Look("Datum;Uhrzeit;Luftdruck [hPa]\n01.02.2026;08:00;1.010,5\n02.02.2026;08:00;1.011,5\n", "Europe/Berlin");
        Assert.Equal("Luftdruck [hPa]", Assert.Single(weather.Mapping.Columns).Name);

        // Merged cells leave the ones beside them empty.
        var merged = ImportedFile.Look("Thời gian,Nước,,Không khí\n,Nhiệt độ (°C),pH,Nhiệt độ (°C)\n2026-11-25 08:00,28.4,7.1,30.1\n2026-11-25 08:10,28.5,7.1,30.2\n", "+07:00");
        Assert.Equal(["water_temperature", "ph", "air_temperature"], merged.Mapping.Columns.Select(column => column.Property));
    }

    [Fact]
    public async Task Times_that_are_counted_from_a_start_need_a_start_and_then_are_times()
    {
        var unsaid = ImportedFile.Look(Vernier, "Asia/Ho_Chi_Minh");
        Assert.Equal(("elapsed_s", true, false), (unsaid.Mapping.Time.Form, unsaid.NeedsStart, unsaid.NeedsZone));
        Assert.Contains(unsaid.Notes, note => note.En.StartsWith("The times are counted from a start", StringComparison.Ordinal));
        Assert.Contains("time.start", Assert.Throws<RefusedException>(() => MappingCheck.Require(unsaid.Mapping)).Message, StringComparison.Ordinal);
        Assert.True(ImportedFile.Look(Vernier, "", "2026-11-25T10:00").NeedsZone);
        Assert.Contains("no time", Assert.Throws<RefusedException>(() => ImportedFile.Look(Vernier, "UTC", "at noon")).Message, StringComparison.Ordinal);

        var file = await ImportedFile.ReadAsync(Vernier, zone: "Asia/Ho_Chi_Minh", start: "2026-11-25T10:00:00");
        Assert.Equal(["2026-11-25T03:00:00 21.5", "2026-11-25T03:00:00 21.6", "2026-11-25T03:00:01 21.8"], file.Rows(0));
        Assert.Equal((3L, 1.0), (file.Report.New, file.Mapping.Time.SigmaSeconds));
        Assert.Equal("water_temperature", file.Mapping.Columns[0].Property);

        // Decimal commas, minutes, and a second run beside the first.
        var two = await ImportedFile.ReadAsync("Run 1: Time (min);Run 1: pH;Run 2: Time (min);Run 2: pH\n0,0;7,1;0,0;6,9\n0,5;7,2;0,5;6,8\n1,0;7,3;1,0;6,7\n", start: "2026-11-25 10:00:00+07:00");
        Assert.Equal(["2026-11-25T03:00:00 7.1", "2026-11-25T03:00:30 7.2", "2026-11-25T03:01:00 7.3"], two.Rows(0));
        Assert.Equal("Run 1: pH", Assert.Single(two.Mapping.Columns).Name);
        Assert.Contains(two.Proposal.Notes, note => note.En.Contains("2 runs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_experiment_of_phyphox_says_itself_when_it_began()
    {
        using var folder = new TempFolder();
        var path = folder.File("Acceleration.zip");
        await using (var zip = await ZipFile.OpenAsync(path, ZipArchiveMode.Create, Stop))
        {
            foreach (var (name, text) in ((string, string)[])
            [
                ("Raw Data.csv", "\"Time (s)\",\"Acceleration x (m/s^2)\"\n1.000000000E-2,9.81E0\n2.000000000E-2,9.82E0\n3.000000000E-2,9.83E0\n"),
                ("meta/device.csv", "\"property\",\"value\"\n\"deviceModel\",\"X\"\n"),
                ("meta/time.csv", "\"event\",\"experiment time\",\"system time\",\"system time text\"\n\"START\",0.000000000E0,1.764064800250E9,\"2025-11-25 10:00:00.250 UTC+01:00\"\n\"PAUSE\",3.0E-2,1.764064800280E9,\"\"\n"),
            ])
            {
                await using var into = await zip.CreateEntry(name).OpenAsync(Stop);
                await into.WriteAsync(Encoding.UTF8.GetBytes(text), Stop);
            }
        }

        Assert.Equal("2025-11-25 10:00:00.250000Z", ImportFile.StartOf(path));
        ImportFile.RequireWhole(path, Stop);
        await using var table = ImportFile.Open(path);
        var proposal = Proposer.Propose(FileHead.Read(table), new ImportHints("Acceleration.zip", "", "", ImportFile.StartOf(path)!));
        Assert.Equal((false, false, "m/s2"), (proposal.NeedsStart, proposal.NeedsZone, proposal.Mapping.Columns[0].Unit));
        Assert.Equal((long)(new DateTime(2025, 11, 25, 10, 0, 0, 260, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalMicroseconds, proposal.FirstUtcUs);
    }

    [Fact]
    public async Task A_number_that_stands_for_no_value_in_one_column_is_a_value_in_another()
    {
        var file = await ImportedFile.ReadAsync("time,WSPD,PRES\n2026-11-25T00:00Z,4.5,999\n2026-11-25T01:00Z,999,999.5\n2026-11-25T02:00Z,5,1001\n");

        Assert.Equal("2026-11-25T01:00:00 missing", file.Rows(0)[1]);
        Assert.Equal("2026-11-25T00:00:00 999", file.Rows(1)[0]);
        Assert.Equal(MappingFile.Write(file.Mapping), MappingFile.Write(MappingFile.Read(MappingFile.Write(file.Mapping), out _)!));
    }

    [Fact]
    public void A_table_with_more_columns_than_a_station_has_is_refused_before_a_person_accepts_it()
    {
        var names = string.Join(',', Enumerable.Range(0, 600).Select(i => $"c{i}"));
        var row = string.Join(',', Enumerable.Range(0, 600));

        var refused = Assert.Throws<RefusedException>(() => ImportedFile.Look($"time,{names}\n2026-11-25T00:00Z,{row}\n2026-11-25T00:10Z,{row}\n"));

        Assert.Equal("The table has 600 columns with numbers; at most 512 are taken at once: bring it in parts", refused.Sentence.En);
        Assert.Contains("600", refused.Sentence.Vi, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zip_with_a_password_is_refused_with_what_to_do()
    {
        using var folder = new TempFolder();
        var path = folder.File("locked.zip");
        await using (var zip = await ZipFile.OpenAsync(path, ZipArchiveMode.Create, Stop))
        {
            await using var into = await zip.CreateEntry("table.csv").OpenAsync(Stop);
            await into.WriteAsync("time,ph\n2026-11-25T00:00Z,7\n"u8.ToArray(), Stop);
        }

        // Bit 0 of the flags, in the table's own head and in the list: what a program that locks it sets.
        var bytes = await File.ReadAllBytesAsync(path, Stop);
        bytes[bytes.AsSpan().IndexOf("PK\u0003\u0004"u8) + 6] |= 1;
        bytes[bytes.AsSpan().IndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        await File.WriteAllBytesAsync(path, bytes, Stop);

        var refused = Assert.Throws<RefusedException>(() => ImportFile.RequireWhole(path, Stop));

        Assert.Contains("locked with a password: unpack it", refused.Sentence.En, StringComparison.Ordinal);
        Assert.Contains("mật khẩu", refused.Sentence.Vi, StringComparison.Ordinal);
    }
}
