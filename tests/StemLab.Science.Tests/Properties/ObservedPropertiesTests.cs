using StemLab.Science.Units;

namespace StemLab.Science.Properties;

public sealed class ObservedPropertiesTests
{
    [Fact]
    public void Every_property_has_both_names_a_ucum_unit_and_ranges_inside_each_other()
    {
        Assert.Equal(71, ObservedProperties.Default.All.Length);
        Assert.All(ObservedProperties.Default.All, property =>
        {
            Assert.NotEmpty(property.NameEn);
            Assert.NotEmpty(property.NameVi);
            Assert.True(Ucum.TryParse(property.UnitUcum, out _), property.UnitUcum);
            Assert.True(property.ValidRange.Contains(property.SuspectRange.Min) && property.ValidRange.Contains(property.SuspectRange.Max), property.Id);
            Assert.InRange(property.Decimals, 0, 6);
        });
    }

    [Theory]
    [InlineData("ph", "ph", "[pH]")]
    [InlineData("pH", "ph", "[pH]")]
    [InlineData("temp", "water_temperature", "Cel")]
    [InlineData("temp2", "water_temperature", "Cel")]
    [InlineData("Temperature_F", "water_temperature", "[degF]")]
    [InlineData("hum", "relative_humidity", "%")]
    [InlineData("do", "dissolved_oxygen", "mg/L")]
    [InlineData("EC", "specific_conductance_25", "uS/cm")]
    [InlineData("cond", "electrical_conductivity", "mS/cm")]
    [InlineData("Độ đục", "turbidity", "{NTU}")]
    [InlineData("pm2.5", "pm2_5", "ug/m3")]
    [InlineData("co2", "co2", "[ppm]")]
    [InlineData("lux", "illuminance", "lx")]
    [InlineData("depth_cm", "depth", "cm")]
    [InlineData("water-temperature", "water_temperature", "Cel")]
    public void Common_keys_are_understood(string key, string id, string unit)
    {
        Assert.True(ObservedProperties.Default.TryResolve(key, out var match));
        Assert.Equal((id, unit), (match.Property.Id, match.UnitUcum));
    }

    [Fact]
    public void Every_alias_unit_converts_into_the_unit_of_its_property()
    {
        foreach (var key in (string[])["tempF", "pressurePa", "pressureInHg", "windKmh", "batteryMv", "weightKg", "ecMs", "conductivityUs"])
        {
            Assert.True(ObservedProperties.Default.TryResolve(key, out var match), key);
            Assert.True(Ucum.TryConvert(match.UnitUcum, match.Property.UnitUcum, out _), key);
        }
    }

    [Fact]
    public void A_bare_temperature_beside_humidity_is_that_of_the_air()
    {
        Assert.True(ObservedProperties.Default.SpeaksOfAir("hum"));
        Assert.False(ObservedProperties.Default.SpeaksOfAir("ph"));
        Assert.True(ObservedProperties.Default.TryResolve("temperature", out var match, besideAir: true));
        Assert.Equal("air_temperature", match.Property.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!!!")]
    [InlineData("12")]
    [InlineData("blorp")]
    [InlineData("\ud800")]
    public void An_unknown_key_is_said_to_be_unknown(string key) => Assert.False(ObservedProperties.Default.TryResolve(key, out _));
}
