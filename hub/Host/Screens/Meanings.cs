using StemLab.V1;

namespace StemLab.Hub.Screens;

/// <summary>What a number tells a person on the quay, without judging it. Immutable.</summary>
internal static class Meanings
{
    private static readonly Dictionary<string, (string English, string Vietnamese)> ByProperty = new(StringComparer.Ordinal)
    {
        ["ph"] = ("How acid or basic the water is. Sea water lies near 8; rain and waste pull it down.", "Nước chua hay kiềm đến đâu. Nước biển quanh mức 8; nước mưa và nước thải kéo xuống."),
        ["water_temperature"] = ("How warm the water is. Warm water holds less oxygen for fish.", "Nước ấm đến đâu. Nước càng ấm càng giữ được ít ôxy cho cá."),
        ["air_temperature"] = ("How warm the air is here, in the shade of the sensor.", "Không khí ở đây ấm đến đâu, trong bóng râm của cảm biến."),
        ["electrical_conductivity"] = ("How well the water carries electricity: the more salt, the better.", "Nước dẫn điện tốt đến đâu: càng mặn càng dẫn tốt."),
        ["practical_salinity"] = ("How much salt is in the water. The open sea has about 35; rain and rivers thin it.", "Nước mặn đến đâu. Biển khơi khoảng 35; mưa và sông làm loãng."),
        ["dissolved_oxygen"] = ("The oxygen that fish and crabs breathe. Sunlight on algae makes it, the night uses it up.", "Ôxy cho cá và cua thở. Tảo tạo ra khi có nắng, ban đêm bị dùng bớt."),
        ["dissolved_oxygen_saturation"] = ("Oxygen as a share of what the water could hold. 100 % is full.", "Ôxy so với mức nước có thể chứa. 100 % là đầy."),
        ["turbidity"] = ("How cloudy the water is. After rain, mud makes it cloudy; clear water lets light reach the coral.", "Nước đục đến đâu. Sau mưa, bùn làm nước đục; nước trong cho ánh sáng tới san hô."),
        ["depth"] = ("How deep the water is here now. It rises and falls with the tide.", "Nước ở đây sâu bao nhiêu. Nước lên xuống theo thủy triều."),
        ["water_level"] = ("How high the water stands. It rises and falls with the tide.", "Mực nước cao bao nhiêu. Nước lên xuống theo thủy triều."),
        ["co2"] = ("Carbon dioxide in the air. Outdoors about 420 ppm; a full room rises well above.", "Khí CO₂ trong không khí. Ngoài trời khoảng 420 ppm; phòng đông người tăng cao."),
        ["relative_humidity"] = ("How much water the air carries, of what it could carry.", "Không khí chứa bao nhiêu hơi nước so với mức có thể."),
        ["illuminance"] = ("How bright it is here.", "Ở đây sáng đến đâu."),
        ["oxidation_reduction_potential"] = ("Whether the water tends to oxidise (high) or to reduce (low).", "Nước thiên về ôxy hóa (cao) hay khử (thấp)."),
    };

    /// <summary>By property.</summary>
    public static IEnumerable<(string Property, Sentence Meaning)> All => ByProperty.Keys.Select(property => (property, Of(property)!));

    /// <summary>Null = nobody wrote it yet for this property.</summary>
    public static Sentence? Of(string property) => ByProperty.TryGetValue(property, out var meaning) ? new Sentence { En = meaning.English, Vi = meaning.Vietnamese } : null;
}
