using System.Globalization;
using System.Text;
using StemLab.Science.Properties;
using StemLab.V1;
using ObservedProperty = StemLab.Science.Properties.ObservedProperty;

namespace StemLab.Hub.Export;

/// <summary>
/// CSV that a spreadsheet of that language opens by a double click: UTF-8 with byte order mark, its own decimal mark and separator, local time with the offset beside it,
/// headings and flags in words; in parts where a sheet would be too small. Text that a spreadsheet would calculate is made plain text.
/// </summary>
internal sealed class ExcelWriter(DatasetFormat format) : IExportWriter
{
    /// <summary>Readings in one file; a sheet holds 1,048,576 lines.</summary>
    public const int RowsOfAPart = 1_000_000;

    private static readonly string[] En = ["Local time", "UTC offset", "Station", "Site", "What", "Value", "Unit", "± (standard uncertainty)", "Time ± (s)", "Quality", "Raw", "Calibration"];
    private static readonly string[] Vi = ["Giờ địa phương", "Lệch UTC", "Trạm đo", "Địa điểm", "Đại lượng", "Giá trị", "Đơn vị", "± (độ không đảm bảo chuẩn)", "Sai số giờ (s)", "Chất lượng", "Số thô", "Hiệu chuẩn"];

    private bool IsVi => format == DatasetFormat.ExcelVi;

    public DatasetFormat Format => format;

    /// <summary>A cell nothing is calculated from: a leading =, +, -, @, tab or return gets an apostrophe.</summary>
    public static string Harmless(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{text}" : text;

    public IReadOnlyList<string> Write(FrozenVersion version, string folder, Action<long> written, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        StreamWriter? into = null;
        long done = 0;
        long inPart = 0;
        bool isSplit = version.Tables.Rows > RowsOfAPart;
        try
        {
            foreach (ExportRows rows in version.Rows())
            {
                cancellationToken.ThrowIfCancellationRequested();
                string[] same = Same(version, rows);
                for (int i = 0; i < rows.Count; i++)
                {
                    if (into is null || inPart == RowsOfAPart)
                    {
                        into?.Dispose();
                        into = Part(version, folder, names, isSplit);
                        inPart = 0;
                    }

                    Row(into, version, rows, i, same);
                    inPart++;
                }

                written(done += rows.Count);
            }

            into ??= Part(version, folder, names, isSplit);
        }
        finally
        {
            into?.Dispose();
        }

        return names;
    }

    private StreamWriter Part(FrozenVersion version, string folder, List<string> names, bool isSplit)
    {
        string name = $"{version.Stem}-excel-{(IsVi ? "vi" : "en")}{(isSplit ? $"-{names.Count + 1}" : "")}.csv";
        names.Add(name);
        var into = new StreamWriter(new PacedFile(Path.Combine(folder, name)), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true)) { NewLine = "\r\n" };
        into.WriteLine(string.Join(IsVi ? ';' : ',', (IsVi ? Vi : En).Select(Cell)));
        return into;
    }

    /// <summary>Station, site, what, unit, raw unit's calibration: the same for the batch.</summary>
    private string[] Same(FrozenVersion version, ExportRows rows)
    {
        FrozenChannel channel = version.ChannelOf(rows);
        FrozenStretch stretch = version.StretchOf(rows);
        ObservedProperty? property = ObservedProperties.Default.Find(channel.Property);
        string what = property is null ? channel.Property : IsVi ? property.NameVi : property.NameEn;
        string unit = property is not null && property.UnitUcum == channel.UnitUcum ? property.Symbol : channel.UnitUcum;
        string simulated = channel.Simulated ? IsVi ? " (mô phỏng)" : " (simulated)" : "";
        return [Cell(channel.Station + simulated), Cell(stretch.Site), Cell(what), Cell(unit), stretch.Calibration];
    }

    private void Row(StreamWriter into, FrozenVersion version, ExportRows rows, int i, string[] same)
    {
        char next = IsVi ? ';' : ',';
        if (version.StretchOf(rows).HasTime)
        {
            DateTimeOffset local = TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks(rows.UtcUs[i] * 10), version.LocalZone);
            into.Write(local.ToString(IsVi ? "dd/MM/yyyy HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            into.Write(next);
            into.Write(local.Offset < TimeSpan.Zero ? "UTC-" : "UTC+");
            into.Write(local.Offset.ToString("hh\\:mm", CultureInfo.InvariantCulture));
        }
        else
        {
            into.Write(next);
        }

        into.Write(next);
        into.Write(same[0]);
        into.Write(next);
        into.Write(same[1]);
        into.Write(next);
        into.Write(same[2]);
        into.Write(next);
        into.Write(Number(rows.Value[i]));
        into.Write(next);
        into.Write(same[3]);
        into.Write(next);
        into.Write(Number(rows.Uncertainty[i]));
        into.Write(next);
        into.Write(rows.SigmaUs[i] == long.MaxValue ? "" : Number(rows.SigmaUs[i] / 1e6));
        into.Write(next);
        into.Write(DatasetWords.Flag(rows.Flag[i], IsVi));
        into.Write(next);
        into.Write(Number(rows.Raw[i]));
        into.Write(next);
        into.WriteLine(same[4]);
    }

    private string Number(double value)
    {
        string text = double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
        return IsVi ? text.Replace('.', ',') : text;
    }

    private string Cell(string text)
    {
        text = Harmless(text);
        return text.AsSpan().ContainsAny("\";,\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
