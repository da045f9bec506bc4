using CsCheck;

namespace StemLab.Science.Units;

public sealed class UcumTests
{
    [Theory]
    [InlineData("ppm")]
    [InlineData("degC")]
    [InlineData("µS/cm")]
    [InlineData("psu")]
    [InlineData("lux")]
    [InlineData("m^2")]
    [InlineData("umol m-2 s-1")]
    [InlineData("%RH")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("m/")]
    [InlineData("(m")]
    [InlineData("m)")]
    [InlineData("{NTU")]
    [InlineData("m0")]
    [InlineData("Cel/s")]
    [InlineData("Cel2")]
    [InlineData("kmin")]
    [InlineData("1.5m")]
    [InlineData("((((((((((m))))))))))")]
    public void What_is_not_ucum_is_refused(string code) => Assert.False(Ucum.TryParse(code, out _));

    [Theory]
    [InlineData("Cel", "[degF]", 100, 212)]
    [InlineData("[degF]", "Cel", 32, 0)]
    [InlineData("mS/cm", "uS/cm", 42.914, 42914)]
    [InlineData("uS/cm", "S/m", 1413, 0.1413)]
    [InlineData("mg/L", "ug/mL", 7.5, 7.5)]
    [InlineData("km/h", "m/s", 36, 10)]
    [InlineData("10*6/L", "/mL", 2, 2000)]
    [InlineData("kW.h", "MJ", 1, 3.6)]
    [InlineData("mCel", "K", 25000, 298.15)]
    [InlineData("{count}/min", "Hz", 120, 2)]
    [InlineData("N.m/(s.W)", "1", 3, 3)]
    public void A_value_is_converted(string from, string to, double value, double expected)
    {
        Assert.True(Ucum.TryConvert(from, to, out var map));
        Assert.Equal(expected, map.Apply(value), 12);
        Assert.True(map.TryInvert(out var back));
        Assert.Equal(value, back.Apply(map.Apply(value)), 9);
    }

    [Theory]
    [InlineData("mg/L", "%")]
    [InlineData("Cel", "m")]
    [InlineData("{NTU}", "{FNU}")]
    [InlineData("[pH]", "1")]
    [InlineData("dB[SPL]", "Pa")]
    [InlineData("mol/L", "/L")]
    [InlineData("rad", "1")]
    public void A_different_kind_of_quantity_is_refused(string from, string to) => Assert.False(Ucum.TryConvert(from, to, out _));

    [Fact]
    public void A_difference_of_temperature_moves_no_zero()
    {
        Assert.True(Ucum.TryConvertDifference("Cel", "[degF]", out var map));
        Assert.Equal(new AffineMap(1.8, 0), map);
    }

    [Fact]
    public void No_text_breaks_the_parser() =>
        Gen.String[Gen.Char["mkguLsCel[]{}()./%'*^10-23NTU "], 0, 20].Sample(code => Ucum.TryParse(code, out var unit) == (unit is not null));

    [Fact]
    public void People_see_symbols_not_codes()
    {
        Assert.Equal("µmol/(m²·s)", UnitSymbols.Of("umol/(m2.s)"));
        Assert.Equal("°C", UnitSymbols.Of("Cel"));
        Assert.Equal("NTU", UnitSymbols.Of("{NTU}"));
        Assert.Equal("kg/m³", UnitSymbols.Of("kg/m3"));
    }
}
