using System.Collections.Immutable;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

/// <summary>Rows that are taken out also change what was computed with them; whoever shows that is told.</summary>
public sealed class RemovedInputTests
{
    private static readonly Id128 Probe = new(0x77);

    [Fact]
    public async Task Erasing_a_temperature_names_the_ph_it_corrects_and_what_is_computed_from_that()
    {
        await using DeriveFixture hub = await OpenAsync();
        SeriesId ph = await ElectrodeAsync(hub);
        await hub.RowsAsync("t", "water_temperature", "Cel", (100 * Second, 20), (200 * Second, 30), (300 * Second, 20));
        await hub.RowsAsync("z", "water_temperature", "Cel", (100 * Second, 20));
        hub.State(new DerivedChannelBody(Agent, "acid", "", "p + p", "", "", [new DerivedBinding("p", NameOf(hub, ph), "")], 0, ""));
        double[] before = hub.Values(ph);
        long revision = hub.Log.Current.Revision;
        long version = hub.Book.Current.Version;

        hub.State(new Erasure("", [], 0, 0, "a kettle", [Span("t", 200 * Second, (200 * Second) + 1)]));

        (string Channel, long FromUs, long ToUs)[] expected =
        [
            ("acid~acid", 200 * Second, 260 * Second),
            ("a0~ph", 200 * Second, 260 * Second),
            ("t~water_temperature", 200 * Second, 200 * Second),
        ];
        Assert.Equal(Order(expected), Told(hub.Book.ChangesBetween(revision, hub.Log.Current.Revision)));
        _ = hub.Book.Current;
        Assert.True(hub.Book.TryChangesSince(version, out ImmutableArray<DerivationChange> changes));
        Assert.Equal(Order(expected), Told(Assert.Single(changes).Spans));

        await hub.Store.EraseAsync([new RowMask(SeriesOf(hub, "t"), 200 * Second, (200 * Second) + 1)], TestContext.Current.CancellationToken);
        Assert.Equal([true, false, false, true], before.Zip(hub.Values(ph), (one, other) => one.Equals(other)));
    }

    /// <summary>The fact is stated before the rows are gone: who asks at once still sees them.</summary>
    [Fact]
    public async Task What_a_fact_took_out_is_told_again_when_the_store_has_let_it_go()
    {
        await using DeriveFixture hub = await OpenAsync();
        await ElectrodeAsync(hub);
        await hub.RowsAsync("t", "water_temperature", "Cel", (200 * Second, 30));
        Fact fact = hub.State(new Erasure("", [], 0, 0, "a kettle", [Span("t", 200 * Second, (200 * Second) + 1)]));
        long told = hub.Book.Current.Version;

        hub.Book.PublishRemoved([fact.FactId]);

        Assert.True(hub.Book.TryChangesSince(told, out ImmutableArray<DerivationChange> changes));
        Assert.Equal(Order([("a0~ph", 200 * Second, 260 * Second), ("t~water_temperature", 200 * Second, 200 * Second)]), Told(Assert.Single(changes).Spans));

        hub.Book.PublishRemoved([new Id128(1)]);
        Assert.Equal(told + 1, hub.Book.Current.Version);
    }

    /// <summary>Stored extents are read from the store when a hub starts: they know then only what is left.</summary>
    [Theory]
    [InlineData("all", 100, 301)]
    [InlineData("all, since ever", long.MinValue, 301)]
    [InlineData("the end", 200, 301)]
    [InlineData("the middle", 150, 250)]
    [InlineData("the start is dropped", long.MinValue, 200)]
    public async Task What_was_taken_out_is_named_after_a_restart_too(string what, long from, long to)
    {
        await using DeriveFixture hub = await OpenAsync();
        await ElectrodeAsync(hub);
        await hub.RowsAsync("t", "water_temperature", "Cel", (100 * Second, 20), (200 * Second, 30), (300 * Second, 20));
        long fromUs = from == long.MinValue ? from : from * Second;
        long revision = hub.Log.Current.Revision;
        ImmutableArray<RemovedSpan> spans = [Span("t", fromUs, to * Second)];
        if (what.EndsWith("dropped", StringComparison.Ordinal))
        {
            hub.State(new RetentionDrop(new Id128(1), to * Second, spans));
            await hub.Store.DropAsync(new Dictionary<SeriesId, long> { [SeriesOf(hub, "t")] = to * Second }, TestContext.Current.CancellationToken);
        }
        else
        {
            hub.State(new Erasure("", [], 0, 0, "a kettle", spans));
            await hub.Store.EraseAsync([new RowMask(SeriesOf(hub, "t"), fromUs, to * Second)], TestContext.Current.CancellationToken);
        }

        var left = new StoredExtents();
        left.Load(hub.Store);
        var started = new DerivationBook(hub.Log, hub.Fleet, hub.Clock, hub.Store, left, Microsoft.Extensions.Logging.Abstractions.NullLogger<DerivationBook>.Instance);

        // The pH only where it has rows: 110 to 300 s.
        long last = (to * Second) - 1;
        Assert.Equal(
            Order([("a0~ph", Math.Max(110, from) * Second, Math.Min(300 * Second, last + (60 * Second))), ("t~water_temperature", Math.Max(0, from) * Second, last)]),
            Told(started.ChangesBetween(revision, hub.Log.Current.Revision)));
    }

    /// <summary>pH at 110, 210, 260 and 300 s, each with the newest temperature of the minute before.</summary>
    private static async Task<SeriesId> ElectrodeAsync(DeriveFixture hub)
    {
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        hub.State(new Deployment(Agent, "a0", Probe, "", "", Instant.AtUtc(0)));
        var method = new CalibrationMethod(CalibrationForm.Ph, [], [], [new Compensation(CompensationRole.Temperature, "water_temperature", 60 * Second)]);
        hub.State(new Calibration(Probe, "voltage", "mV", "ph", "[pH]", -0.017, 7, Instant.AtUtc(0), "", method));
        return await hub.RowsAsync("a0", "voltage", "mV", (110 * Second, 50), (210 * Second, 50), (260 * Second, 50), (300 * Second, 50));
    }

    private static RemovedSpan Span(string port, long fromUs, long toUs) => new(Boot, Agent, port, "water_temperature", "Cel", 0, fromUs, toUs, 1);

    private static SeriesId SeriesOf(DeriveFixture hub, string port)
    {
        Assert.True(hub.Store.Dictionary.TryFind(new BootId(Boot.Value), Owner, new InputDeclaration(port, "water_temperature", "Cel", 0), out SeriesId series));
        return series;
    }

    private static string NameOf(DeriveFixture hub, SeriesId series) => hub.Book.Current.Series(series).Channel.Name;

    /// <summary>With the last moment of each, on the clock of the boot.</summary>
    private static IEnumerable<(string Channel, long FromUs, long LastUs)> Told(IEnumerable<ChangedSpan> spans) =>
        Order(spans.Select(span => (span.Channel.Split('/')[^1], span.FromUtcUs - Utc0, span.ToUtcUs - 1 - Utc0)));

    private static IEnumerable<(string Channel, long FromUs, long LastUs)> Order(IEnumerable<(string Channel, long FromUs, long LastUs)> spans) => spans.OrderBy(span => span.Channel, StringComparer.Ordinal);
}
