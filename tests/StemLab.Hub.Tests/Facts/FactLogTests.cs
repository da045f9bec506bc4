using System.Collections.Immutable;
using CsCheck;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

public sealed class FactLogTests
{
    private static readonly Id128 Probe = new(5);

    [Fact]
    public void One_transaction_is_one_revision_and_outlives_a_restart()
    {
        using var hub = new FactFixture();
        FactCommit first = hub.Log.Append(FactFixture.Draft(FactFixture.Slope(Probe, 2)), FactFixture.Draft(FactFixture.Slope(Probe, 3)));
        FactCommit second = hub.Log.Append(FactFixture.Draft(FactFixture.Slope(Probe, 4)));
        Id128 hubId = hub.Identity.HubId;

        hub.Reopen();

        Assert.Equal((1, 2, 2), (first.Revision, second.Revision, hub.Log.Current.Revision));
        Assert.Equal(hubId, hub.Identity.HubId);
        Assert.Equal(3, hub.Log.Current.Effective.Length);
        Assert.Equal(second.Stated[0], hub.Log.Current.All.Single(fact => fact.FactId == second.Stated[0].FactId), SameFact);
    }

    [Fact]
    public void Withdrawing_gives_the_state_before_and_keeps_the_past_askable()
    {
        using var hub = new FactFixture();
        Id128 before = hub.Log.Append(FactFixture.Draft(FactFixture.Slope(Probe, 2))).Stated[0].FactId;
        FactCommit stated = hub.Log.Append(FactFixture.Draft(FactFixture.Slope(Probe, 3)));
        hub.Log.Append(FactFixture.Draft(new Withdrawal("typed wrong"), stated.Stated[0].FactId));

        Assert.Equal([before], hub.Log.Current.Of<Calibration>().Select(fact => fact.Fact.FactId));
        Assert.Equal(2, hub.Log.At(2).Of<Calibration>().Count());
        Assert.Single(hub.Log.At(1).Of<Calibration>());
        Assert.Empty(hub.Log.At(0).All);
        Assert.Equal(3, hub.Log.At(99).Revision);
    }

    [Fact]
    public void Facts_merged_in_any_order_and_any_number_of_times_give_the_same_snapshot() =>
        Gen.Int[0, int.MaxValue].Sample(
            seed =>
            {
                using var source = new FactFixture();
                using var target = new FactFixture();
                var random = new Random(seed);
                ImmutableArray<Fact> facts = Story(source, random);

                Fact[] shuffled = [.. facts, .. facts];
                random.Shuffle(shuffled);
                foreach (Fact[] part in shuffled.Chunk(1 + random.Next(shuffled.Length)))
                {
                    target.Log.Merge(part);
                }

                long revision = target.Log.Current.Revision;
                FactCommit again = target.Log.Merge(facts);
                target.Reopen();
                return again.Stated.IsEmpty && again.Revision == revision && target.Log.Current.Revision == revision
                    && Words(source.Log.Current.Effective).SequenceEqual(Words(target.Log.Current.Effective));
            },
            iter: 30,
            threads: 1);

    [Fact]
    public void Two_facts_that_claim_one_id_count_as_the_same_one_in_either_order()
    {
        using var hub = new FactFixture();
        using var left = new FactFixture();
        using var right = new FactFixture();
        Fact fact = hub.Log.Append(FactFixture.Draft(FactFixture.Slope(Probe, 2))).Stated[0];
        Fact forged = fact with { Body = FactFixture.Slope(Probe, 3) };

        left.Log.Merge([fact]);
        left.Log.Merge([forged]);
        right.Log.Merge([forged, fact]);

        Assert.Equal(Words(left.Log.Current.Effective), Words(right.Log.Current.Effective));
        Assert.Single(left.Log.Current.All);
    }

    [Fact]
    public void A_kind_from_a_newer_hub_is_kept_and_passed_on_as_it_came()
    {
        using var hub = new FactFixture();
        var fact = new Fact(Id128.New(), Id128.New(), FactFixture.Now, "teacher", FactJson.Read("limit", "{\"max\":3}"), [], 0);

        hub.Log.Merge([fact]);
        hub.Reopen();

        UnknownBody body = Assert.IsType<UnknownBody>(hub.Log.Current.All.Single().Body);
        Assert.Equal(("limit", "{\"max\":3}"), (body.Kind, FactJson.Write(body)));
    }

    [Fact]
    public void A_run_of_before_purposes_is_real_and_keeps_its_bytes_and_a_practice_run_is_one_wherever_it_is_merged()
    {
        using var hub = new FactFixture();
        using var elsewhere = new FactFixture();
        const string before = """{"run":"00000000000000000000000000000005","title":"t","channels":[],"start":{"utc_us":1},"end":null}""";
        Run old = Assert.IsType<Run>(FactJson.Read(Run.KindName, before));
        Assert.False(old.IsPractice);
        Assert.Equal(before, FactJson.Write(old));

        Fact practice = hub.Log.Append(FactFixture.Draft(old with { Purpose = Run.Practice })).Stated[0];
        elsewhere.Log.Merge([practice]);
        elsewhere.Reopen();

        Assert.True(elsewhere.Log.Current.Of<Run>().Single().Body.IsPractice);
        Assert.Equal(before[..^1] + ",\"purpose\":\"practice\"}", FactJson.Write(elsewhere.Log.Current.All.Single().Body));
        Assert.Equal("run.purpose", FactCheck.Problems(FactFixture.Draft(old with { Purpose = "fun" })).Single().Path);
    }

    [Fact]
    public async Task Whoever_waits_hears_of_the_next_revision()
    {
        using var hub = new FactFixture();
        Task waiting = hub.Log.WaitForChangeAsync(0, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        hub.Log.Append(FactFixture.Draft(FactFixture.Slope(Probe, 2)));

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.True(hub.Log.WaitForChangeAsync(0, TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void Every_body_survives_its_json()
    {
        Instant at = Instant.AtBoot(new Id128(9), -5);
        FactBody[] bodies =
        [
            new ClockTie(new Id128(1), -1, new Id128(2), long.MaxValue, 3),
            new UtcAnchor(new Id128(1), 2, 1_700_000_000_000_000, 7, "ntp"),
            new Deployment(new Id128(1), "exo/temp", Probe, "Độ mặn", "s\"1", at),
            new Calibration(Probe, "voltage", "V", "ph", "[pH]", -5.7000000000000002, 1e-300, Instant.AtUtc(3), "note"),
            new Run(new Id128(4), "Triều lên", ["agents/1/channels/ph~ph"], at, null),
            new Run(new Id128(4), "", [], at, Instant.AtUtc(9)),
            new Withdrawal("why"),
            new Calibration(Probe, "voltage", "mV", "ph", "[pH]", -0.017, 7, Instant.AtUtc(3), "", FactFixture.PhMethod),
            new CalibrationCheck(Probe, at, [new StandardReading(7.1, 7)], ""),
            new DriftSpread(Probe, new Id128(1), new Id128(2), at, Instant.AtUtc(9), DriftSpread.Linear, "sau chuyến đi"),
            new BootBound(new Id128(1), 1_700_000_000_000_000, null, "teacher"),
        ];

        foreach (FactBody body in bodies)
        {
            string json = FactJson.Write(body);
            Assert.Equal(json, FactJson.Write(FactJson.Read(body.Kind, json)));
            Assert.IsType(body.GetType(), FactJson.Read(body.Kind, json));
        }

        Assert.Equal("""{"boot_a":"00000000000000000000000000000001","t_a_us":-1,"boot_b":"00000000000000000000000000000002","t_b_us":9223372036854775807,"sigma_us":3}""", FactJson.Write(bodies[0]));
    }

    [Fact]
    public void A_calibration_stored_before_methods_existed_reads_and_keeps_its_bytes()
    {
        const string Stored = """{"probe":"00000000000000000000000000000005","input_quantity":"","input_unit":"","output_property":"ph","output_unit":"","slope":2,"offset":0.5,"valid_from":{"utc_us":0},"note":""}""";

        var calibration = Assert.IsType<Calibration>(FactJson.Read(Calibration.KindName, Stored));

        Assert.Null(calibration.Method);
        Assert.Equal(Stored, FactJson.Write(calibration));
    }

    [Fact]
    public void A_method_of_a_newer_hub_is_kept_as_it_came()
    {
        string json = FactJson.Write(new Calibration(Probe, "", "", "ph", "", 1, 0, Instant.AtUtc(3), "", FactFixture.PhMethod)).Replace("\"form\":\"ph\"", "\"form\":\"spline\"", StringComparison.Ordinal);

        var body = Assert.IsType<UnknownBody>(FactJson.Read(Calibration.KindName, json));

        Assert.Equal(json, FactJson.Write(body));
    }

    [Fact]
    public void Every_mistake_in_a_method_a_check_a_spread_and_a_bound_is_named()
    {
        CalibrationMethod ph = FactFixture.PhMethod;
        CalibrationMethod plain = ph with { Form = CalibrationForm.Linear, Compensations = [], ReferenceCelsius = null };
        (FactBody Body, string Path)[] wrong =
        [
            (Calibrated(ph with { Compensations = [] }), "calibration.method.compensations"),
            (Calibrated(ph with { Compensations = [ph.Compensations[0] with { MaxAgeUs = 0 }] }), "calibration.method.compensations"),
            (Calibrated(ph with { Compensations = [ph.Compensations[0] with { Default = double.NaN }] }), "calibration.method.compensations"),
            (Calibrated(ph with { Compensations = [ph.Compensations[0], ph.Compensations[0]] }), "calibration.method.compensations"),
            (Calibrated(ph with { ReferenceCelsius = 900 }), "calibration.method.reference_celsius"),
            (Calibrated(plain with { Coefficients = [1, 2] }), "calibration.method.coefficients"),
            (Calibrated(plain with { Form = CalibrationForm.Polynomial, Coefficients = [1, 0, 0] }), "calibration.method.coefficients"),
            (Calibrated(plain with { Form = CalibrationForm.Polynomial, Coefficients = [1, double.NaN] }), "calibration.method.coefficients"),
            (Calibrated(plain with { Form = CalibrationForm.Table, Points = [new StandardReading(1, 1), new StandardReading(1, 2)] }), "calibration.method.points"),
            (Calibrated(plain with { Form = (CalibrationForm)77 }), "calibration.method.form"),
            (Calibrated(plain with { Points = [new StandardReading(double.PositiveInfinity, 1)] }), "calibration.method.points[0]"),
            (Calibrated(plain with { ResidualSd = -1 }), "calibration.method.residual_sd"),
            (Calibrated(plain with { ValidUntil = Instant.AtUtc(-1) }), "calibration.method.valid_until"),
            (new CalibrationCheck(Probe, Instant.AtUtc(1), [], ""), "calibration_check.points"),
            (new CalibrationCheck(Probe, Instant.AtUtc(1), [new StandardReading(1, 7), new StandardReading(2, 7)], ""), "calibration_check.points"),
            (new DriftSpread(Probe, new Id128(1), new Id128(1), Instant.AtUtc(1), Instant.AtUtc(2), DriftSpread.Linear, ""), "drift_spread.to_fact"),
            (new DriftSpread(Probe, new Id128(1), new Id128(2), Instant.AtUtc(2), Instant.AtUtc(2), DriftSpread.Linear, ""), "drift_spread.end"),
            (new DriftSpread(Probe, new Id128(1), new Id128(2), Instant.AtUtc(1), Instant.AtUtc(2), "curly", ""), "drift_spread.way"),
            (new BootBound(new Id128(1), null, null, "teacher"), "boot_bound"),
            (new BootBound(new Id128(1), 2, 1, "teacher"), "boot_bound.not_after_utc_us"),
        ];

        foreach ((FactBody body, string path) in wrong)
        {
            Assert.Contains(path, FactCheck.Problems(FactFixture.Draft(body)).Select(problem => problem.Path));
        }

        Assert.Empty(FactCheck.Problems(FactFixture.Draft(Calibrated(ph))));
        Assert.Empty(FactCheck.Problems(FactFixture.Draft(Calibrated(plain))));

        static Calibration Calibrated(CalibrationMethod method) => new(Probe, "", "", "", "", -0.017, 7, Instant.AtUtc(0), "", method);
    }

    [Fact]
    public void A_draft_is_refused_with_all_that_is_wrong()
    {
        using var hub = new FactFixture();
        var draft = new FactDraft(new Calibration(default, "", "", "", "", 0, double.NaN, Instant.AtUtc(-1), ""), Instant.AtUtc(1), "pupil");

        ImmutableArray<FactProblem> problems = FactCheck.Problems(draft);

        Assert.Equal(
            ["by_role", "calibration.offset", "calibration.probe_id", "calibration.slope", "calibration.valid_from", "made_at"],
            problems.Select(problem => problem.Path).Order(StringComparer.Ordinal));
        Assert.Throws<ArgumentException>(() => hub.Log.Append(draft));
        Assert.Equal(0, hub.Log.Current.Revision);
    }

    private static bool SameFact(Fact left, Fact right) => Words([left]).SequenceEqual(Words([right]));

    private static IEnumerable<string> Words(IEnumerable<Fact> facts) => facts.Select(fact => Convert.ToHexString(FactJson.Digest(fact)));

    /// <summary>Random facts, some of which supersede earlier ones.</summary>
    private static ImmutableArray<Fact> Story(FactFixture hub, Random random)
    {
        for (int i = 0; i < 12; i++)
        {
            ImmutableArray<Fact> known = hub.Log.Current.All;
            Id128[] supersedes = known.Length > 0 && random.Next(2) == 0 ? [known[random.Next(known.Length)].FactId] : [];
            hub.Log.Append(FactFixture.Draft(FactFixture.Slope(new Id128((UInt128)random.Next(1, 4)), 1 + random.NextDouble()), supersedes));
        }

        return hub.Log.Current.All;
    }
}
