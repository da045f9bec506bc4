// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using Grpc.Core;
using StemLab.Hub.Facts;
using StemLab.Hub.TakeHome;
using StemLab.V1;
using StemLab.Wire;
using static StemLab.Hub.Api.HubFixture;

namespace StemLab.Hub.Api;

public sealed class SampleRpcTests : IAsyncLifetime
{
    private static readonly string Temperature = Channel("t", "water_temperature");

    private HubFixture _hub = null!;
    private SampleService.SampleServiceClient _samples = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await StartAsync();
        _samples = new SampleService.SampleServiceClient(_hub.Grpc);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_steady_channel_is_kept_with_mean_sd_and_n_listed_and_taken_back()
    {
        await _hub.SteadyAsync("t", "water_temperature", "Cel", 120, Second / 2, i => 20 + (i % 2 == 0 ? 0.01 : -0.01));
        Sample kept = (await _samples.KeepSampleAsync(new KeepSampleRequest { Channel = Temperature, Site = "Stop 3", Note = "calm" })).Sample;
        ListSamplesResponse listed = await _samples.ListSamplesAsync(new ListSamplesRequest { Channel = Temperature, Site = "Stop 3" });

        Assert.Equal(20, kept.Mean, 3);
        Assert.Equal(0.01, kept.Sd, 3);
        Assert.InRange(kept.Count, 38, 42);
        Assert.Equal(("Cel", true, "Stop 3", "calm", "teacher"), (kept.UnitUcum, kept.Steady, kept.Site, kept.Note, kept.ByRole));
        Assert.InRange(kept.EndTimeUs - kept.StartTimeUs, 18 * Second, 20 * Second);
        Assert.Equal(kept, Assert.Single(listed.Samples));
        Assert.Equal(kept.FactId, Assert.Single(new FactService.FactServiceClient(_hub.Grpc).ListFacts(new ListFactsRequest { Kind = "sample" }).Facts).FactId);

        await _samples.WithdrawSampleAsync(new WithdrawSampleRequest { FactId = kept.FactId });
        Assert.Empty((await _samples.ListSamplesAsync(new ListSamplesRequest())).Samples);
        Assert.Single((await _samples.ListSamplesAsync(new ListSamplesRequest { AsOfRevision = kept.Revision })).Samples);
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(_samples.WithdrawSampleAsync(new WithdrawSampleRequest { FactId = kept.FactId }))).StatusCode);
    }

    [Fact]
    public async Task What_still_changes_is_not_kept_unless_asked_for_and_then_says_so()
    {
        await _hub.SteadyAsync("t", "water_temperature", "Cel", 60, Second, i => 20 + (0.1 * i));
        RpcException refused = await RefusedAsync(_samples.KeepSampleAsync(new KeepSampleRequest { Channel = Temperature }));
        Sample kept = (await _samples.KeepSampleAsync(new KeepSampleRequest { Channel = Temperature, EvenIfUnsteady = true })).Sample;

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Contains("Still rising", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("đang tăng", Said(refused, "vi"), StringComparison.Ordinal);
        Assert.False(kept.Steady);
    }

    [Fact]
    public async Task A_value_kept_in_a_run_is_the_runs_although_its_readings_end_before_the_run_began()
    {
        // A probe that measures once in ten seconds, and who keeps at once.
        await _hub.SteadyAsync("t", "water_temperature", "Cel", 12, 10 * Second, _ => 20);
        await KeepAsync("before");
        var run = Id128.New();
        var started = _hub.Clock.Now;
        var begun = _hub.State(new Run(run, "stop 1", [Temperature], started, null));
        await KeepAsync("at 1 m");
        _hub.Facts.Append(new FactDraft(new Run(run, "stop 1", [Temperature], started, _hub.Clock.Now), _hub.Clock.Now, FactRoles.Teacher) { Supersedes = [begun.FactId] });
        await KeepAsync("after");

        Assert.Equal(["at 1 m"], Samples(run));

        async Task KeepAsync(string note) => await _samples.KeepSampleAsync(new KeepSampleRequest { Channel = Temperature, Note = note, EvenIfUnsteady = true });
        string[] Samples(Id128 of) => [.. _hub.Get<RunBook>().SamplesOf([_hub.Get<RunBook>().Find(of)!]).Select(one => one.Sample.Note)];
    }

    [Fact]
    public async Task A_silent_probe_and_questions_that_make_no_sense_are_refused_and_nothing_is_stated()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", (Math.Max(1, _hub.NowUs - (3_600 * Second)), 20));
        await _hub.RowsAsync("gone", "water_temperature", "Cel", (1, double.NaN));
        var revision = _hub.Facts.Current.Revision;

        Assert.Contains("switched on", (await RefusedAsync(_samples.KeepSampleAsync(new KeepSampleRequest { Channel = Temperature }))).Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(_samples.KeepSampleAsync(new KeepSampleRequest { Channel = Channel("gone", "water_temperature"), EvenIfUnsteady = true }))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_samples.KeepSampleAsync(new KeepSampleRequest { Channel = Channel("x", "y") }))).StatusCode);
        Assert.Equal(["tolerance", "window_us"], Fields(await RefusedAsync(_samples.KeepSampleAsync(new KeepSampleRequest { Channel = Temperature, WindowUs = 1, Tolerance = double.NaN }))));
        Assert.Equal(["site"], Fields(await RefusedAsync(_samples.KeepSampleAsync(new KeepSampleRequest { Channel = Temperature, EvenIfUnsteady = true, Site = new string('x', 101) }))));
        Assert.Equal(["as_of_revision", "end_time_us", "page_size", "page_token"], Fields(await RefusedAsync(_samples.ListSamplesAsync(new ListSamplesRequest { AsOfRevision = -1, PageSize = -1, PageToken = "x", StartTimeUs = 5, EndTimeUs = 4 }))));
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_samples.WithdrawSampleAsync(new WithdrawSampleRequest { FactId = new Id128(4).ToString() }))).StatusCode);
        Assert.Equal(revision, _hub.Facts.Current.Revision);
    }

    [Fact]
    public async Task A_watcher_sees_how_steady_it_is()
    {
        await _hub.SteadyAsync("t", "water_temperature", "Cel", 60, Second, _ => 20);
        using var watch = _samples.WatchSteadiness(new WatchSteadinessRequest { Channel = Temperature });
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        V1.Steadiness first = watch.ResponseStream.Current.Steadiness;

        Assert.Equal((true, 1.0, 20.0, 0L), (first.Steady, first.Level, first.Mean, first.TimeLeftUs));
        Assert.Equal("Steady: keep it.", first.Sentence.En);
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_odd_one_in_the_bucket_is_named()
    {
        for (int probe = 0; probe < 4; probe++)
        {
            double off = probe == 2 ? 3 : probe * 0.02;
            await _hub.SteadyAsync($"t{probe}", "water_temperature", "Cel", 120, Second, i => 20 + off + (i % 2 * 0.01));
        }

        var request = new RunBucketTestRequest { Channels = { Enumerable.Range(0, 4).Select(probe => Channel($"t{probe}", "water_temperature")) } };
        RunBucketTestResponse report = await _samples.RunBucketTestAsync(request);

        Assert.True(report.Settled);
        Assert.Equal([false, false, true, false], report.Channels.Select(channel => channel.OddOneOut));
        Assert.InRange(report.Channels[2].Offset, 2.9, 3.1);
        Assert.InRange(report.Channels[0].Noise, 0.001, 0.01);
        Assert.Contains("apart", report.Sentence.En, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_of_clear_water_that_differ_by_several_ntu_do_not_agree()
    {
        double[] ntu = [2.8, 5.0, 11.1];
        for (int probe = 0; probe < ntu.Length; probe++)
        {
            int one = probe;
            await _hub.SteadyAsync($"u{probe}", "turbidity", "{NTU}", 120, Second, _ => ntu[one]);
        }

        RunBucketTestResponse report = await _samples.RunBucketTestAsync(new RunBucketTestRequest { Channels = { Enumerable.Range(0, 3).Select(probe => Channel($"u{probe}", "turbidity")) } });

        Assert.Equal([true, false, true], report.Channels.Select(channel => channel.Off));
        Assert.Contains("differ by more", report.Sentence.En, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_of_one_of_strangers_or_of_nothing_says_so()
    {
        await _hub.SteadyAsync("t", "water_temperature", "Cel", 60, Second, _ => 20);
        await _hub.SteadyAsync("ph", "ph", "[pH]", 60, Second, _ => 7);
        await _hub.RowsAsync("u", "water_temperature", "Cel", (1, double.NaN));
        var odd = new RunBucketTestRequest { Channels = { Temperature, Channel("ph", "ph") } };

        Assert.Equal(["channels"], Fields(await RefusedAsync(_samples.RunBucketTestAsync(new RunBucketTestRequest { Channels = { Temperature, Temperature } }))));
        Assert.Equal(["channels[1]"], Fields(await RefusedAsync(_samples.RunBucketTestAsync(odd))));
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_samples.RunBucketTestAsync(new RunBucketTestRequest { Channels = { Temperature, Channel("x", "y") } }))).StatusCode);
        RunBucketTestResponse empty = await _samples.RunBucketTestAsync(new RunBucketTestRequest { Channels = { Temperature, Channel("u", "water_temperature") } });
        Assert.Equal((false, 2), (empty.HasMedian, empty.Channels.Count));
        Assert.Contains("no readings in common", empty.Sentence.En, StringComparison.Ordinal);
    }
}
