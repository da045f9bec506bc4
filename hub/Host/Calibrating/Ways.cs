using System.Collections.Immutable;
using StemLab.Science.Water;
using StemLab.V1;

namespace StemLab.Hub.Calibrating;

/// <summary>The ways to calibrate, with their standards, for people. Pure.</summary>
internal static class Ways
{
    /// <summary>Best for the property first.</summary>
    public static ImmutableArray<CalibrationKindInfo> For(string property) =>
    [
        .. (property switch
        {
            "ph" => new[] { PhBuffers },
            "electrical_conductivity" => [Conductivity],
            "dissolved_oxygen" or "dissolved_oxygen_saturation" => [Oxygen],
            "turbidity" => [Info(CalibrationWay.Turbidity, "Turbidity standards", "Chuẩn độ đục", 2, 6, 30, TwoBottles)],
            _ => [],
        }),
        Info(CalibrationWay.Offset, "Offset only", "Chỉ bù lệch", 1, 12, 90, new()
        {
            En = "One bottle, or a value you trust. Every number is moved by the same amount.",
            Vi = "Một chai chuẩn, hoặc một giá trị bạn tin. Mọi số được cộng hoặc trừ cùng một lượng.",
        }),
        Info(CalibrationWay.Factor, "Factor only", "Chỉ nhân hệ số", 1, 12, 90, new()
        {
            En = "One bottle. Every number is multiplied by the same factor; zero stays zero.",
            Vi = "Một chai chuẩn. Mọi số được nhân với cùng một hệ số; số 0 vẫn là 0.",
        }),
        Info(CalibrationWay.Linear, "Straight line", "Đường thẳng", 2, 12, 90, new()
        {
            En = "Two bottles or more, one low, one high. The usual way for most probes.",
            Vi = "Từ hai chai chuẩn, một thấp, một cao. Cách thường dùng cho hầu hết đầu đo.",
        }),
        Info(CalibrationWay.Quadratic, "Second degree", "Bậc hai", 3, 12, 90, new()
        {
            En = "Three bottles or more, for a probe whose line is bent.",
            Vi = "Từ ba chai chuẩn, cho đầu đo có đường cong.",
        }),
        Info(CalibrationWay.Cubic, "Third degree", "Bậc ba", 4, 12, 90, new()
        {
            En = "Four bottles or more, for a line bent both ways. Only where the maker says so.",
            Vi = "Từ bốn chai chuẩn, cho đường cong hai chiều. Chỉ khi nhà sản xuất ghi như vậy.",
        }),
        Info(CalibrationWay.Table, "Table", "Bảng", 2, 12, 90, new()
        {
            En = "Two bottles or more; between two of them the line is straight.",
            Vi = "Từ hai chai chuẩn; giữa hai chai là một đoạn thẳng.",
        }),
    ];

    public static CalibrationKindInfo? Find(string property, CalibrationWay way) => For(property).FirstOrDefault(kind => kind.Way == way);

    /// <summary>The buffer of a standard's id; null = none.</summary>
    public static PhBuffer? BufferOf(string standard) => standard switch
    {
        "ph-4" => PhBuffer.Phthalate4,
        "ph-7" => PhBuffer.Technical7,
        "ph-10" => PhBuffer.Technical10,
        "ph-168" => PhBuffer.Tetroxalate168,
        "ph-686" => PhBuffer.Phosphate686,
        "ph-918" => PhBuffer.Borax918,
        _ => null,
    };

    public static string IdOf(PhBuffer buffer) => $"ph-{(int)buffer}";

    /// <summary>What stands on the bottle.</summary>
    public static Sentence NameOf(string standard) =>
        PhBuffers.Standards.FirstOrDefault(bottle => bottle.Id == standard)?.DisplayName ?? new Sentence { En = standard, Vi = standard };

    private static CalibrationKindInfo PhBuffers
    {
        get
        {
            var kind = Info(CalibrationWay.PhBuffers, "pH buffers", "Dung dịch đệm pH", 2, 3, 14, TwoBottles);
            kind.NeedsTemperature = true;
            kind.Standards.Add(
            [
                Bottle("ph-4", "pH 4", 4.01, "[pH]"), Bottle("ph-7", "pH 7", 7.00, "[pH]"), Bottle("ph-10", "pH 10", 10.01, "[pH]"),
                Bottle("ph-686", "pH 6.86", 6.865, "[pH]"), Bottle("ph-918", "pH 9.18", 9.180, "[pH]"), Bottle("ph-168", "pH 1.68", 1.679, "[pH]"),
            ]);
            return kind;
        }
    }

    private static CalibrationKindInfo Conductivity
    {
        get
        {
            var kind = Info(CalibrationWay.ConductivityStandard, "Conductivity standard", "Chuẩn độ dẫn điện", 1, 4, 30, new()
            {
                En = "The usual way for this probe. One bottle is enough: rinse, dip, hold still until it is steady.",
                Vi = "Cách thường dùng cho đầu đo này. Một chai là đủ: tráng, nhúng, giữ yên đến khi ổn định.",
            });
            kind.NeedsTemperature = true;
            kind.Standards.Add([Bottle("ec-84", "84 µS/cm", 0.084, "mS/cm"), Bottle("ec-1413", "1413 µS/cm", 1.413, "mS/cm"), Bottle("ec-12880", "12.88 mS/cm", 12.88, "mS/cm"), Bottle("ec-80000", "80 mS/cm", 80, "mS/cm")]);
            return kind;
        }
    }

    private static CalibrationKindInfo Oxygen
    {
        get
        {
            var kind = Info(CalibrationWay.Oxygen, "Air, and water without oxygen", "Trong không khí, và nước không ôxy", 1, 2, 7, new()
            {
                En = "The usual way for this probe. Hold its wet tip into the air until it is steady; water without oxygen is for a second point.",
                Vi = "Cách thường dùng cho đầu đo này. Để đầu ướt trong không khí đến khi ổn định; nước không ôxy dùng cho điểm thứ hai.",
            });
            kind.NeedsTemperature = true;
            kind.Standards.Add([Bottle("do-air", "air", 100, "%", "không khí"), Bottle("do-zero", "no oxygen", 0, "%", "không ôxy")]);
            return kind;
        }
    }

    private static Sentence TwoBottles => new()
    {
        En = "The usual way for this probe. Rinse it, dip it into the first bottle, hold still until it is steady; then the next bottle.",
        Vi = "Cách thường dùng cho đầu đo này. Tráng đầu đo, nhúng vào chai thứ nhất, giữ yên đến khi ổn định; rồi đến chai tiếp theo.",
    };

    private static CalibrationKindInfo Info(CalibrationWay way, string en, string vi, int fewest, int most, int days, Sentence how) => new()
    {
        Way = way,
        DisplayName = new Sentence { En = en, Vi = vi },
        Instruction = how,
        FewestPoints = fewest,
        MostPoints = most,
        UsualDays = days,
    };

    private static Standard Bottle(string id, string name, double value, string unit, string? vietnamese = null) =>
        new() { Id = id, DisplayName = new Sentence { En = name, Vi = vietnamese ?? name.Replace('.', ',') }, Value = value, UnitUcum = unit };
}
