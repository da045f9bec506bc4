using System.Globalization;
using StemLab.Store.Influx;

namespace StemLab.Hub.Influx;

/// <summary>How it stands with InfluxDB, in words a pupil understands. Pure.</summary>
internal static class InfluxSentence
{
    /// <summary>"InfluxDB 1.6.7", "InfluxDB" before it answered.</summary>
    public static string NameOf(FarStatus status) => status.Version.Length == 0 ? "InfluxDB" : $"InfluxDB {status.Version.Split('~', '-')[0]}";

    /// <summary>True when nobody need do anything.</summary>
    public static bool IsGood(FarStatus status) => status is { State: FarState.Good or FarState.Starting, QuarantinedRows: 0, GoneRows: 0 };

    /// <summary>One sentence: what is, how much waits, and what to do.</summary>
    public static string Of(FarStatus status, string language)
    {
        var culture = CultureInfo.GetCultureInfo(language == "vi" ? "vi" : "en");
        var isVietnamese = language == "vi";
        var waiting = status.WaitingRows.ToString("N0", culture);
        var parts = new List<string> { isVietnamese ? $"{waiting} số đo đang chờ gửi" : $"{waiting} waiting" };
        if (status.State is not (FarState.Good or FarState.Starting))
        {
            parts.Insert(0, isVietnamese ? Vietnamese(status) : English(status));
        }

        if (status.HeldBoots > 0)
        {
            var held = status.HeldRows.ToString("N0", culture);
            parts.Add(isVietnamese ? $"{held} số đo chờ biết giờ" : $"{held} waiting for time");
        }

        if (status.QuarantinedRows > 0)
        {
            var refused = status.QuarantinedRows.ToString("N0", culture);
            parts.Add(isVietnamese ? $"InfluxDB không nhận {refused} số đo, trạm vẫn giữ ({status.QuarantineReason})" : $"InfluxDB refused {refused}, the hub keeps them ({status.QuarantineReason})");
        }

        return string.Join(" · ", parts);
    }

    private static string English(FarStatus status) => status.State switch
    {
        FarState.Unreachable => "InfluxDB does not answer; nothing is lost, readings wait here",
        FarState.WrongCredentials => "InfluxDB does not accept the token or password; readings wait here until it is corrected",
        FarState.MissingDatabase => "the database is not there and could not be made; make it, readings wait here",
        FarState.Busy => "InfluxDB is busy; readings wait here and are sent soon",
        FarState.NotInflux => "something answers at InfluxDB's address that is no InfluxDB; check InfluxUrl, readings wait here",
        FarState.RowsGone => $"InfluxDB no longer has {status.GoneRows} readings that only it had; restore its backup",
        _ => $"InfluxDB's settings stand against it: {status.Detail}; readings wait here",
    };

    private static string Vietnamese(FarStatus status) => status.State switch
    {
        FarState.Unreachable => "InfluxDB không trả lời; không mất gì, số đo chờ ở đây",
        FarState.WrongCredentials => "InfluxDB không chấp nhận mã hoặc mật khẩu; số đo chờ ở đây đến khi sửa xong",
        FarState.MissingDatabase => "chưa có cơ sở dữ liệu và không tạo được; hãy tạo nó, số đo chờ ở đây",
        FarState.Busy => "InfluxDB đang bận; số đo chờ ở đây và sắp được gửi",
        FarState.NotInflux => "ở địa chỉ của InfluxDB là một thứ khác; hãy kiểm tra InfluxUrl, số đo chờ ở đây",
        FarState.RowsGone => $"InfluxDB không còn {status.GoneRows} số đo mà chỉ nó giữ; hãy khôi phục bản sao lưu của nó",
        _ => $"cài đặt của InfluxDB không cho phép: {status.Detail}; số đo chờ ở đây",
    };
}
