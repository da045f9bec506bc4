using System.Collections.Immutable;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

public sealed class LimitWatchTests
{
    private static readonly LessonLimit[] Limits = [new LessonLimit { Id = "hot", ObservedProperty = "water_temperature", Above = 30, Hysteresis = 2, HoldUs = 3_000_000 }];

    [Fact]
    public void A_value_that_trembles_about_a_bound_rings_once()
    {
        var watch = new LimitWatch();
        ImmutableArray<RaisedAlert> alerts = [];
        var rung = 0;
        double[] values = [29, 31, 29, 31, 31, 31, 31, 29, 31, 29, 28.5, 31, 30, 28, 31];
        for (var second = 0; second < values.Length; second++)
        {
            var after = watch.Judge(Limits, [new LimitReading("dolphin", "c", "water_temperature", values[second])], alerts, second * 1_000_000L);
            rung += after.Length > alerts.Length ? 1 : 0;
            alerts = after;
        }

        Assert.Equal(1, rung);
        Assert.Empty(alerts);
    }

    [Fact]
    public void An_alert_stays_while_its_channel_is_silent_and_another_property_says_nothing()
    {
        var watch = new LimitWatch();
        var alerts = watch.Judge(Limits, [new LimitReading("dolphin", "c", "water_temperature", 35)], [], 0);
        alerts = watch.Judge(Limits, [new LimitReading("dolphin", "c", "water_temperature", 35)], alerts, 3_000_000);
        Assert.Equal("hot", Assert.Single(alerts).Limit);
        Assert.Equal(alerts, watch.Judge(Limits, [], alerts, 9_000_000));
        Assert.Equal(alerts, watch.Judge(Limits, [new LimitReading("dolphin", "d", "ph", 99)], alerts, 10_000_000));
        Assert.Empty(watch.Judge(Limits, [new LimitReading("dolphin", "c", "water_temperature", 28)], alerts, 11_000_000));
    }

    /// <summary>Water is never above 105 °C, the air of an oven is: beyond such a bound only readings lie that failed their range.</summary>
    [Theory]
    [InlineData(110, 111, true)]
    [InlineData(110, -127, false)]
    [InlineData(60, 111, false)]
    public void A_reading_that_failed_rings_only_beyond_a_bound_outside_the_range_of_its_property(double above, double value, bool rings)
    {
        var watch = new LimitWatch();
        LessonLimit[] limits = [new LessonLimit { Id = "hot", ObservedProperty = "water_temperature", Above = above, Below = 2, Hysteresis = 2 }];
        var alerts = watch.Judge(limits, [new LimitReading("dolphin", "c", "water_temperature", value, IsFailed: true)], [], 0);
        Assert.Equal(rings, alerts.Length == 1);
        alerts = watch.Judge(limits, [new LimitReading("dolphin", "c", "water_temperature", 111)], alerts, 1_000_000);
        Assert.Single(alerts);
        var after = watch.Judge(limits, [new LimitReading("dolphin", "c", "water_temperature", 50, IsFailed: true)], alerts, 2_000_000);
        Assert.Equal(above < 105, after.Length == 1);
    }
}
