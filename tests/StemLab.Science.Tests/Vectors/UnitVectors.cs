using System.Text.Json;
using StemLab.Science.Units;

namespace StemLab.Science.Vectors;

public sealed class UnitVectors
{
    [Fact]
    public void Every_unit_vector_passes() => Run(null);

    internal static void Run(string? folder) =>
        VectorFiles.Run("ucum-units", one => one.TryGetProperty("code", out _) ? "codes" : "conversions", Miss, folder);

    private static string? Miss(JsonElement document, JsonElement one)
    {
        if (one.TryGetProperty("code", out var code))
            return Ucum.TryParse(code.GetString(), out _) == one.GetProperty("valid").GetBoolean() ? null : $"{code} valid?";
        var (from, to) = (one.GetProperty("from").GetString(), one.GetProperty("to").GetString());
        var converts = Ucum.TryConvert(from, to, out var map);
        if (one.GetProperty("expected").ValueKind == JsonValueKind.Null)
            return converts ? $"{from} to {to} was not refused" : null;
        var actual = map.Apply(one.GetProperty("value").GetDouble());
        var expected = one.GetProperty("expected").GetDouble();
        return converts && VectorFiles.IsClose(expected, actual, document.GetProperty("tolerance")) ? null : $"{from} to {to}: {expected:R} expected, {actual:R} found";
    }
}
