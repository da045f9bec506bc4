// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using Grpc.Core;
using StemLab.V1;
using static StemLab.Hub.Api.HubFixture;

namespace StemLab.Hub.Api;

public sealed class RunRpcTests : IAsyncLifetime
{
    private const long Utc = 1_780_000_000_000_000;

    private HubFixture _hub = null!;
    private RunService.RunServiceClient _runs = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await StartAsync();
        _runs = new RunService.RunServiceClient(_hub.Grpc);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Runs_are_listed_the_newest_first_and_found_by_their_first_letters()
    {
        var early = await StateAsync("Sáng", Utc, Utc + Second);
        var late = await StateAsync("Chiều", Utc + (10 * Second), null);
        ListRunsResponse first = await _runs.ListRunsAsync(new ListRunsRequest { PageSize = 1 });
        ListRunsResponse rest = await _runs.ListRunsAsync(new ListRunsRequest { PageSize = 1, PageToken = first.NextPageToken });
        Assert.Equal(["Chiều", "Sáng"], first.Runs.Concat(rest.Runs).Select(run => run.Title));
        Assert.Equal("", rest.NextPageToken);
        Assert.True(first.Runs[0].Running);
        Assert.Equal((Utc, Utc + Second, false), (rest.Runs[0].StartTimeUs, rest.Runs[0].EndTimeUs, rest.Runs[0].Running));
        Assert.Equal($"runs/{early}", (await _runs.GetRunAsync(new GetRunRequest { Name = $"runs/{early[..8]}" })).Run.Name);
        Assert.Equal($"runs/{late}", (await _runs.GetRunAsync(new GetRunRequest { Name = $"runs/{late}" })).Run.Name);
    }

    [Theory]
    [InlineData("runs/00000000000000000000000000000000")]
    [InlineData("runs/abc")]
    [InlineData("abcdef12")]
    public async Task What_is_no_run_is_not_found(string name) =>
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_runs.GetRunAsync(new GetRunRequest { Name = name }))).StatusCode);

    [Fact]
    public async Task A_page_of_another_call_is_refused()
    {
        Assert.Equal(StatusCode.InvalidArgument, (await RefusedAsync(_runs.ListRunsAsync(new ListRunsRequest { PageToken = "x" }))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await RefusedAsync(_runs.ListRunsAsync(new ListRunsRequest { PageSize = -1 }))).StatusCode);
    }

    [Fact]
    public async Task A_run_started_as_practice_by_mistake_is_made_real_and_undone_and_nothing_else_of_it_changes()
    {
        var facts = new FactService.FactServiceClient(_hub.Grpc);
        var practice = await StateAsync("Thử", Utc, Utc + Second, RunPurpose.Practice);
        var real = await StateAsync("Thật", Utc, Utc + Second);
        Assert.Equal(["Thử"], (await _runs.ListRunsAsync(new ListRunsRequest { Purpose = RunPurpose.Practice })).Runs.Select(run => run.Title));
        Assert.Equal([RunPurpose.Real], (await _runs.ListRunsAsync(new ListRunsRequest { Purpose = RunPurpose.Real })).Runs.Select(run => run.Purpose));
        var before = _hub.Facts.Current.Revision;

        var corrected = await _runs.SetRunPurposeAsync(new SetRunPurposeRequest { Name = $"runs/{practice[..8]}", Purpose = RunPurpose.Real });

        Assert.Equal((RunPurpose.Real, "Thử", Utc, Utc + Second), (corrected.Run.Purpose, corrected.Run.Title, corrected.Run.StartTimeUs, corrected.Run.EndTimeUs));
        Assert.True(corrected.Revision > before);
        Assert.True(_hub.Get<Facts.FactLog>().At(before).Of<Facts.Run>().Single(run => run.Body.RunId.ToString() == practice).Body.IsPractice);
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(_runs.SetRunPurposeAsync(new SetRunPurposeRequest { Name = $"runs/{real}", Purpose = RunPurpose.Real }))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await RefusedAsync(_runs.SetRunPurposeAsync(new SetRunPurposeRequest { Name = $"runs/{real}" }))).StatusCode);

        // Taking the correction back brings the run of before, not no run.
        var newest = (await facts.ListFactsAsync(new ListFactsRequest { Kind = "run" })).Facts.Single(fact => fact.Run.RunId == practice);
        await facts.WithdrawFactAsync(new WithdrawFactRequest { FactId = newest.FactId });
        Assert.Equal((RunPurpose.Practice, Utc + Second), ((await _runs.GetRunAsync(new GetRunRequest { Name = $"runs/{practice}" })).Run is var run ? (run.Purpose, run.EndTimeUs) : default));
        var told = await new ReadingService.ReadingServiceClient(_hub.Grpc).DescribeChangesAsync(new DescribeChangesRequest { FromRevision = before, ToRevision = _hub.Facts.Current.Revision });
        Assert.Equal(["Run “Thử” is real, not practice.", "Run “Thử” is practice."], told.Changes.Select(change => change.TextEn));
    }

    [Fact]
    public async Task Taking_back_that_a_run_ended_lets_it_go_on_and_taking_that_back_ends_it_again()
    {
        var facts = new FactService.FactServiceClient(_hub.Grpc);
        var run = await StateAsync("Sáng", Utc, null);
        var began = await NewestAsync();
        var ended = new RunFact(began.Run) { End = new Instant { UtcUs = Utc + Second } };
        await facts.StateFactAsync(new StateFactRequest { Fact = new Fact { Run = ended, Supersedes = { began.FactId } } });
        Assert.Equal((Utc + Second, false), await HasAsync());
        var before = _hub.Facts.Current.Revision;

        var goesOn = (await facts.WithdrawFactAsync(new WithdrawFactRequest { FactId = (await NewestAsync()).FactId })).Fact;

        Assert.Equal((null, true), await HasAsync());
        Assert.Equal((Fact.BodyOneofCase.Run, run), (goesOn.BodyCase, goesOn.Run.RunId));
        await facts.WithdrawFactAsync(new WithdrawFactRequest { FactId = goesOn.FactId });
        Assert.Equal((Utc + Second, false), await HasAsync());
        var told = await new ReadingService.ReadingServiceClient(_hub.Grpc).DescribeChangesAsync(new DescribeChangesRequest { FromRevision = before, ToRevision = _hub.Facts.Current.Revision });
        Assert.Equal(["Run “Sáng” goes on: its end was taken back.", "Run “Sáng” ended."], told.Changes.Select(change => change.TextEn));

        // The run as a whole goes only where that is what is stated.
        await facts.StateFactAsync(new StateFactRequest { Fact = new Fact { Withdrawal = new Withdrawal { Reason = "by mistake" }, Supersedes = { (await NewestAsync()).FactId } } });
        Assert.Empty((await _runs.ListRunsAsync(new ListRunsRequest())).Runs);

        async Task<Fact> NewestAsync() => (await facts.ListFactsAsync(new ListFactsRequest { Kind = "run" })).Facts.Single(fact => fact.Effective && fact.Run.RunId == run);
        async Task<(long? End, bool Running)> HasAsync() => (await _runs.GetRunAsync(new GetRunRequest { Name = $"runs/{run}" })).Run is var one ? (one.Running ? null : one.EndTimeUs, one.Running) : default;
    }

    [Fact]
    public async Task A_run_that_only_began_is_gone_when_that_is_taken_back()
    {
        var facts = new FactService.FactServiceClient(_hub.Grpc);
        await StateAsync("Sáng", Utc, null);
        await facts.WithdrawFactAsync(new WithdrawFactRequest { FactId = (await facts.ListFactsAsync(new ListFactsRequest { Kind = "run" })).Facts.Single().FactId });
        Assert.Empty((await _runs.ListRunsAsync(new ListRunsRequest())).Runs);
    }

    private async Task<string> StateAsync(string title, long startUs, long? endUs, RunPurpose purpose = RunPurpose.Unspecified)
    {
        var run = new RunFact { Purpose = purpose, Title = title, Channels = { Channel("t", "water_temperature") }, Start = new Instant { UtcUs = startUs } };
        if (endUs is { } end)
        {
            run.End = new Instant { UtcUs = end };
        }

        return (await new FactService.FactServiceClient(_hub.Grpc).StateFactAsync(new StateFactRequest { Fact = new Fact { Run = run } })).Fact.Run.RunId;
    }
}
