namespace StemLab.Science.Time;

public sealed class PhoneClocksTests
{
    private const long Second = 1_000_000;
    private const long Day = 86_400 * Second;
    private const long Noon = 1_795_521_600 * Second;

    [Fact]
    public void Forty_phones_of_which_two_are_a_day_off_make_one_anchor_and_the_two_are_named()
    {
        var random = new Random(1);
        var readings = Class(random, 40, bad: 0).ToList();
        readings[3] = readings[3] with { PhoneUtcUs = readings[3].PhoneUtcUs + Day };
        readings[7] = readings[7] with { PhoneUtcUs = readings[7].PhoneUtcUs - 365 * Day };
        var verdict = PhoneClocks.Judge(readings, 100 * Second);
        Assert.Equal((PhoneAgreement.Agreed, 40, 38), (verdict.Agreement, verdict.Phones, verdict.Agreeing));
        Assert.Equal([(UInt128)3, (UInt128)7], verdict.Outliers.Select(outlier => outlier.Phone));
        Assert.InRange(verdict.Outliers[0].OffByUs, Day - 5 * Second, Day + 5 * Second);
        Assert.InRange(Math.Abs(verdict.UtcUs - Noon), 0, verdict.SigmaUs);
        Assert.InRange(verdict.SigmaUs, 1, Second);
    }

    [Fact]
    public void Fewer_than_five_or_no_agreement_asks_the_teacher()
    {
        var random = new Random(2);
        Assert.Equal(PhoneAgreement.AskTeacher, PhoneClocks.Judge([.. Class(random, 4, bad: 0)], 100 * Second).Agreement);
        var quarrel = Enumerable.Range(0, 10).Select(i => new PhoneReading((UInt128)i, 100 * Second, Noon + i % 2 * 60 * Second, 20_000)).ToArray();
        var verdict = PhoneClocks.Judge(quarrel, 100 * Second);
        Assert.Equal((PhoneAgreement.AskTeacher, 5), (verdict.Agreement, verdict.Agreeing));
        Assert.True(verdict.SigmaUs >= 60 * Second);
        Assert.Equal(PhoneAgreement.NoPhones, PhoneClocks.Judge([], 0).Agreement);
    }

    [Fact]
    public void One_phone_has_one_voice_and_its_quickest_round_counts()
    {
        var rounds = Enumerable.Range(0, 8).Select(i => new PhoneReading(1, (100 + i) * Second, Noon + (i == 5 ? 0 : 300_000) + i * Second, i == 5 ? 4_000 : 800_000));
        var verdict = PhoneClocks.Judge([.. rounds], 100 * Second);
        Assert.Equal((1, Noon), (verdict.Phones, verdict.UtcUs));
    }

    [Fact]
    public void Unusable_readings_are_left_out_whatever_they_hold()
    {
        PhoneReading[] junk =
        [
            new(1, long.MinValue, Noon, 1), new(2, 0, long.MaxValue, 1), new(3, 0, Noon, -1), new(4, 0, Noon, long.MaxValue), new(5, 100 * Second, Noon, 1000),
        ];
        Assert.Equal((1, Noon), (PhoneClocks.Judge(junk, 100 * Second).Phones, PhoneClocks.Judge(junk, 100 * Second).UtcUs));
        Assert.Equal(PhoneAgreement.NoPhones, PhoneClocks.Judge(junk, long.MaxValue).Agreement);
    }

    [Fact]
    public void The_bound_holds_in_999_of_1000_classes_and_is_at_most_twice_the_error_of_95_percent()
    {
        foreach (var size in (int[])[5, 10, 20, 40])
        {
            var (errors, sigmas) = (new List<long>(), new List<long>());
            var agreed = 0;
            for (var seed = 0; seed < 3000; seed++)
            {
                var random = new Random(seed * 100 + size);
                var common = random.NextInt64(-100_000, 100_001);
                var verdict = PhoneClocks.Judge([.. Class(random, size, bad: 0.05).Select(reading => reading with { PhoneUtcUs = reading.PhoneUtcUs + common })], 100 * Second);
                if (verdict.Agreement != PhoneAgreement.Agreed)
                    continue;
                agreed++;
                errors.Add(Math.Abs(verdict.UtcUs - Noon));
                sigmas.Add(verdict.SigmaUs);
            }

            var kept = errors.Zip(sigmas).Count(pair => pair.First <= pair.Second) / (double)agreed;
            var p95 = errors.Order().ElementAt((int)(agreed * 0.95));
            var median = sigmas.Order().ElementAt(agreed / 2);
            TestContext.Current.TestOutputHelper?.WriteLine($"{size} phones: {agreed} of 3000 agreed, bound holds in {kept:P2}, sigma {median / 1e6:F2} s, p95 error {p95 / 1e6:F2} s");
            Assert.True(agreed > 2900);
            Assert.True(kept >= 0.999, $"{size}: {kept:P3}");
            Assert.True(median <= 2 * p95, $"{size}: {median} for {p95}");
        }
    }

    [Fact]
    public void The_order_of_the_readings_does_not_matter()
    {
        var random = new Random(5);
        var readings = Class(random, 30, bad: 0.2).ToArray();
        var one = PhoneClocks.Judge(readings, 100 * Second);
        random.Shuffle(readings);
        var other = PhoneClocks.Judge(readings, 100 * Second);
        Assert.Equal(one with { Outliers = [] }, other with { Outliers = [] });
        Assert.Equal(one.Outliers.AsEnumerable(), other.Outliers);
    }

    /// <summary>Without what a network may add to all. Phones of 0.4 s deviation, some badly wrong; eight rounds each.</summary>
    private static IEnumerable<PhoneReading> Class(Random random, int count, double bad)
    {
        for (var phone = 0; phone < count; phone++)
        {
            var off = 0.4e6 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            if (random.NextDouble() < bad)
                off += (random.NextDouble() - 0.5) * 2 * 40 * Day;
            var round = random.NextInt64(3_000, 60_000);
            yield return new PhoneReading((UInt128)phone, 100 * Second, Noon + (long)off + random.NextInt64(-round / 2, round / 2), round);
        }
    }
}
