using System.Globalization;
using StemLab.V1;
using Sentence = StemLab.Science.Texts.Sentence;

namespace StemLab.Hub.Export;

/// <summary>What differs between two versions, in words. Pure.</summary>
internal static class VersionDifference
{
    public static IEnumerable<Sentence> Of(DatasetVersion one, FrozenTables of, DatasetVersion other, FrozenTables then)
    {
        if (one.RowsSha256 == other.RowsSha256)
        {
            yield return new Sentence("Both hold exactly the same rows.", "Hai bản có các dòng giống hệt nhau.");
            yield break;
        }

        if (of.Rows != then.Rows)
        {
            yield return new Sentence($"{Count(of.Rows)} readings against {Count(then.Rows)}.", $"{Count(of.Rows)} số đo so với {Count(then.Rows)}.");
        }

        if (!Question(one.Selection).Equals(Question(other.Selection)))
        {
            yield return new Sentence("Not the same readings were asked for.", "Hai bản không yêu cầu cùng những số đo.");
        }

        if (PracticeLeftOut(of) is var left && PracticeLeftOut(then) is var leftThen && left != leftThen)
        {
            yield return new Sentence($"Readings of practice runs left out: {Count(left)} against {Count(leftThen)}.", $"Số đo của lần đo thử không lấy vào: {Count(left)} so với {Count(leftThen)}.");
        }

        var before = then.Channels.ToDictionary(channel => channel.Name);
        var now = of.Channels.ToDictionary(channel => channel.Name);
        foreach (FrozenChannel added in of.Channels.Where(channel => !before.ContainsKey(channel.Name)))
        {
            yield return new Sentence($"{added.DisplayName} {added.Property}: only in {one.Name} ({Count(added.Rows)} readings).", $"{added.DisplayName} {added.Property}: chỉ có trong {one.Name} ({Count(added.Rows)} số đo).");
        }

        foreach (FrozenChannel gone in then.Channels.Where(channel => !now.ContainsKey(channel.Name)))
        {
            yield return new Sentence($"{gone.DisplayName} {gone.Property}: only in {other.Name} ({Count(gone.Rows)} readings).", $"{gone.DisplayName} {gone.Property}: chỉ có trong {other.Name} ({Count(gone.Rows)} số đo).");
        }

        foreach (FrozenChannel channel in of.Channels.Where(channel => before.ContainsKey(channel.Name)))
        {
            long more = channel.Rows - before[channel.Name].Rows;
            if (more != 0)
            {
                yield return new Sentence($"{channel.DisplayName} {channel.Property}: {Signed(more)} readings.", $"{channel.DisplayName} {channel.Property}: {Signed(more)} số đo.");
            }
        }

        foreach (Sentence sentence in FactsBehind(of, then))
        {
            yield return sentence;
        }

        foreach (Sentence sentence in Description(one.Dataset, other.Dataset))
        {
            yield return sentence;
        }

        foreach (int flag in of.ByFlag.Keys.Union(then.ByFlag.Keys).Order())
        {
            long more = of.ByFlag.GetValueOrDefault(flag) - then.ByFlag.GetValueOrDefault(flag);
            if (more != 0)
            {
                yield return new Sentence($"Flag {flag} ({DatasetWords.Flag(flag, false)}): {Signed(more)}.", $"Cờ {flag} ({DatasetWords.Flag(flag, true)}): {Signed(more)}.");
            }
        }

        if (one.Revision == other.Revision && one.Commit != other.Commit)
        {
            yield return new Sentence("The facts are the same; readings arrived in between.", "Các sự kiện như nhau; số đo đến thêm trong khoảng giữa.");
        }
    }

    private static long PracticeLeftOut(FrozenTables tables) => tables.Practice is { IsLeftOut: true } practice ? practice.Rows : 0;

    /// <summary>Which readings, whoever named them and as of whichever revision.</summary>
    private static DatasetSelection Question(DatasetSelection? selection) => new(selection ?? new DatasetSelection()) { Campaign = "", AsOfRevision = 0 };

    private static IEnumerable<Sentence> Description(Dataset now, Dataset before)
    {
        if (now.Licence != before.Licence)
        {
            yield return new Sentence($"Licence: {before.Licence} became {now.Licence}.", $"Giấy phép: {before.Licence} thành {now.Licence}.");
        }

        if (now.Creator != before.Creator)
        {
            yield return new Sentence($"To cite: {before.Creator} became {now.Creator}.", $"Tổ chức được trích dẫn: {before.Creator} thành {now.Creator}.");
        }

        if (now.HasPlaceDecimals != before.HasPlaceDecimals || now.PlaceDecimals != before.PlaceDecimals)
        {
            yield return new Sentence("Places are rounded otherwise.", "Vị trí được làm tròn khác đi.");
        }
    }

    private static IEnumerable<Sentence> FactsBehind(FrozenTables of, FrozenTables then)
    {
        var before = then.Facts.Select(fact => fact.FactId).ToHashSet(StringComparer.Ordinal);
        var now = of.Facts.Select(fact => fact.FactId).ToHashSet(StringComparer.Ordinal);
        foreach (var kind in of.Facts.Where(fact => !before.Contains(fact.FactId)).GroupBy(fact => fact.Kind))
        {
            (string en, string vi) = Word(kind.Key);
            yield return new Sentence($"New: {kind.Count()} × {en}.", $"Mới: {kind.Count()} × {vi}.");
        }

        foreach (var kind in then.Facts.Where(fact => !now.Contains(fact.FactId)).GroupBy(fact => fact.Kind))
        {
            (string en, string vi) = Word(kind.Key);
            yield return new Sentence($"No longer in force: {kind.Count()} × {en}.", $"Không còn hiệu lực: {kind.Count()} × {vi}.");
        }
    }

    /// <summary>What a kind of fact is to people.</summary>
    private static (string En, string Vi) Word(string kind) => kind switch
    {
        StemLab.Hub.Facts.Calibration.KindName => ("calibration", "lần hiệu chuẩn"),
        StemLab.Hub.Facts.CalibrationCheck.KindName => ("check of a probe", "lần kiểm tra đầu đo"),
        StemLab.Hub.Facts.DriftSpread.KindName => ("correction of drift", "lần sửa độ trôi"),
        StemLab.Hub.Facts.Deployment.KindName => ("probe hung at a port", "lần gắn đầu đo"),
        StemLab.Hub.Facts.Site.KindName => ("description of a site", "mô tả địa điểm"),
        StemLab.Hub.Facts.QualityRules.KindName => ("rules of quality", "quy tắc chất lượng"),
        StemLab.Hub.Facts.HumanFlag.KindName => ("flag a person gave", "cờ do người đặt"),
        StemLab.Hub.Facts.Erasure.KindName => ("erasure", "lần xóa"),
        StemLab.Hub.Facts.RetentionDrop.KindName => ("removal of old readings", "lần bỏ số đo cũ"),
        _ => (kind, kind),
    };

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Signed(long number) => number.ToString("+#,0;-#,0", CultureInfo.InvariantCulture);
}
