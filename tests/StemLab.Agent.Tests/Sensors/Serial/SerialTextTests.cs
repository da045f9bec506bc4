using CsCheck;

namespace StemLab.Agent.Sensors.Serial;

/// <summary>What small boards write is read in three forms; what is none of them is rejected, and nothing is guessed.</summary>
public sealed class SerialTextTests
{
    [Theory]
    [InlineData("""{"temp": 21.5, "ph": {"value": 7.1, "unit": "pH"}, "name": "pond"}""", "temp=21.5[] ph=7.1[pH]")]
    [InlineData("temp=21.5 C, light=300 lux", "temp=21.5[C] light=300[lux]")]
    [InlineData("temp=21.5;hum=60%", "temp=21.5[] hum=60[%]")]
    [InlineData("Temp: 21.5 \u00C2\u00B0C", "temp=21.5[°C]")]
    [InlineData("a:1\tb:-2.5e3", "a=1[] b=-2500[]")]
    public void Three_forms_are_read(string line, string expected)
    {
        var values = new List<NamedValue>();
        Assert.Equal(LineKind.Values, new SerialText().Read(line, values));
        Assert.Equal(expected, string.Join(' ', values.Select(value => FormattableString.Invariant($"{value.Name}={value.Value}[{value.Unit}]"))));
    }

    [Fact]
    public void Numbers_count_under_the_latest_heading_and_an_empty_field_is_nothing()
    {
        var text = new SerialText();
        var values = new List<NamedValue>();
        Assert.Equal(LineKind.Rejected, text.Read("21.5,300", values));
        Assert.Equal(LineKind.Heading, text.Read("temp [C], light (lux)", values));
        Assert.Equal(LineKind.Values, text.Read("21.5,300", values));
        Assert.Equal([new NamedValue("temp", 21.5, "C"), new NamedValue("light", 300, "lux")], values);
        Assert.Equal(LineKind.Values, text.Read(",301", values));
        Assert.Equal([new NamedValue("light", 301, "lux")], values);
        Assert.Equal(LineKind.Rejected, text.Read("21.5", values));
        Assert.Equal(LineKind.Heading, text.Read("# a comment", values));
    }

    [Theory]
    [InlineData("temp=21,5")]
    [InlineData("temp=")]
    [InlineData("temp=nan")]
    [InlineData("temp=1 temp=2")]
    [InlineData("a=1,a=2")]
    [InlineData("{\"temp\": 21.5")]
    [InlineData("{\"temp\": \"warm\"}")]
    [InlineData("{}")]
    [InlineData("\u0001\u0002\u00FF")]
    [InlineData("12 monkeys")]
    public void What_is_not_clear_is_rejected(string line) => Assert.Equal(LineKind.Rejected, new SerialText().Read(line, []));

    [Fact]
    public void No_text_makes_it_throw_and_whatever_it_gives_is_a_number_with_a_name()
    {
        var text = new SerialText();
        var values = new List<NamedValue>();
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["abt=:,;{}\"0123.e-[]() \t"], 0, 40]).Sample(line =>
        {
            _ = text.Read(line, values);
            Assert.All(values, value => Assert.True(double.IsFinite(value.Value) && value.Name.Length is > 0 and <= 24 && OutputDescription.IsPort(value.Name)));
        }, threads: 1);
    }

    [Theory]
    [InlineData("temp", "", "air_temperature", "Cel")]
    [InlineData("temp", "°C", "air_temperature", "Cel")]
    [InlineData("distance", "", "distance", "cm")]
    [InlineData("distance", "mm", "distance", "mm")]
    [InlineData("bounce.height", "m", "bounce_height", "m")]
    [InlineData("force", "furlong", "force", "1")]
    public void Usual_names_and_units_are_known(string name, string unit, string quantity, string ucum) =>
        Assert.Equal((quantity, ucum), (SerialColumn.Of(name, unit).Quantity, SerialColumn.Of(name, unit).UnitUcum));
}
