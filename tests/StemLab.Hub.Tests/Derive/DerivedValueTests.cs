using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

public sealed class DerivedValueTests
{
    private static readonly Id128 Probe = new(0x77);

    [Fact]
    public async Task A_value_comes_in_the_registrys_unit_and_a_missing_row_stays_missing()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("exo/temp", "water_temperature", "[degF]", (1, 32), (2, double.NaN), (3, 212));

        (double[] value, byte[] flag, _) = hub.Read(hub.Book.Current, series);

        Assert.Equal([0, double.NaN, 100], value, (left, right) => Math.Abs(left - right) < 1e-12 || (double.IsNaN(left) && double.IsNaN(right)));
        Assert.Equal([2, 9, 2], flag);
        ChannelView channel = Assert.Single(hub.Book.Current.Channels);
        Assert.Equal(($"agents/{Agent}/channels/exo.temp~water_temperature", "Cel", "ag-1 exo/temp"), (channel.Name, channel.UnitUcum, channel.DisplayName));
    }

    [Fact]
    public async Task What_needs_no_conversion_is_given_bit_for_bit()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId ph = await hub.RowsAsync("ph", "ph", "[pH]", (1, 7.1), (2, 0.1 + 0.2));
        SeriesId odd = await hub.RowsAsync("x", "wiggle", "no unit at all", (1, -0.0), (2, 1e300));

        Assert.Equal([7.1, 0.1 + 0.2], hub.Values(ph));
        Assert.Equal([BitConverter.DoubleToInt64Bits(0.0), BitConverter.DoubleToInt64Bits(1e300)], hub.Values(odd).Select(value => BitConverter.DoubleToInt64Bits(value + 0.0)));
        Assert.Equal("no unit at all", hub.Book.Current.Series(odd).Channel.UnitUcum);
    }

    [Fact]
    public async Task A_calibration_reaches_into_the_past_and_is_undone_by_withdrawing_it()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("ph", "ph", "[pH]", (10, 7), (20, 8));
        hub.State(new Deployment(Agent, "ph", Probe, "", "", Instant.AtUtc(0)));
        long before = hub.Log.Current.Revision;

        Fact calibration = hub.State(Calibrated(2, -1, Instant.AtUtc(0)));
        Assert.Equal([13.0, 15], hub.Values(series));
        Assert.Equal(calibration.FactId, hub.Book.Current.Series(series).Channel.Calibration);
        hub.Withdraw(calibration);

        Assert.Equal([7.0, 8], hub.Values(series));
        Assert.Equal([7.0, 8], hub.Read(hub.Book.At(before), series).Value);
        Assert.Equal([13.0, 15], hub.Read(hub.Book.At(calibration.Revision), series).Value);
        Assert.Same(hub.Book.At(calibration.Revision), hub.Book.At(calibration.Revision));
    }

    [Fact]
    public async Task Each_calibration_holds_from_its_instant_to_the_next()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("ph", "ph", "[pH]", (10, 1), (20, 1), (30, 1), (40, 1));
        hub.State(new Deployment(Agent, "ph", Probe, "", "", Instant.AtUtc(0)));
        hub.State(Calibrated(3, 0, Instant.AtBoot(Boot, 30)));
        hub.State(Calibrated(2, 0, Instant.AtBoot(Boot, 20)));

        Assert.Equal([1.0, 2, 3, 3], hub.Values(series));
    }

    [Fact]
    public async Task A_calibration_stated_on_the_hubs_clock_lands_on_the_agents_through_the_tie()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 1), (20 * Second, 1));
        hub.State(new Deployment(Agent, "ph", Probe, "", "", Instant.AtUtc(0)));
        hub.Tie(Boot, 15 * Second, aheadUs: 100 * Second);
        hub.State(Calibrated(5, 0, Instant.AtBoot(hub.Clock.BootId, 115 * Second)));

        // Nobody knows UTC yet: the tie alone places it. Then an anchor, and the same comes out.
        Assert.Equal([1.0, 5], hub.Values(series));
        hub.HubUs = 115 * Second;
        hub.AnchorHub(Utc0);
        Assert.Equal([1.0, 5], hub.Values(series));
        Assert.Equal(Utc0 + (110 * Second), hub.Read(hub.Book.Current, series).Utc[0]);
    }

    [Fact]
    public async Task Swapped_probes_are_mended_by_facts()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 other = new(0x88);
        SeriesId left = await hub.RowsAsync("a", "ph", "[pH]", (10, 1), (20, 1));
        SeriesId right = await hub.RowsAsync("b", "ph", "[pH]", (10, 1), (20, 1));
        hub.State(new Deployment(Agent, "a", Probe, "", "", Instant.AtUtc(0)));
        hub.State(new Deployment(Agent, "b", other, "", "", Instant.AtUtc(0)));
        hub.State(new Calibration(Probe, "", "", "", "", 2, 0, Instant.AtUtc(0), ""));
        hub.State(new Calibration(other, "", "", "", "", 3, 0, Instant.AtUtc(0), ""));
        Assert.Equal(([2.0, 2], [3.0, 3]), (hub.Values(left), hub.Values(right)), SameValues);

        // They had been plugged the wrong way round from 20 on.
        Fact first = hub.State(new Deployment(Agent, "a", other, "", "", Instant.AtBoot(Boot, 20)));
        Fact second = hub.State(new Deployment(Agent, "b", Probe, "", "", Instant.AtBoot(Boot, 20)));
        Assert.Equal(([2.0, 3], [3.0, 2]), (hub.Values(left), hub.Values(right)), SameValues);
        Assert.Equal(other, hub.Book.Current.Series(left).Channel.Probe);

        hub.Withdraw(first);
        hub.Withdraw(second);
        Assert.Equal(([2.0, 2], [3.0, 3]), (hub.Values(left), hub.Values(right)), SameValues);
    }

    [Fact]
    public async Task A_calibrated_voltage_becomes_a_channel_of_what_it_means()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("a0", "voltage", "mV", (10, 2500), (20, 2000));
        hub.State(new Deployment(Agent, "a0", Probe, "", "", Instant.AtUtc(0)));
        Fact calibration = hub.State(new Calibration(Probe, "voltage", "V", "ph", "[pH]", -2, 12, Instant.AtBoot(Boot, 20), ""));

        (double[] value, byte[] flag, _) = hub.Read(hub.Book.Current, series);
        Assert.Equal([double.NaN, 8], value);
        Assert.Equal([9, 2], flag);
        Assert.Equal(("ph", "[pH]"), (hub.Book.Current.Series(series).Channel.PropertyId, hub.Book.Current.Series(series).Channel.UnitUcum));

        hub.Withdraw(calibration);
        Assert.Equal("voltage", hub.Book.Current.Series(series).Channel.PropertyId);
    }

    [Fact]
    public async Task A_calibration_of_another_quantity_or_unit_does_not_touch_the_input()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId series = await hub.RowsAsync("p", "ph", "[pH]", (10, 7));
        hub.State(new Deployment(Agent, "p", Probe, "", "", Instant.AtUtc(0)));
        hub.State(new Calibration(Probe, "voltage", "", "", "", 9, 0, Instant.AtUtc(0), ""));
        hub.State(new Calibration(Probe, "ph", "V", "", "", 9, 0, Instant.AtUtc(0), ""));
        hub.State(new Calibration(Probe, "", "", "salinity", "", 9, 0, Instant.AtUtc(0), ""));

        Assert.Equal([7.0], hub.Values(series));
    }

    [Fact]
    public async Task Series_of_several_boots_and_units_are_one_channel_in_one_unit()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 second = new(0xB1);
        await hub.DeclareAsync(Agent, second, BootKind.Device, 2, Boot);
        SeriesId cold = await hub.RowsAsync(Agent, Boot, "t", "water_temperature", "K", (10, 300.15));
        SeriesId warm = await hub.RowsAsync(Agent, second, "t", "water_temperature", "Cel", (10, 27));

        ChannelView channel = Assert.Single(hub.Book.Current.Channels);
        Assert.Equal([cold, warm], channel.Series);
        Assert.Equal(27, hub.Values(cold)[0], 9);
        Assert.Equal(27, hub.Values(warm)[0]);
        Assert.Same(hub.Book.Current.Series(cold).Channel, hub.Book.Current.Series(warm).Channel);
    }

    [Fact]
    public async Task What_is_simulated_or_claimed_by_nobody_says_so()
    {
        await using DeriveFixture hub = await OpenAsync();
        AgentId pond = hub.Fleet.EnsureForeign("lab/pond")!.Value;
        await hub.DeclareAsync(hub.Clock.HubId, hub.Clock.BootId, BootKind.Hub, hub.Clock.BootNo, default);
        SeriesId foreign = await hub.RowsAsync(new Id128(pond.Value), hub.Clock.BootId, "ph", "ph", "[pH]", (10, 7));
        SeriesId own = await hub.RowsAsync("ph", "ph", "[pH]", (10, 7));
        Assert.Equal((true, false), (hub.Book.Current.Series(foreign).Channel.Unclaimed, hub.Book.Current.Series(foreign).Channel.Simulated));

        hub.Fleet.Adopt(pond, "ao");
        hub.Fleet.ReportBirth(Owner, new Wire.V1.Birth { Simulated = true, Catalogs = { new Wire.V1.Catalog { Inputs = { new Wire.V1.Input { Port = "ph", Quantity = "ph", IntervalUs = 5, Label = "pH" } } } } });

        Assert.False(hub.Book.Current.Series(foreign).Channel.Unclaimed);
        ChannelView channel = hub.Book.Current.Series(own).Channel;
        Assert.Equal((true, 5L, "ag-1 pH"), (channel.Simulated, channel.IntervalUs, channel.DisplayName));
        Assert.Equal(["ag-1", "ao"], hub.Book.Current.Channels.Select(view => view.AgentSlug));
    }

    private static Calibration Calibrated(double slope, double offset, Instant from) => new(Probe, "", "", "", "", slope, offset, from, "");

    private static bool SameValues((double[] Left, double[] Right) a, (double[] Left, double[] Right) b) => a.Left.SequenceEqual(b.Left) && a.Right.SequenceEqual(b.Right);
}
