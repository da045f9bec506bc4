using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.Science.Units;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

/// <summary>The trip: calibrate, sail, check in the same standards, spread the drift between, look at both, take it back.</summary>
public sealed class ProbeDriftTests
{
    private static readonly Id128 Probe = new(0x77);

    [Fact]
    public async Task What_a_check_found_is_spread_evenly_over_the_trip_and_stays_after_it()
    {
        await using DeriveFixture hub = await Trip();
        SeriesId series = hub.Store.Dictionary.Series.Span[0].Id;
        Fact calibration = hub.State(new Calibration(Probe, "", "", "", "", 1, 0, Instant.AtBoot(Boot, 100 * Second), ""));
        Fact check = hub.State(new CalibrationCheck(Probe, Instant.AtBoot(Boot, 300 * Second), [new StandardReading(7.2, 7)], ""));
        hub.State(new DriftSpread(Probe, calibration.FactId, check.FactId, Instant.AtBoot(Boot, 100 * Second), Instant.AtBoot(Boot, 300 * Second), DriftSpread.Linear, ""));

        (double[] value, byte[] flag, _, _) = hub.All(hub.Book.Current, series);

        AssertNear([8, 8, 7.95, 7.9, 7.85, 7.8, 7.8], value);
        Assert.All(flag, one => Assert.Equal(2, one));
    }

    [Fact]
    public async Task Undoing_a_spread_gives_every_bit_back_and_an_earlier_revision_never_saw_it()
    {
        await using DeriveFixture hub = await Trip();
        SeriesId series = hub.Store.Dictionary.Series.Span[0].Id;
        Fact calibration = hub.State(new Calibration(Probe, "", "", "", "", 1.013, -0.07, Instant.AtUtc(0), ""));
        Fact check = hub.State(new CalibrationCheck(Probe, Instant.AtBoot(Boot, 300 * Second), [new StandardReading(7.2, 7), new StandardReading(4.3, 4.01)], ""));
        long before = hub.Book.Current.Revision;
        (double[] Value, byte[] Flag, long[] Utc) then = hub.Read(hub.Book.Current, series);
        long version = hub.Book.Current.Version;
        Fact spread = hub.State(new DriftSpread(Probe, calibration.FactId, check.FactId, Instant.AtBoot(Boot, 100 * Second), Instant.AtBoot(Boot, 300 * Second), DriftSpread.Linear, ""));
        Assert.NotEqual(then.Value, hub.Values(series));
        Assert.Equal(Bits(then.Value), Bits(hub.Read(hub.Book.At(before), series).Value));

        hub.Withdraw(spread);

        (double[] value, byte[] flag, long[] utc) = hub.Read(hub.Book.Current, series);
        Assert.Equal(Bits(then.Value), Bits(value));
        Assert.Equal(then.Flag, flag);
        Assert.Equal(then.Utc, utc);
        Assert.True(hub.Book.TryChangesSince(version, out var changes));
        Assert.Equal([1, 1], changes.Select(change => change.Spans.Length));
    }

    [Fact]
    public async Task Between_two_calibrations_the_maps_are_those_of_the_fit()
    {
        await using DeriveFixture hub = await Trip();
        SeriesId series = hub.Store.Dictionary.Series.Span[0].Id;
        Fact first = hub.State(new Calibration(Probe, "", "", "", "", 1.02, 0.1, Instant.AtBoot(Boot, 100 * Second), ""));
        Fact second = hub.State(new Calibration(Probe, "", "", "", "", 0.97, 0.3, Instant.AtBoot(Boot, 300 * Second), ""));
        hub.State(new DriftSpread(Probe, first.FactId, second.FactId, Instant.AtBoot(Boot, 100 * Second), Instant.AtBoot(Boot, 300 * Second), DriftSpread.Linear, ""));

        Derivation derivation = hub.Book.Current;

        var spread = new Science.Calibration.DriftSpread(Utc(hub, 100), new AffineMap(1.02, 0.1), Utc(hub, 300), new AffineMap(0.97, 0.3));
        double[] expected = [8, .. new[] { 100, 150, 200, 250, 300, 350 }.Select(s => spread.At(Utc(hub, s)).Apply(8))];
        AssertNear(expected, hub.Values(series));
    }

    [Fact]
    public async Task A_spread_goes_on_over_a_reboot_and_a_clock_that_heals_later()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 next = new(0xB1);
        await hub.DeclareAsync(Agent, next, BootKind.Device, 2, Boot);
        SeriesId first = await hub.RowsAsync("p", "ph", "[pH]", (100 * Second, 8), (200 * Second, 8));
        SeriesId second = await hub.RowsAsync(Agent, next, "p", "ph", "[pH]", (0, 8), (100 * Second, 8));
        hub.State(new Deployment(Agent, "p", Probe, "", "", Instant.AtUtc(0)));
        Fact calibration = hub.State(new Calibration(Probe, "", "", "", "", 1, 0, Instant.AtBoot(Boot, 100 * Second), ""));
        Fact check = hub.State(new CalibrationCheck(Probe, Instant.AtBoot(next, 100 * Second), [new StandardReading(7.4, 7)], ""));
        hub.State(new DriftSpread(Probe, calibration.FactId, check.FactId, Instant.AtBoot(Boot, 100 * Second), Instant.AtBoot(next, 100 * Second), DriftSpread.Linear, ""));

        // Nobody can say yet how long the trip was: nothing is spread.
        Assert.Equal([8.0, 8, 8, 8], hub.Values(first).Concat(hub.Values(second)));

        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        hub.State(new UtcAnchor(next, 0, Utc0 + (400 * Second), 1000, "gps"));

        AssertNear([8, 7.9, 7.7, 7.6], [.. hub.Values(first), .. hub.Values(second)]);
    }

    [Fact]
    public async Task The_doubt_about_the_way_is_largest_in_the_middle_and_the_fits_own_at_the_ends()
    {
        await using DeriveFixture hub = await Trip();
        SeriesId series = hub.Store.Dictionary.Series.Span[0].Id;
        var method = new CalibrationMethod(CalibrationForm.Offset, [], [new StandardReading(7, 7)], [], ResidualSd: 0.01);
        Fact calibration = hub.State(new Calibration(Probe, "", "", "", "", 1, 0, Instant.AtBoot(Boot, 100 * Second), "", method));
        Fact check = hub.State(new CalibrationCheck(Probe, Instant.AtBoot(Boot, 300 * Second), [new StandardReading(7.2, 7)], ""));
        hub.State(new DriftSpread(Probe, calibration.FactId, check.FactId, Instant.AtBoot(Boot, 100 * Second), Instant.AtBoot(Boot, 300 * Second), DriftSpread.Linear, ""));

        double[] uncertainty = hub.All(hub.Book.Current, series).Uncertainty;

        Assert.True(double.IsNaN(uncertainty[0]));
        AssertNear([0.01, Math.Sqrt((0.01 * 0.01 / 2) + (0.2 * 0.2 / 12)), 0.01], [uncertainty[1], uncertainty[3], uncertainty[5]]);
    }

    [Fact]
    public async Task A_spread_whose_calibration_or_check_is_taken_back_does_nothing()
    {
        await using DeriveFixture hub = await Trip();
        SeriesId series = hub.Store.Dictionary.Series.Span[0].Id;
        Fact calibration = hub.State(new Calibration(Probe, "", "", "", "", 1, 0, Instant.AtBoot(Boot, 100 * Second), ""));
        Fact check = hub.State(new CalibrationCheck(Probe, Instant.AtBoot(Boot, 300 * Second), [new StandardReading(7.2, 7)], ""));
        hub.State(new DriftSpread(Probe, calibration.FactId, check.FactId, Instant.AtBoot(Boot, 100 * Second), Instant.AtBoot(Boot, 300 * Second), DriftSpread.Linear, ""));
        Assert.NotEqual(8, hub.Values(series)[3]);

        hub.Withdraw(check);

        Assert.All(hub.Values(series), value => Assert.Equal(8, value));
    }

    [Fact]
    public async Task Rows_and_buckets_agree_and_show_the_value_before_beside_the_one_after()
    {
        await using DeriveFixture hub = await OpenAsync();
        hub.State(new Deployment(Agent, "a0", Probe, "", "", Instant.AtUtc(0)));
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        SeriesId series = await hub.RowsAsync("a0", "voltage", "mV", [.. Enumerable.Range(0, 2000).Select(i => (i * Second, i % 97 == 0 ? double.NaN : -60 + (i % 11)))]);
        await hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(0, 200).Select(i => (i * 10 * Second, 20 + (i % 7)))]);
        var method = new CalibrationMethod(CalibrationForm.Ph, [], [], [new Compensation(CompensationRole.Temperature, "water_temperature", 5 * Second)], ReferenceCelsius: 25);
        Fact calibration = hub.State(new Calibration(Probe, "voltage", "mV", "ph", "[pH]", -0.017, 7, Instant.AtUtc(0), "", method));
        Fact check = hub.State(new CalibrationCheck(Probe, Instant.AtBoot(Boot, 1500 * Second), [new StandardReading(5, 7, Celsius: 25), new StandardReading(170, 4.01, Celsius: 25)], ""));
        long before = hub.Book.Current.Revision;
        Fact spread = hub.State(new DriftSpread(Probe, calibration.FactId, check.FactId, Instant.AtBoot(Boot, 500 * Second), Instant.AtBoot(Boot, 1500 * Second), DriftSpread.Linear, ""));
        string channel = hub.Book.Current.Series(series).Channel.Name;

        // Invented readings jump: nobody is to judge them.
        hub.State(new QualityRules("ph", "", null, "", QualityFactCheck.Tests));
        hub.State(new QualityRules("water_temperature", "", null, "", QualityFactCheck.Tests));
        var query = new ReadingQuery(hub.Store, hub.Book, hub.Judged(), hub.Clock);

        foreach (V1.QueryReadingsRequest request in new[] { new V1.QueryReadingsRequest { BaselineRevision = before }, new V1.QueryReadingsRequest { BaselineWithoutDrift = true } })
        {
            request.Channels.Add(channel);
            request.WithDetails = true;
            V1.ReadingBlock rows = Assert.Single((await Answer(query, request)).SelectMany(answer => answer.Blocks));
            request.MaxBuckets = 20;
            V1.BucketBlock buckets = Assert.Single((await Answer(query, request)).SelectMany(answer => answer.Buckets));

            double[] then = hub.Read(hub.Book.At(before), series).Value;
            Assert.Equal(Bits(then), Bits([.. rows.Baseline]));
            Assert.Equal(Bits(hub.Values(series)), Bits([.. rows.Value]));
            Assert.Contains(3u, rows.Flag);
            Assert.Contains(1ul, rows.Reason);
            V1.CalibrationStretch made = Assert.Single(rows.Calibrations);
            Assert.Equal((0u, calibration.FactId.ToString(), spread.FactId.ToString(), Probe.ToString()), (made.FromIndex, made.Calibration, made.DriftSpread, made.Probe));
            long at = rows.BaseTimeUs;
            long[] utc = [.. rows.DeltaTimeUs.Select(delta => at += delta)];
            for (int i = 0; i < buckets.Index.Count; i++)
            {
                long from = buckets.StartTimeUs + (buckets.Index[i] * buckets.WidthUs);
                double[] inside = [.. rows.Value.Where((value, row) => utc[row] >= from && utc[row] < from + buckets.WidthUs && !double.IsNaN(value))];
                double[] insideThen = [.. rows.Baseline.Where((value, row) => utc[row] >= from && utc[row] < from + buckets.WidthUs && !double.IsNaN(value))];
                Assert.Equal((inside.Length, inside.Min(), inside.Max(), inside[0], inside[^1]), (buckets.Count[i], buckets.Min[i], buckets.Max[i], buckets.First[i], buckets.Last[i]));
                AssertNear([inside.Average(), insideThen.Average()], [buckets.Mean[i], buckets.BaselineMean[i]]);
            }

            request.MaxBuckets = 0;
        }
    }

    private static async Task<DeriveFixture> Trip()
    {
        DeriveFixture hub = await OpenAsync();
        await hub.RowsAsync("p", "ph", "[pH]", (50 * Second, 8), (100 * Second, 8), (150 * Second, 8), (200 * Second, 8), (250 * Second, 8), (300 * Second, 8), (350 * Second, 8));
        hub.State(new Deployment(Agent, "p", Probe, "", "", Instant.AtUtc(0)));
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        return hub;
    }

    private static long Utc(DeriveFixture hub, int second) => hub.Book.Current.MapOf(new BootId(Boot.Value)).ToUtc(second * Second);

    private static long[] Bits(double[] values) => Array.ConvertAll(values, BitConverter.DoubleToInt64Bits);

    private static async Task<List<V1.QueryReadingsResponse>> Answer(ReadingQuery query, V1.QueryReadingsRequest request)
    {
        var answers = new List<V1.QueryReadingsResponse>();
        await foreach (V1.QueryReadingsResponse answer in query.RunAsync(request, ChannelSelection.Parse(request.Channels, out _), TestContext.Current.CancellationToken))
        {
            answers.Add(answer);
        }

        return answers;
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-11, $"row {i}: expected {expected[i]}, found {actual[i]}");
        }
    }
}
