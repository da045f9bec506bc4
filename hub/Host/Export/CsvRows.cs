using System.Globalization;
using System.Text;
using StemLab.Science.Quality;

namespace StemLab.Hub.Export;

/// <summary>Rows as RFC 4180 CSV: UTF-8, no byte order mark, LF, one row a reading, empty = not known or missing. Pure but for the stream.</summary>
internal static class CsvRows
{
    /// <summary>Column names, in order.</summary>
    public static readonly string[] Columns =
    [
        "time", "time_sigma_s", "time_state", "time_source", "station", "site", "latitude", "longitude", "property", "unit",
        "value", "uncertainty", "raw", "flag", "flag_tests", "flag_person", "reasons", "missing",
        "raw_quantity", "raw_unit", "probe", "probe_model", "probe_serial", "calibration", "drift_spread", "simulated", "channel", "boot", "t_us",
    ];

    /// <summary>Writes header and rows.</summary>
    public static void Write(FrozenVersion version, System.IO.Stream into, Action<long> written, CancellationToken cancellationToken)
    {
        var text = new RowText(into);
        text.Add(Encoding.ASCII.GetBytes(string.Join(',', Columns) + "\n"));
        long done = 0;
        (int Channel, int Stretch) of = (-1, -1);
        (byte[] Before, byte[] Place, byte[] Then, byte[] After) same = ([], [], [], []);
        foreach (ExportRows rows in version.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (of != (rows.Channel, rows.Stretch))
            {
                of = (rows.Channel, rows.Stretch);
                same = Same(version.ChannelOf(rows), version.StretchOf(rows));
            }

            FrozenStretch stretch = version.StretchOf(rows);
            for (int i = 0; i < rows.Count; i++)
            {
                Clock(text, rows, i, stretch.HasTime);
                text.Add(same.Before);
                if (stretch.OnTrack)
                {
                    text.Add(rows.Latitude[i]);
                    text.Add((byte)',');
                    text.Add(rows.Longitude[i]);
                }
                else
                {
                    text.Add(same.Place);
                }

                text.Add(same.Then);
                Row(text, rows, i);
                text.Add(same.After);
                text.Add(rows.TUs[i]);
                text.Add((byte)'\n');
            }

            written(done += rows.Count);
        }

        text.Send();
    }

    /// <summary>A cell as RFC 4180 wants it.</summary>
    public static string Cell(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    /// <summary>Names of the causes of a flag: "spike|gross_range".</summary>
    public static string ReasonNames(FlagReasons reasons) => string.Join('|', Quality.RuleWords.Names(reasons));

    private static void Clock(RowText text, ExportRows rows, int i, bool hasTime)
    {
        if (hasTime)
        {
            text.AddTime(rows.UtcUs[i]);
        }

        text.Add((byte)',');
        if (hasTime && rows.SigmaUs[i] != long.MaxValue)
        {
            text.AddSeconds(rows.SigmaUs[i]);
        }
    }

    private static void Row(RowText text, ExportRows rows, int i)
    {
        text.Add(rows.Value[i]);
        text.Add((byte)',');
        text.Add(rows.Uncertainty[i]);
        text.Add((byte)',');
        text.Add(rows.Raw[i]);
        text.Add((byte)',');
        text.AddDigit(rows.Flag[i]);
        text.Add((byte)',');
        text.AddDigit(rows.MachineFlag[i]);
        text.Add((byte)',');
        if (rows.HumanFlag[i] != 0)
        {
            text.AddDigit(rows.HumanFlag[i]);
        }

        text.Add((byte)',');
        if (rows.Reason[i] != FlagReasons.None)
        {
            text.Add(Encoding.ASCII.GetBytes(ReasonNames(rows.Reason[i])));
        }

        text.Add((byte)',');
        if (rows.Missing[i] != 0)
        {
            text.Add(Encoding.ASCII.GetBytes(Query.ReadingQuery.MissingText(rows.Missing[i])));
        }

    }

    /// <summary>The cells that are the same for a whole stretch, with the commas around them: before the place, the place, up to the value, and the end.</summary>
    private static (byte[] Before, byte[] Place, byte[] Then, byte[] After) Same(FrozenChannel channel, FrozenStretch stretch)
    {
        string before = $",{stretch.TimeState},{Text(stretch.TimeSource)},{Text(channel.Station)},{Text(stretch.Site)},";
        string place = $"{Degrees(stretch.Latitude)},{Degrees(stretch.Longitude)}";
        string then = $",{Text(channel.Property)},{Text(channel.UnitUcum)},";
        string after = $",{Text(stretch.RawQuantity)},{Text(stretch.RawUnit)},{stretch.Probe},{Text(stretch.ProbeModel)},{Text(stretch.ProbeSerial)},{stretch.Calibration},{stretch.Drift},{(channel.Simulated ? "true" : "false")},{Text(channel.Name)},{stretch.Boot},";
        return (Encoding.UTF8.GetBytes(before), Encoding.UTF8.GetBytes(place), Encoding.UTF8.GetBytes(then), Encoding.UTF8.GetBytes(after));
    }

    /// <summary>What somebody else may have written is nothing a spreadsheet calculates.</summary>
    private static string Text(string text) => Cell(ExcelWriter.Harmless(text));

    private static string Degrees(double? degrees) => degrees?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
