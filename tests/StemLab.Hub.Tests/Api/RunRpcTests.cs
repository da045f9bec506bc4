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

    private async Task<string> StateAsync(string title, long startUs, long? endUs)
    {
        var run = new RunFact { Title = title, Channels = { Channel("t", "water_temperature") }, Start = new Instant { UtcUs = startUs } };
        if (endUs is { } end)
        {
            run.End = new Instant { UtcUs = end };
        }

        return (await new FactService.FactServiceClient(_hub.Grpc).StateFactAsync(new StateFactRequest { Fact = new Fact { Run = run } })).Fact.Run.RunId;
    }
}
