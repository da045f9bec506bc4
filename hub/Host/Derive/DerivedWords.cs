using System.Globalization;
using StemLab.Science.Properties;
using StemLab.Science.Texts;

namespace StemLab.Hub.Derive;

/// <summary>What is wrong with a derived channel, and what to do. Pure.</summary>
internal static class DerivedWords
{
    /// <summary>A mistake of form, by the field it is in.</summary>
    public static Sentence Form(string field, string english)
    {
        string vietnamese = field switch
        {
            "port" => "Tên ngắn phải có 1 đến 32 ký tự a-z, 0-9 và dấu -.",
            "computation" => "Hãy chọn một công thức trong danh sách hoặc tự viết công thức, chỉ một trong hai.",
            "expression" => "Công thức quá dài.",
            "observed_property" => "Tên đại lượng chỉ gồm a-z, 0-9, _ và -.",
            "formula_id" => "Công thức trong danh sách đã có sẵn đại lượng và đơn vị: hãy để trống hai ô đó.",
            "max_age_us" => "Tuổi lớn nhất phải từ 0 đến một giờ.",
            "note" => "Ghi chú quá dài.",
            _ when field.EndsWith(".channel", StringComparison.Ordinal) => "Hãy cho một kênh hoặc một số, chỉ một trong hai.",
            _ when field.EndsWith(".constant", StringComparison.Ordinal) => "Đây không phải là một số hữu hạn.",
            _ when field.EndsWith(".name", StringComparison.Ordinal) => "Tên đầu vào phải có 1 đến 64 ký tự.",
            _ when field.EndsWith("unit_ucum", StringComparison.Ordinal) => "Đơn vị quá dài.",
            _ => "Các đầu vào không đúng: tối đa 16, mỗi tên chỉ dùng một lần.",
        };
        return new Sentence($"{field} {english}.", vietnamese);
    }

    public static Sentence UnknownFormula(string id) => new(
        $"This hub has no formula '{id}'. Choose one from the list.", $"Trạm này không có công thức '{id}'. Hãy chọn trong danh sách.");

    public static Sentence NoChannel { get; } = new(
        "It needs at least one channel to be computed from.", "Cần ít nhất một kênh để tính ra.");

    public static Sentence UnknownInput(string name, IEnumerable<string> known) => new(
        $"The formula has no input '{name}'; it takes {string.Join(", ", known)}.", $"Công thức không có đầu vào '{name}'; nó cần {string.Join(", ", known)}.");

    public static Sentence MissingInput(string name) => new(
        $"The input '{name}' is missing: give a channel or a number.", $"Thiếu đầu vào '{name}': hãy cho một kênh hoặc một số.");

    public static Sentence Unused(string name) => new(
        $"The formula does not use '{name}': leave it out.", $"Công thức không dùng '{name}': hãy bỏ ra.");

    public static Sentence OtherAgent(string channel) => new(
        $"{channel} belongs to another device: inputs must be measured by the same one, on one clock.", $"{channel} thuộc thiết bị khác: các đầu vào phải do cùng một thiết bị đo, theo cùng một đồng hồ.");

    public static Sentence NoSuchChannel(string channel) => new(
        $"There is no channel {channel} (any more): it was renamed, taken out or erased.", $"Không có (hoặc không còn) kênh {channel}: nó đã đổi tên, bị bỏ ra hoặc bị xóa.");

    public static Sentence Unit(string what, string found, string expected) => new(
        $"{what} is in '{found}', which cannot be converted to '{expected}'.", $"{what} có đơn vị '{found}', không đổi được sang '{expected}'.");

    public static Sentence NoUnit(string code) => new(
        $"'{code}' is not a unit (UCUM), for example mg/L, Cel, uS/cm.", $"'{code}' không phải là đơn vị (UCUM), ví dụ mg/L, Cel, uS/cm.");

    public static Sentence OutsideRange(string name, double value, double low, double high) => new(
        $"{name} = {En(value)}: the formula holds from {En(low)} to {En(high)} only.", $"{name} = {Vi(value)}: công thức chỉ đúng từ {Vi(low)} đến {Vi(high)}.");

    public static Sentence Ring(IEnumerable<string> names) => new(
        $"The channels rest on each other in a ring: {string.Join(" → ", names)}. Take one of them out.", $"Các kênh tính vòng quanh nhau: {string.Join(" → ", names)}. Hãy bỏ một kênh ra.");

    public static Sentence Taken(string name) => new(
        $"Another channel is called {name} already. Give another short name.", $"Đã có kênh khác tên {name}. Hãy đặt tên ngắn khác.");

    public static Sentence Possible(IEnumerable<Sentence> found, IReadOnlyCollection<Sentence> usual) => new(
        $"Uses {string.Join(", ", found.Select(one => one.En))}.{(usual.Count == 0 ? "" : $" Taken unless you say otherwise: {string.Join(", ", usual.Select(one => one.En))}.")}",
        $"Dùng {string.Join(", ", found.Select(one => one.Vi))}.{(usual.Count == 0 ? "" : $" Nếu bạn không chọn khác thì lấy: {string.Join(", ", usual.Select(one => one.Vi))}.")}");

    public static Sentence Lacks(IReadOnlyCollection<Sentence> missing) => new(
        $"This device does not measure {string.Join(", ", missing.Select(one => one.En))}.", $"Thiết bị này không đo {string.Join(", ", missing.Select(one => one.Vi))}.");

    public static Sentence Usual(Sentence name, double value, string unit) => new($"{name.En} {En(value)}{Space(unit)}{unit}", $"{name.Vi} {Vi(value)}{Space(unit)}{unit}");

    /// <summary>An input's name for people.</summary>
    public static Sentence NameOf(string input) => ObservedProperties.Default.Find(input) is { } property
        ? new Sentence(Lower(property.NameEn), Lower(property.NameVi))
        : input == "latitude" ? new Sentence("latitude", "vĩ độ") : new Sentence(input.Replace('_', ' '), input.Replace('_', ' '));

    public static Sentence Needed(string name, IEnumerable<string> by) => new(
        $"{name} is needed by {string.Join(", ", by)}: take that out first.", $"{name} đang được {string.Join(", ", by)} dùng: hãy bỏ kênh đó ra trước.");

    private static string Space(string unit) => unit.Length == 0 ? "" : " ";

    /// <summary>"Water temperature" inside a sentence; "pH" stays.</summary>
    private static string Lower(string name) => name.Length > 1 && char.IsUpper(name[0]) && !char.IsUpper(name[1]) ? char.ToLowerInvariant(name[0]) + name[1..] : name;

    private static string En(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Vi(double value) => value.ToString("0.######", CultureInfo.GetCultureInfo("vi-VN"));
}
