using CsCheck;

namespace StemLab.Hub.SensorThings;

public sealed class FilterTextTests
{
    private static object? Look(string path) => path switch
    {
        "result" => 7.5,
        "name" => "Pond's edge",
        "phenomenonTime" => new DateTimeOffset(2026, 11, 25, 10, 0, 0, TimeSpan.Zero),
        "Datastream/id" => "a:ph~ph",
        "properties/simulated" => true,
        _ => null,
    };

    [Theory]
    [InlineData("result gt 7")]
    [InlineData("result GT 7", false)]
    [InlineData("result eq 7.5 and name eq 'Pond''s edge'")]
    [InlineData("not (result lt 7 or result gt 8)")]
    [InlineData("not result eq 7.5", false)]
    [InlineData("result add 1 sub 0.5 eq 8 and result mul 2 eq 15 and result div 3 eq 2.5 and result mod 2 eq 1.5")]
    [InlineData("result sub 1 sub 1 eq 5.5")]
    [InlineData("result eq 7.5 or result eq 1 and result eq 2")]
    [InlineData("phenomenonTime ge 2026-11-25T10:00:00Z and phenomenonTime lt 2026-11-25T17:00:01+07:00")]
    [InlineData("2026-11-25T09:59:59.999Z lt phenomenonTime")]
    [InlineData("year(phenomenonTime) eq 2026 and hour(phenomenonTime) eq 10")]
    [InlineData("substringof('edge',name) and startswith(name,'Pond') and endswith(tolower(name),'EDGE')", false)]
    [InlineData("length(concat(name,'!')) eq 12 and indexof(name,'edge') eq 7")]
    [InlineData("Datastream/@iot.id eq 'a:ph~ph'")]
    [InlineData("properties/simulated eq true")]
    [InlineData("properties/simulated")]
    [InlineData("missing eq null and result ne null")]
    [InlineData("missing gt 1", false)]
    [InlineData("round(result) eq 8 and floor(result) eq 7 and ceiling(result) eq 8")]
    [InlineData("result gt 'x'", false)]
    public void A_filter_means_what_OData_says(string text, bool holds = true)
    {
        if (text.Contains(" GT ", StringComparison.Ordinal))
        {
            Assert.Throws<SensorThingsProblem>(() => FilterText.Filter(text));
            return;
        }

        Assert.Equal(holds, FilterText.Filter(text).Holds(Look));
    }

    [Theory]
    [InlineData("", "letter 1")]
    [InlineData("result gt", "letter 10")]
    [InlineData("result gt 7 7", "letter 13")]
    [InlineData("(result gt 7", "letter 13")]
    [InlineData("name eq 'x", "letter 9")]
    [InlineData("result eq 1e999", "letter 11")]
    [InlineData("result eq 2026-99-99", "letter 11")]
    [InlineData("result eq 7; DROP TABLE x", "letter 12")]
    [InlineData("length(name,name) eq 1", "takes 1 argument")]
    [InlineData("geo.distance(location,'x') lt 1", "not offered")]
    public void What_is_out_of_form_is_refused_with_the_place(string text, string told) =>
        Assert.Contains(told, Assert.Throws<SensorThingsProblem>(() => FilterText.Filter(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Too_deep_and_too_long_is_refused_before_it_costs_anything()
    {
        Assert.Contains("deeper", Assert.Throws<SensorThingsProblem>(() => FilterText.Filter(new string('(', 1_000) + "1" + new string(')', 1_000))).Message, StringComparison.Ordinal);
        Assert.Contains("deeper", Assert.Throws<SensorThingsProblem>(() => FilterText.Filter(string.Concat(Enumerable.Repeat("not ", 500)) + "true")).Message, StringComparison.Ordinal);
        Assert.Contains("longer", Assert.Throws<SensorThingsProblem>(() => FilterText.Filter(new string('1', 5_000))).Message, StringComparison.Ordinal);
        Assert.False(FilterText.Filter(string.Join(" or ", Enumerable.Repeat("false", 400))).Holds(Look));
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_anything_else() => Gen.OneOf(Gen.String, Gen.OneOfConst("result", "gt", "'", "(", ")", "7", " ", ",", "not", "and", "length(", "2026-11-25T10:00:00Z", "null", "-", "@iot.id", "/").Array[0, 30].Select(parts => string.Join(' ', parts)))
        .Sample(
            text =>
            {
                try
                {
                    _ = FilterText.Filter(text).Holds(Look);
                }
                catch (SensorThingsProblem)
                {
                    // Refused with words.
                }
            },
            iter: 20_000);

    [Fact]
    public void Orders_are_read_with_their_direction()
    {
        var keys = FilterText.OrderBy("phenomenonTime desc,result,name asc");

        Assert.Equal([true, false, false], keys.Select(key => key.Descends));
        Assert.Equal(["phenomenonTime", "result", "name"], keys.SelectMany(key => key.Key.Paths));
        Assert.Throws<SensorThingsProblem>(() => FilterText.OrderBy("result downwards"));
    }
}
