using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StemLab.Hub.Facts;

namespace StemLab.Hub.TimeKeeping;

public sealed class UtcWatchTests : IDisposable
{
    private const long Day = 86_400_000_000;
    private const long Utc2026 = 1_780_000_000_000_000;

    private readonly FactFixture _hub = new();
    private readonly FakeTimeProvider _time = new();
    private readonly HubClock _clock;
    private readonly long _startUs;
    private UtcReading? _machine;

    public UtcWatchTests()
    {
        _clock = new HubClock(_hub.Database, _hub.Identity, BootSource.From(_time, "kernel"));
        _startUs = _clock.NowUs();
    }

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void A_disciplined_clock_anchors_the_boot_once_with_its_bound()
    {
        UtcWatch watch = Watch();
        for (int minute = 0; minute < 50; minute++)
        {
            Machine(sigmaUs: 30_000);
            watch.Look();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        UtcAnchor anchor = Assert.Single(Anchors());
        Assert.Equal((_clock.BootId, "ntp", 30_000), (anchor.Boot, anchor.Source, anchor.SigmaUs));
        Assert.Equal(Utc2026 - _startUs, anchor.UtcUs - anchor.TUs);
    }

    [Fact]
    public async Task The_boot_is_anchored_before_anything_started_later_can_ask()
    {
        using UtcWatch watch = Watch();
        Machine(sigmaUs: 30_000);
        await watch.StartAsync(TestContext.Current.CancellationToken);

        Assert.Single(Anchors());
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_month_of_looking_states_about_an_anchor_an_hour_at_most()
    {
        UtcWatch watch = Watch();
        for (int hour = 0; hour < 24 * 30; hour++)
        {
            Machine(sigmaUs: 30_000);
            watch.Look();
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.InRange(Anchors().Length, 1, 24 * 30);
    }

    [Fact]
    public void Nothing_is_stated_while_the_clock_is_not_set()
    {
        Watch().Look();

        Assert.Empty(Anchors());
    }

    [Fact]
    public void A_clock_found_wrong_takes_its_word_back()
    {
        UtcWatch watch = Watch();
        _machine = new UtcReading(Utc2026 - (400 * Day), 600_000_000, "rtc", Synchronised: false);
        watch.Look();
        Machine(sigmaUs: 30_000);
        watch.Look();

        UtcAnchor anchor = Assert.Single(Anchors());
        Assert.Equal("ntp", anchor.Source);
        Assert.Equal(2, _hub.Log.Current.Revision);
        Assert.Equal("rtc", Assert.Single(_hub.Log.At(1).Of<UtcAnchor>()).Body.Source);
    }

    [Fact]
    public void A_clock_nobody_disciplines_does_not_overrule_one_somebody_did()
    {
        UtcWatch watch = Watch();
        Machine(sigmaUs: 30_000);
        watch.Look();
        _machine = new UtcReading(Utc2026 + (3 * Day), 600_000_000, "rtc", Synchronised: false);
        watch.Look();

        Assert.Equal("ntp", Assert.Single(Anchors()).Source);
    }

    [Fact]
    public void A_persons_anchor_stands_against_the_machine()
    {
        _hub.Log.Append(new FactDraft(new UtcAnchor(_clock.BootId, 0, Utc2026, 5_000_000, "teacher"), _clock.Now, FactRoles.Teacher));
        _machine = new UtcReading(Utc2026 + (3 * Day), 600_000_000, "rtc", Synchronised: false);
        Watch().Look();

        Assert.Equal("teacher", Assert.Single(Anchors()).Source);
    }

    [Theory]
    [InlineData(Utc2026, true, 16, true, 20_000)]
    [InlineData(Utc2026, true, 400_000, false, 400_000)]
    [InlineData(Utc2026, false, 16_000_000, true, 600_000_000)]
    [InlineData(Utc2026, false, 16_000_000, false, -1)]
    [InlineData(1_000_000, true, 16, true, -1)]
    public void A_machines_clock_is_believed_as_far_as_its_state_says(long utcUs, bool synchronised, long maxErrorUs, bool kept, long sigmaUs) =>
        Assert.Equal(sigmaUs, UtcSource.Judge(utcUs, synchronised, maxErrorUs, kept)?.SigmaUs ?? -1);

    private UtcAnchor[] Anchors() => [.. _hub.Log.Current.Of<UtcAnchor>().Select(anchor => anchor.Body)];

    private void Machine(long sigmaUs) => _machine = new UtcReading(Utc2026 + _clock.NowUs() - _startUs, sigmaUs, "ntp", Synchronised: true);

    private UtcWatch Watch() => new(_clock, _hub.Log, new UtcSource(() => _machine), _time, NullLogger<UtcWatch>.Instance);
}
