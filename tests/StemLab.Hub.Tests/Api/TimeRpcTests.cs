// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using System.Net;
using System.Net.Http.Json;
using Grpc.Core;
using StemLab.Hub.Facts;
using StemLab.V1;
using StemLab.Wire;
using static StemLab.Hub.Api.HubFixture;

namespace StemLab.Hub.Api;

public sealed class TimeRpcTests : IAsyncLifetime
{
    private HubFixture _hub = null!;
    private TimeService.TimeServiceClient _time = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await StartAsync(anchored: false);
        _time = new TimeService.TimeServiceClient(_hub.Grpc);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_hub_that_met_no_clock_says_so_in_words_and_a_teachers_word_mends_all_that_was_recorded()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", (_hub.NowUs, 20));
        GetTimeResponse before = await _time.GetTimeAsync(new GetTimeRequest());
        StateAnchorResponse stated = await _time.StateAnchorAsync(new StateAnchorRequest { LocalTime = "2026-11-24T09:30", UtcOffsetMinutes = 420, SigmaUs = 300 * Second });
        var readings = new ReadingService.ReadingServiceClient(_hub.Grpc);
        Reading reading = (await readings.GetLatestReadingsAsync(new GetLatestReadingsRequest())).Readings[0];

        Assert.Equal((V1.TimeState.Unknown, false, ""), (before.TimeState, before.HasSigmaUs, before.Source));
        Assert.Contains("Nobody has told", before.Sentence.En, StringComparison.Ordinal);
        Assert.Equal((V1.TimeState.Anchored, "teacher"), (stated.Time.TimeState, stated.Time.Source));
        Assert.Equal("The time is known to ± 5 min, from the teacher.", stated.Time.Sentence.En);
        Assert.Equal("Giờ được biết trong khoảng ± 5 phút, theo lời thầy cô.", stated.Time.Sentence.Vi);
        long said = new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.FromHours(7)).ToUnixTimeMilliseconds() * 1000;
        Assert.Equal(said, stated.Anchor.UtcUs);
        Assert.InRange(reading.TimeUs, said - (60 * Second), said);
        Assert.InRange(reading.SigmaUs, 300 * Second, 310 * Second);
    }

    [Fact]
    public async Task A_word_that_contradicts_better_ones_is_kept_and_named_and_can_be_taken_back()
    {
        await Say(0, "gps", 1);
        await Say(1, "radio", 1);
        StateAnchorResponse wrong = await Say(86_400, "teacher", 60);

        Assert.NotNull(wrong.Anchor.Outlier);
        Assert.Contains("disagrees", wrong.Anchor.Outlier.Sentence.En, StringComparison.Ordinal);
        Assert.Equal(V1.Outlier.Types.Reason.Disagrees, wrong.Time.Anchors.Single(anchor => anchor.FactId == wrong.Anchor.FactId).Outlier.Reason);
        Assert.InRange(wrong.Time.UtcUs - Utc0 - wrong.Time.BootTimeUs, -2 * Second, 2 * Second);

        WithdrawAnchorResponse back = await _time.WithdrawAnchorAsync(new WithdrawAnchorRequest { FactId = wrong.Anchor.FactId, Reason = "watch was wrong" });
        Assert.DoesNotContain(back.Time.Anchors, anchor => anchor.FactId == wrong.Anchor.FactId);
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(_time.WithdrawAnchorAsync(new WithdrawAnchorRequest { FactId = wrong.Anchor.FactId }))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_time.WithdrawAnchorAsync(new WithdrawAnchorRequest { FactId = new Id128(7).ToString() }))).StatusCode);
    }

    [Fact]
    public async Task A_boot_that_met_no_clock_lies_between_its_neighbours_until_a_teacher_says_when_it_began()
    {
        var (second, third) = (new Id128(0xB1), new Id128(0xB2));
        await _hub.DeclareAsync(PiKey, second, 2, Boot);
        await _hub.DeclareAsync(PiKey, third, 3, second);
        var started = _hub.NowUs;
        _hub.State(new UtcAnchor(Boot, 0, Utc0, Second, "gps"));
        _hub.State(new UtcAnchor(third, 0, Utc0 + started + (7_200 * Second), Second, "gps"));
        _hub.State(new ClockTie(second, 0, new Id128(0xC0), 0, 1_000));

        BootClock before = await BootAsync(second);
        StateAnchorResponse stated = await _time.StateAnchorAsync(new StateAnchorRequest
        {
            At = new V1.Instant { BootTime = new BootTime { BootId = second.ToString(), TUs = 0 } },
            UtcUs = Utc0 + started + (3_600 * Second),
            SigmaUs = 60 * Second,
        });
        BootClock after = await BootAsync(second);

        Assert.Equal((V1.TimeState.Bounded, "ag-1", 2u), (before.TimeState, before.OwnerSlug, before.BootNo));
        Assert.InRange(before.SigmaUs, 1_800 * Second, 3_800 * Second);
        Assert.Contains("neighbours", before.Sentence.En, StringComparison.Ordinal);
        Assert.Null(stated.Anchor.Outlier);
        Assert.Equal(V1.TimeState.Anchored, after.TimeState);
        Assert.Equal(Utc0 + started + (3_600 * Second), after.FirstUtcUs);
    }

    [Fact]
    public async Task Readings_of_a_boot_without_a_clock_are_17_minutes_unsure_until_a_late_anchor_comes_and_then_nearly_not()
    {
        var (second, third) = (new Id128(0xB1), new Id128(0xB2));
        await _hub.DeclareAsync(PiKey, second, 2, Boot);
        await _hub.DeclareAsync(PiKey, third, 3, second);
        var started = _hub.NowUs;
        _hub.State(new UtcAnchor(Boot, 0, Utc0, Second, "gps"));
        _hub.State(new UtcAnchor(third, 0, Utc0 + started + (34 * 60 * Second), Second, "gps"));
        _hub.State(new ClockTie(second, 0, new Id128(0xC0), 0, 1_000));
        var rows = new Store.ForeignRows(Owner, new Store.BootId(second.Value), [.. Enumerable.Range(0, 5).Select(i => new Store.ForeignRow(new Store.InputDeclaration("ph", "ph", "[pH]", 0), i * Second, 7.1, 0))], null, false);
        await _hub.Store.SubmitAsync(rows);
        await rows.Completion;

        var before = await BootAsync(second);
        var unsure = await SigmaAsync();
        await _time.StateAnchorAsync(new StateAnchorRequest { At = new V1.Instant { BootTime = new BootTime { BootId = second.ToString(), TUs = 2 * Second } }, UtcUs = Utc0 + started + (700 * Second), SigmaUs = 2 * Second });
        var after = await BootAsync(second);
        var sure = await SigmaAsync();

        // The page of clocks shows the sentence, a chart the ± of its newest reading.
        Assert.EndsWith("within ± 17 min.", before.Sentence.En, StringComparison.Ordinal);
        Assert.EndsWith("trong khoảng ± 17 phút.", before.Sentence.Vi, StringComparison.Ordinal);
        Assert.Equal(17, Math.Round(unsure / 60e6));
        Assert.Equal(("Time known to ± 2 s.", "Giờ được biết trong khoảng ± 2 giây."), (after.Sentence.En, after.Sentence.Vi));
        Assert.InRange(sure, 2 * Second, 3 * Second);

        async Task<double> SigmaAsync() => (await new ReadingService.ReadingServiceClient(_hub.Grpc).GetLatestReadingsAsync(new GetLatestReadingsRequest { Channels = { Channel("ph", "ph") } })).Readings.Single().SigmaUs;
    }

    [Fact]
    public async Task What_cannot_be_a_time_is_refused_with_all_reasons_and_nothing_is_stated()
    {
        var revision = _hub.Facts.Current.Revision;
        var request = new StateAnchorRequest { LocalTime = "half past nine", UtcOffsetMinutes = 900, SigmaUs = -1, Source = "ntp", At = new V1.Instant { UtcUs = 5 } };

        Assert.Equal(["at", "local_time", "sigma_us", "source", "utc_offset_minutes"], Fields(await RefusedAsync(_time.StateAnchorAsync(request))));
        Assert.Equal(["time"], Fields(await RefusedAsync(_time.StateAnchorAsync(new StateAnchorRequest()))));
        Assert.Equal(["at.boot_time.boot_id", "utc_us"], Fields(await RefusedAsync(_time.StateAnchorAsync(new StateAnchorRequest { UtcUs = long.MaxValue, At = new V1.Instant { BootTime = new BootTime { BootId = new Id128(9).ToString() } } }))));
        Assert.Equal(["at.boot_time.t_us"], Fields(await RefusedAsync(_time.StateAnchorAsync(new StateAnchorRequest { UtcUs = Utc0, At = new V1.Instant { BootTime = new BootTime { BootId = _hub.Clock.BootId.ToString(), TUs = long.MaxValue } } }))));
        Assert.Equal(["as_of_revision", "owner", "page_size", "page_token"], Fields(await RefusedAsync(_time.ListBootsAsync(new ListBootsRequest { Owner = "x", AsOfRevision = -1, PageSize = -1, PageToken = "x" }))));
        Assert.Equal(revision, _hub.Facts.Current.Revision);
    }

    [Fact]
    public async Task Twelve_phones_anchor_the_hub_and_one_that_is_a_day_off_changes_nothing()
    {
        PhoneVote vote = new();
        for (int phone = 0; phone < 12; phone++)
        {
            vote = await PhoneAsync(phone == 3 ? 86_400 * Second : (phone - 6) * 60_000);
            Assert.Equal(phone < 4 ? PhoneVote.Types.State.TooFew : PhoneVote.Types.State.Agreed, vote.State);
        }

        GetTimeResponse now = await _time.GetTimeAsync(new GetTimeRequest());
        Assert.Equal((12, 11, 1), (vote.Phones, vote.Agreeing, vote.Outliers));
        Assert.Equal((V1.TimeState.Anchored, "phones"), (now.TimeState, now.Source));
        Assert.InRange(now.UtcUs - Utc0 - now.BootTimeUs, -now.SigmaUs, now.SigmaUs);
        Assert.InRange(now.SigmaUs, 100_000, 5 * Second);
        Assert.Single(now.Anchors);
        Assert.Equal("hub", now.Anchors[0].ByRole);
    }

    [Fact]
    public async Task Phones_that_do_not_agree_ask_the_teacher_and_do_not_overrule_a_better_clock()
    {
        PhoneVote vote = new();
        for (int phone = 0; phone < 6; phone++)
        {
            vote = await PhoneAsync(phone * 3_600 * Second);
        }

        Assert.Equal(PhoneVote.Types.State.NoAgreement, vote.State);
        Assert.Contains("Teacher: is it", vote.Sentence.En, StringComparison.Ordinal);
        Assert.Equal(V1.TimeState.Unknown, (await _time.GetTimeAsync(new GetTimeRequest())).TimeState);

        await Say(0, "gps", 0.05);
        for (int phone = 0; phone < 20; phone++)
        {
            vote = await PhoneAsync(120 * Second);
        }

        GetTimeResponse now = await _time.GetTimeAsync(new GetTimeRequest());
        Assert.Equal(PhoneVote.Types.State.NotNeeded, vote.State);
        Assert.Equal(("gps", 1), (now.Source, now.Anchors.Count));
    }

    [Fact]
    public async Task An_exchange_that_is_none_is_refused_and_the_json_face_answers_a_phone()
    {
        Assert.Equal(["exchange", "phone_received_us", "phone_sent_us"], Fields(await RefusedAsync(_time.ExchangePhoneClockAsync(new ExchangePhoneClockRequest { Exchange = "x", PhoneSentUs = -1, PhoneReceivedUs = -1 }))));
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(_time.ExchangePhoneClockAsync(new ExchangePhoneClockRequest { Exchange = new Id128(5).ToString(), PhoneSentUs = 5 }))).StatusCode);

        using var answer = await _hub.Http.PostAsJsonAsync(new Uri("v1/time:exchangePhoneClock", UriKind.Relative), new { phoneSentUs = Utc0 }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("\"more\":true", (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task<StateAnchorResponse> Say(double secondsOff, string source, double sigmaSeconds) =>
        await _time.StateAnchorAsync(new StateAnchorRequest { UtcUs = Utc0 + _hub.NowUs + (long)(secondsOff * 1e6), SigmaUs = (long)(sigmaSeconds * 1e6), Source = source });

    private async Task<BootClock> BootAsync(Id128 boot) =>
        (await _time.ListBootsAsync(new ListBootsRequest { Owner = $"agents/{PiKey}" })).Boots.Single(known => known.BootId == boot.ToString());

    /// <summary>A phone whose clock is so far from the true time goes through all its rounds.</summary>
    private async Task<PhoneVote> PhoneAsync(long offUs)
    {
        var request = new ExchangePhoneClockRequest();
        while (true)
        {
            request.PhoneSentUs = Utc0 + _hub.NowUs + offUs;
            ExchangePhoneClockResponse answer = await _time.ExchangePhoneClockAsync(request);
            if (!answer.More)
            {
                return answer.Phones;
            }

            request.PhoneReceivedUs = Utc0 + _hub.NowUs + offUs;
            request.Exchange = answer.Exchange;
        }
    }
}
