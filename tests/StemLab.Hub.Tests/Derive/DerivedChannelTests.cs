using System.Collections.Immutable;
using CsCheck;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Science.Quality;
using StemLab.Science.Water;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

public sealed class DerivedChannelTests
{
    private static string Of(string port, string property) => $"agents/{Agent}/channels/{port}~{property}";

    private static DerivedBinding From(string name, string port, string property, string unit = "") => new(name, Of(port, property), unit);

    internal static DerivedChannelBody Salinity(long maxAgeUs = 0) => new(
        Agent,
        "salinity",
        "practical-salinity-pss78/1",
        "",
        "",
        "",
        [From("electrical_conductivity", "ec", "electrical_conductivity"), From("water_temperature", "t", "water_temperature")],
        maxAgeUs,
        "");

    private static DerivedChannelBody Free(string port, string expression, string unit, params DerivedBinding[] inputs) => new(Agent, port, "", expression, "", unit, [.. inputs], 0, "");

    private static Row[] Read(DeriveFixture hub, string name, Derivation? derivation = null, bool withUncertainty = false)
    {
        derivation ??= hub.Book.Current;
        using StoreSnapshot snapshot = hub.Store.Snapshot();
        Assert.True(derivation.TryFindChannel(name, out ChannelView? channel));
        var rows = new ChannelRows(snapshot, derivation, channel, long.MinValue, long.MaxValue, withUncertainty: withUncertainty);
        var all = new List<Row>();
        while (rows.TryNext(100, out RowStretch stretch))
        {
            for (int i = stretch.From; i < stretch.From + stretch.Count; i++)
            {
                DerivedColumns columns = stretch.Columns;
                all.Add(new Row(columns.UtcUs[i], columns.Value[i], columns.Flag[i], columns.Reason[i], withUncertainty ? columns.Uncertainty[i] : double.NaN));
            }

            rows.Release();
        }

        return [.. all];
    }

    private static async Task<DeriveFixture> SeaAsync()
    {
        DeriveFixture hub = await OpenAsync();
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        await hub.RowsAsync("t", "water_temperature", "Cel", (10 * Second, 20), (20 * Second, 25), (700 * Second, 30));
        await hub.RowsAsync("ec", "electrical_conductivity", "uS/cm", (5 * Second, 40_000), (10 * Second, 40_000), (25 * Second, 50_000), (400 * Second, 50_000), (705 * Second, double.NaN), (710 * Second, 50_000));
        return hub;
    }

    [Fact]
    public async Task Salinity_takes_the_newest_temperature_at_or_before_each_conductivity_and_says_where_there_is_none()
    {
        await using DeriveFixture hub = await SeaAsync();
        Fact fact = hub.State(Salinity());
        Row[] rows = Read(hub, Salinity().Channel);

        Assert.Equal(
            [double.NaN, Seawater.PracticalSalinity(40, 20, 0), Seawater.PracticalSalinity(50, 25, 0), double.NaN, double.NaN, Seawater.PracticalSalinity(50, 30, 0)],
            rows.Select(row => row.Value));
        Assert.Equal([9, 2, 2, 9, 9, 2], rows.Select(row => (int)row.Flag));
        Assert.Equal([FlagReasons.InputMissing, FlagReasons.None, FlagReasons.None, FlagReasons.InputMissing, FlagReasons.InputMissing, FlagReasons.None], rows.Select(row => row.Reason));
        Assert.True(hub.Book.Current.TryFindChannel(Salinity().Channel, out ChannelView? channel));
        Assert.Equal(("1", "practical_salinity", fact.FactId, "ag-1 salinity"), (channel.UnitUcum, channel.PropertyId, channel.DerivedBy, channel.DisplayName));
        Assert.Equal([Utc0 + (5 * Second), Utc0 + (10 * Second)], rows.Take(2).Select(row => row.UtcUs));
    }

    [Fact]
    public async Task A_longer_age_or_a_known_interval_lets_an_older_temperature_count()
    {
        await using DeriveFixture hub = await SeaAsync();
        hub.State(Salinity(maxAgeUs: 400 * Second));
        Assert.Equal([9, 2, 2, 2, 9, 2], Read(hub, Salinity().Channel).Select(row => (int)row.Flag));
    }

    [Fact]
    public async Task A_formula_may_rest_on_a_formula_and_keeps_units()
    {
        await using DeriveFixture hub = await SeaAsync();
        hub.State(Salinity());
        hub.State(Free("warmer", "t2 + 1.5", "[degF]", From("t2", "t", "water_temperature")));
        hub.State(Free("double", "2 * s * number(f; \"Cel\")", "1", From("s", "salinity", "practical_salinity"), From("f", "warmer", "warmer")));

        Assert.Equal([70.7, 79.7, 88.7], Read(hub, Of("warmer", "warmer")).Select(row => Math.Round(row.Value, 9)));
        Row[] rows = Read(hub, Of("double", "double"));
        Assert.Equal(2 * Seawater.PracticalSalinity(40, 20, 0) * 21.5, rows[1].Value, 9);
        Assert.Equal(2 * Seawater.PracticalSalinity(50, 25, 0) * 26.5, rows[2].Value, 9);
        Assert.Equal([9, 2, 2, 9, 9, 2], rows.Select(row => (int)row.Flag));
    }

    [Fact]
    public async Task What_a_formula_cannot_compute_is_missing_with_the_reason()
    {
        await using DeriveFixture hub = await OpenAsync();
        await hub.RowsAsync("a", "x", "1", (1, 4), (2, 0), (3, -1), (4, 1e300));
        hub.State(Free("one-over", "1 / a", "1", From("a", "a", "x")));
        hub.State(Free("log", "ln(a)", "1", From("a", "a", "x")));
        hub.State(Free("huge", "a * a", "1", From("a", "a", "x")));

        Assert.Equal([FlagReasons.None, FlagReasons.DividedByZero, FlagReasons.None, FlagReasons.None], Read(hub, Of("one-over", "one-over")).Select(row => row.Reason));
        Assert.Equal([FlagReasons.None, FlagReasons.NotDefined, FlagReasons.NotDefined, FlagReasons.None], Read(hub, Of("log", "log")).Select(row => row.Reason));
        Assert.Equal([2, 2, 2, 9], Read(hub, Of("huge", "huge")).Select(row => (int)row.Flag));
    }

    [Fact]
    public async Task Outside_of_where_the_formula_holds_the_value_is_suspect()
    {
        await using DeriveFixture hub = await OpenAsync();
        await hub.RowsAsync("air", "air_temperature", "Cel", (1, 15), (2, 30));
        await hub.RowsAsync("rh", "relative_humidity", "%", (1, 50));
        hub.State(new DerivedChannelBody(Agent, "felt", "heat-index-nws/1", "", "", "", [From("air_temperature", "air", "air_temperature"), From("relative_humidity", "rh", "relative_humidity")], 0, ""));
        Row[] rows = Read(hub, Of("felt", "heat_index"));
        Assert.Equal([(3, FlagReasons.OutsideValidity), (2, FlagReasons.None)], rows.Select(row => ((int)row.Flag, row.Reason)));
    }

    [Fact]
    public async Task Uncertainty_is_carried_to_first_order_and_absent_where_an_input_has_none()
    {
        await using DeriveFixture hub = await OpenAsync();
        await hub.RowsAsync("a", "x", "1", (1, 4), (2, 10));
        await hub.RowsAsync("b", "y", "1", (1, 3), (2, 3));
        await hub.RowsAsync("c", "z", "1", (1, 3), (2, 3));
        foreach ((string port, double sd) in new[] { ("a", 0.1), ("b", 0.2) })
        {
            Id128 probe = Id128.New();
            hub.State(new Deployment(Agent, port, probe, "", "", Instant.AtUtc(0)));
            hub.State(new Calibration(probe, "", "", "", "", 1, 0, Instant.AtUtc(0), "", new CalibrationMethod(CalibrationForm.Linear, [], [], [], ResidualSd: sd)));
        }

        hub.State(Free("sum", "a + 2 * b", "1", From("a", "a", "x"), From("b", "b", "y")));
        hub.State(Free("product", "a * b", "1", From("a", "a", "x"), From("b", "b", "y")));
        hub.State(Free("mixed", "a * c", "1", From("a", "a", "x"), From("c", "c", "z")));

        Assert.Equal(Math.Sqrt((0.1 * 0.1) + (0.4 * 0.4)), Read(hub, Of("sum", "sum"), withUncertainty: true)[0].Uncertainty, 12);
        Assert.Equal(Math.Sqrt(Math.Pow(10 * 0.2, 2) + Math.Pow(3 * 0.1, 2)), Read(hub, Of("product", "product"), withUncertainty: true)[1].Uncertainty, 12);
        Assert.All(Read(hub, Of("mixed", "mixed"), withUncertainty: true), row => Assert.True(double.IsNaN(row.Uncertainty)));
    }

    [Fact]
    public async Task A_calibration_of_an_input_changes_the_past_of_what_is_computed_from_it_and_an_undo_gives_it_back_bit_for_bit()
    {
        await using DeriveFixture hub = await SeaAsync();
        hub.State(Salinity());
        hub.State(Free("twice", "2 * s", "1", From("s", "salinity", "practical_salinity")));
        Row[] before = Read(hub, Of("twice", "twice"));
        long revision = hub.Book.Current.Revision;
        long version = hub.Book.Current.Version;

        Id128 probe = new(0x77);
        hub.State(new Deployment(Agent, "t", probe, "", "", Instant.AtUtc(0)));
        Fact calibration = hub.State(new Calibration(probe, "", "", "", "", 1, 2, Instant.AtBoot(Boot, 15 * Second), ""));

        Assert.Equal(2 * Seawater.PracticalSalinity(50, 27, 0), Read(hub, Of("twice", "twice"))[2].Value, 12);
        Assert.Equal(before[1], Read(hub, Of("twice", "twice"))[1]);
        Assert.Equal(before, Read(hub, Of("twice", "twice"), hub.Book.At(revision)));
        Assert.True(hub.Book.TryChangesSince(version, out ImmutableArray<DerivationChange> changes));
        Assert.Equal(
            [Of("salinity", "practical_salinity"), Of("twice", "twice"), Of("t", "water_temperature")],
            changes.SelectMany(change => change.Spans).Select(span => span.Channel).Distinct().Order(StringComparer.Ordinal));

        hub.Withdraw(calibration);
        Assert.Equal(before, Read(hub, Of("twice", "twice")));
    }

    [Fact]
    public async Task Coming_going_and_late_inputs_are_told_as_changes()
    {
        await using DeriveFixture hub = await SeaAsync();
        long version = hub.Book.Current.Version;
        Fact fact = hub.State(Salinity());
        _ = hub.Book.Current;
        await hub.RowsAsync("t", "water_temperature", "Cel", (390 * Second, 22));
        hub.Book.PublishLate();
        hub.Withdraw(fact);
        _ = hub.Book.Current;

        Assert.True(hub.Book.TryChangesSince(version, out ImmutableArray<DerivationChange> changes));
        ChangedSpan[] spans = [.. changes.SelectMany(change => change.Spans)];
        Assert.All(spans, span => Assert.Equal(Salinity().Channel, span.Channel));
        Assert.Equal(
            [(Utc0 + (5 * Second), Utc0 + (710 * Second) + 1), (Utc0 + (390 * Second), Utc0 + (690 * Second) + 1), (Utc0 + (5 * Second), Utc0 + (710 * Second) + 1)],
            spans.Select(span => (span.FromUtcUs, span.ToUtcUs)));
        Assert.False(hub.Book.Current.TryFindChannel(Salinity().Channel, out _));
    }

    [Fact]
    public async Task New_series_of_an_input_are_taken_in_and_keep_their_numbers()
    {
        await using DeriveFixture hub = await SeaAsync();
        hub.State(Salinity());
        Assert.True(hub.Book.Current.TryFindChannel(Salinity().Channel, out ChannelView? before));
        await hub.DeclareAsync(Agent, new(0xB1), BootKind.Device, 2, Boot);
        hub.State(new UtcAnchor(new(0xB1), 0, Utc0 + (2000 * Second), 1000, "gps"));
        await hub.RowsAsync(Agent, new(0xB1), "t", "water_temperature", "Cel", (0, 10));
        await hub.RowsAsync(Agent, new(0xB1), "ec", "electrical_conductivity", "mS/cm", (1, 30));

        Assert.True(hub.Book.Current.TryFindChannel(Salinity().Channel, out ChannelView? after));
        Assert.Equal((1, 2, before.Series[0]), (before.Series.Length, after.Series.Length, after.Series[0]));
        Assert.Equal(Seawater.PracticalSalinity(30, 10, 0), Read(hub, Salinity().Channel)[^1].Value, 12);
    }

    [Fact]
    public async Task Rings_lost_inputs_and_two_of_one_name_have_no_channel_and_say_why_in_both_languages()
    {
        await using DeriveFixture hub = await SeaAsync();
        hub.State(Free("one", "b + 1", "1", From("b", "two", "two")));
        hub.State(Free("two", "a + 1", "1", From("a", "one", "one")));
        hub.State(Free("three", "a + 1", "1", From("a", "two", "two")));
        hub.State(Free("lost", "a + 1", "1", From("a", "gone", "x")));
        hub.State(Free("units", "a + t", "", From("a", "ec", "electrical_conductivity"), From("t", "t", "water_temperature")));
        hub.State(Free("same", "t", "", From("t", "t", "water_temperature")));
        hub.State(Free("same", "t + 1", "", From("t", "t", "water_temperature")));
        ImmutableArray<DerivedState> states = hub.Book.Current.Derived.States;

        Assert.Equal(1, states.Count(state => state.Channel is not null));
        Assert.All(states.Where(state => state.Channel is null), state => Assert.All(state.Problems, problem => Assert.True(problem.Sentence.En.Length > 10 && problem.Sentence.Vi.Length > 10)));
        Assert.Equal(
            ["lost inputs[0].channel", "one inputs", "same port", "three inputs", "two inputs", "units expression"],
            states.Where(state => state.Channel is null).Select(state => $"{state.Body.Port} {state.Problems[0].Field}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_order_of_facts_does_not_matter()
    {
        await using DeriveFixture hub = await SeaAsync();
        Id128 probe = new(0x77);
        FactBody[] bodies =
        [
            Salinity(),
            Free("twice", "2 * s", "1", From("s", "salinity", "practical_salinity")),
            Free("four", "2 * s + x", "1", From("s", "twice", "twice"), From("x", "salinity", "practical_salinity")),
            Free("ring-a", "x", "1", From("x", "ring-b", "ring-b")),
            Free("ring-b", "x", "1", From("x", "ring-a", "ring-a")),
            Free("twice", "3 * s", "1", From("s", "salinity", "practical_salinity")),
            new Deployment(Agent, "t", probe, "", "", Instant.AtUtc(0)),
            new Calibration(probe, "", "", "", "", 1.01, 0.3, Instant.AtUtc(0), ""),
        ];
        Fact[] facts = [.. bodies.Select((body, i) => new Fact(new Id128((UInt128)(0x1000 + i)), hub.Clock.HubId, hub.Clock.Now, FactRoles.Teacher, body, [], 0))];
        DerivationInputs inputs = hub.Book.Current.Inputs;

        Derivation Under(IEnumerable<Fact> order)
        {
            FactSnapshot snapshot = FactSnapshot.Of(9, inputs.Facts.All.Concat(order));
            return Derivation.Build(inputs with { Facts = snapshot, Plan = new ProbePlan(snapshot, inputs.Instants) }, 0);
        }

        string Said(Derivation derivation) => string.Join('\n', derivation.Derived.States.Select(state => $"{state.Fact.FactId} {state.Channel?.Name} {string.Join(' ', state.Problems.Select(problem => problem.Sentence.En))}"))
            + string.Join('\n', derivation.Derived.Views.Select(view => $"{view.Name} {string.Join(' ', Read(hub, view.Name, derivation).Select(row => BitConverter.DoubleToInt64Bits(row.Value)))}"));

        string expected = Said(Under(facts));
        Assert.Contains("ring-a", expected, StringComparison.Ordinal);
        Gen.Shuffle(facts).Sample(order => Said(Under(order)) == expected, iter: 50);
    }

    [Fact]
    public async Task Erased_rows_of_an_input_are_told_as_changes_of_what_rests_on_it()
    {
        await using DeriveFixture hub = await SeaAsync();
        hub.State(Salinity());
        long before = hub.Book.Current.Revision;
        hub.State(new Erasure("", [], 0, 0, "test", [new RemovedSpan(Boot, Agent, "t", "water_temperature", "Cel", 0, 15 * Second, 21 * Second, 1)]));
        ImmutableArray<ChangedSpan> spans = hub.Book.ChangesBetween(before, hub.Book.Current.Revision);
        Assert.Equal([Salinity().Channel, Of("t", "water_temperature")], spans.Select(span => span.Channel));
        Assert.Equal((Utc0 + (15 * Second), Utc0 + (320 * Second)), (spans[0].FromUtcUs, spans[0].ToUtcUs - Second));
    }

    private sealed record Row(long UtcUs, double Value, byte Flag, FlagReasons Reason, double Uncertainty);
}
