using System.Globalization;
using System.Runtime.CompilerServices;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(FrozenVersion version, System.IO.Stream into, Action<long> written, CancellationToken cancellationToken)
    {
        var text = new RowText(into);
        text.Add(Encoding.ASCII.GetBytes(string.Join(',', Columns) + "\n"));
        long done = 0;
        (int Channel, int Stretch) of = (-1, -1);
        Same? same = null;
        foreach (ExportRows rows in version.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            FrozenStretch stretch = version.StretchOf(rows);
            if (same is null || of != (rows.Channel, rows.Stretch))
            {
                of = (rows.Channel, rows.Stretch);
                same = new Same(version.ChannelOf(rows), stretch);
            }

            for (int i = 0; i < rows.Count; i++)
            {
                Clock(text, rows, i, stretch.HasTime);
                text.Add(same.Before);
                if (stretch.OnTrack)
                {
                    text.Add(rows.Latitude[i]);
                    text.Add((byte)',');
                    text.Add(rows.Longitude[i]);
                    text.Add(same.Then);
                }

                text.Add(rows.Value[i]);
                text.Add((byte)',');
                text.Add(rows.Uncertainty[i]);
                text.Add((byte)',');
                text.Add(rows.Raw[i]);
                text.Add(same.After(new Marks(rows.Flag[i], rows.MachineFlag[i], rows.HumanFlag[i], rows.Missing[i], rows.Reason[i])));
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

    /// <summary>What somebody else may have written is nothing a spreadsheet calculates.</summary>
    private static string Text(string text) => Cell(ExcelWriter.Harmless(text));

    private static string Degrees(double? degrees) => degrees?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    /// <summary>What a row's quality says, in five cells.</summary>
    private readonly record struct Marks(byte Flag, byte Machine, byte Human, byte Missing, FlagReasons Reason);

    /// <summary>The cells that are the same for a whole stretch, with the commas around them; and those that are so row after row.</summary>
    private sealed class Same
    {
        private readonly Dictionary<Marks, byte[]> _afters = [];
        private readonly string _end;
        private Marks _marks;
        private byte[] _after = [];

        public Same(FrozenChannel channel, FrozenStretch stretch)
        {
            string before = $",{stretch.TimeState},{Text(stretch.TimeSource)},{Text(channel.Station)},{Text(stretch.Site)},";
            string then = $",{Text(channel.Property)},{Text(channel.UnitUcum)},";
            Then = Encoding.UTF8.GetBytes(then);
            Before = Encoding.UTF8.GetBytes(stretch.OnTrack ? before : $"{before}{Degrees(stretch.Latitude)},{Degrees(stretch.Longitude)}{then}");
            _end = $",{Text(stretch.RawQuantity)},{Text(stretch.RawUnit)},{stretch.Probe},{Text(stretch.ProbeModel)},{Text(stretch.ProbeSerial)},{stretch.Calibration},{stretch.Drift},{(channel.Simulated ? "true" : "false")},{Text(channel.Name)},{stretch.Boot},";
        }

        /// <summary>Between a row's time and its value; between time and place where each row has its own.</summary>
        public byte[] Before { get; }

        /// <summary>Between a row's own place and its value.</summary>
        public byte[] Then { get; }

        /// <summary>From the raw value to t_us.</summary>
        public byte[] After(Marks marks)
        {
            if (marks == _marks && _after.Length > 0)
            {
                return _after;
            }

            if (!_afters.TryGetValue(marks, out byte[]? after))
            {
                string human = marks.Human == 0 ? "" : marks.Human.ToString(CultureInfo.InvariantCulture);
                string missing = marks.Missing == 0 ? "" : Query.ReadingQuery.MissingText(marks.Missing);
                string cells = string.Create(CultureInfo.InvariantCulture, $",{marks.Flag},{marks.Machine},{human},{ReasonNames(marks.Reason)},{missing}");
                _afters[marks] = after = Encoding.UTF8.GetBytes(cells + _end);
            }

            (_marks, _after) = (marks, after);
            return after;
        }
    }
}
