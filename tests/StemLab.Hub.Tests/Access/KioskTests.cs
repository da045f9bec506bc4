// A call ends with the hub, which ends with the test.
#pragma warning disable xUnit1051
using System.Net;
using Grpc.Core;
using MQTTnet;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>A wall display of one agent or one channel reads that and nothing else: by page, JSON, gRPC-Web, gRPC and MQTT.</summary>
public sealed class KioskTests
{
    private static readonly AgentId Mine = new(new Id128(0xA).Value);
    private static readonly AgentId Other = new(new Id128(0xC).Value);

    private static readonly string Ph = $"agents/{Mine}/channels/ph~ph";
    private static readonly string Warm = $"agents/{Mine}/channels/t~water_temperature";
    private static readonly string Theirs = $"agents/{Other}/channels/ph~ph";

    [Fact]
    public async Task A_display_of_one_agent_reads_its_channels_and_no_other_on_every_face()
    {
        await using var school = await SchoolAsync();
        var key = school.Get<TokenBook>().Display("pond", $"/?agent={Mine}", null).Secret;
        var headers = new Metadata { { "authorization", $"Bearer {key}" } };
        var catalog = new CatalogService.CatalogServiceClient(school.Grpc());
        var readings = new ReadingService.ReadingServiceClient(school.Grpc());

        Assert.Equal([Ph, Warm], (await catalog.ListChannelsAsync(new ListChannelsRequest(), headers)).Channels.Select(channel => channel.Name).Order());
        Assert.Equal([7.0, 21.0], (await readings.GetLatestReadingsAsync(new GetLatestReadingsRequest(), headers)).Readings.Select(reading => reading.Value).Order());
        Assert.Equal([7.0, 21.0], (await readings.GetLatestReadingsAsync(new GetLatestReadingsRequest { Channels = { "agents/-/channels/-" } }, headers)).Readings.Select(reading => reading.Value).Order());
        Assert.Equal(StatusCode.NotFound, await StatusAsync(async () => await catalog.GetChannelAsync(new GetChannelRequest { Name = Theirs }, headers)));
        Assert.Equal(StatusCode.PermissionDenied, await StatusAsync(async () => await catalog.ListChannelsAsync(new ListChannelsRequest { Parent = $"agents/{Other}" }, headers)));
        foreach (var asked in (string[])[Theirs, $"agents/{Other}/channels/-"])
        {
            Assert.Equal(StatusCode.NotFound, await StatusAsync(() => FirstAsync(readings.QueryReadings(new QueryReadingsRequest { Channels = { asked } }, headers))));
            Assert.Equal(StatusCode.NotFound, await StatusAsync(() => FirstAsync(readings.WatchReadings(new WatchReadingsRequest { Channels = { asked } }, headers))));
        }

        var json = school.Client(key);
        var (status, body) = await School.GetAsync(json, "v1/readings:latest?channels=agents/-/channels/-");
        Assert.Equal((HttpStatusCode.OK, 2), (status, body.GetProperty("readings").GetArrayLength()));
        Assert.Equal(HttpStatusCode.NotFound, (await School.GetAsync(json, $"v1/readings:latest?channels={Theirs}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await School.GetAsync(json, $"v1/{Theirs}:flagStretches")).Status);
        foreach (var path in (string[])["v1/facts", "v1/agents", "v1/samples", "v1/time", "v1/readings:changes?fromRevision=0"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await School.GetAsync(json, path)).Status);
        }
    }

    [Fact]
    public async Task A_display_is_shown_its_own_page_only_also_when_a_program_asks_for_it()
    {
        await using var school = await SchoolAsync();
        var display = school.Client(school.Get<TokenBook>().Display("pond", $"/?agent={Mine}", null).Secret);
        foreach (var accept in (string[])["text/html", "*/*"])
        {
            async Task<HttpResponseMessage> GetAsync(string path)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Accept.ParseAdd(accept);
                return await display.SendAsync(request, TestContext.Current.CancellationToken);
            }

            using var own = await GetAsync($"/?agent={Mine}");
            var page = await own.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains(Ph, page, StringComparison.Ordinal);
            Assert.DoesNotContain(Theirs, page, StringComparison.Ordinal);
            foreach (var path in (string[])["/", $"/?agent={Other}", $"/{Theirs}", $"/{Ph}"])
            {
                using var elsewhere = await GetAsync(path);
                Assert.Equal($"/?agent={Mine}", elsewhere.Headers.Location?.OriginalString);
            }
        }
    }

    [Fact]
    public async Task A_display_of_one_channel_reads_that_channel()
    {
        await using var school = await SchoolAsync();
        var key = school.Get<TokenBook>().Display("pond", $"/{Ph}", null).Secret;
        var json = school.Client(key);
        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(json, $"v1/{Ph}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(json, $"v1/{Ph}:qcRules")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await School.GetAsync(json, $"v1/{Warm}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await School.GetAsync(json, "v1/channels")).Status);
        var (_, latest) = await School.GetAsync(json, "v1/readings:latest");
        Assert.Equal(7, Assert.Single(latest.GetProperty("readings").EnumerateArray()).GetProperty("value").GetDouble());

        using var client = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder().WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500).WithTcpServer(School.Outside.ToString(), school.Host.Options.MqttPort).WithClientId("wall").WithCredentials(MqttAccess.ReaderName, key).Build();
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, (await client.ConnectAsync(options)).ResultCode);
    }

    [Theory]
    [InlineData("/", true, "agents/-/channels/-")]
    [InlineData("/?by=property", true, "agents/-/channels/-")]
    [InlineData("/?agent=0000000000000000000000000000000a&by=property", false, "agents/0000000000000000000000000000000a/channels/-")]
    [InlineData("/agents/0000000000000000000000000000000a/channels/ph%7Eph", false, "agents/0000000000000000000000000000000a/channels/ph~ph")]
    public void A_board_is_read_from_its_path(string board, bool isWhole, string selection)
    {
        Assert.True(BoardScope.TryParse(board, out var scope));
        Assert.Equal((isWhole, selection), (scope.IsWhole, scope.Selection));
    }

    [Theory]
    [InlineData("/time")]
    [InlineData("/?agent=pond")]
    [InlineData("/agents")]
    [InlineData("/agents/0000000000000000000000000000000a/channels/-")]
    [InlineData("/agents/0000000000000000000000000000000a/channels/ph~ph/more")]
    public void What_no_display_shows_is_no_board(string board) => Assert.False(BoardScope.TryParse(board, out _));

    private static async Task<School> SchoolAsync()
    {
        var school = await School.OpenAsync();
        foreach (var (agent, slug) in (IEnumerable<(AgentId, string)>)[(Mine, "pond"), (Other, "pier")])
        {
            school.Get<FleetBook>().Enrol(slug, agent);
            var boot = new BootId(agent.Value + 0xB0);
            await school.Get<ObservationStore>().DeclareAsync(new Declarations(agent, [new BootDeclaration(boot, agent, BootKind.Device, 1, null)], [], []));
            var rows = new ForeignRows(agent, boot, [new ForeignRow(new InputDeclaration("ph", "ph", "[pH]", 0), 1_000_000, 7, 0), new ForeignRow(new InputDeclaration("t", "water_temperature", "Cel", 0), 1_000_000, 21, 0)], null, false);
            await school.Get<ObservationStore>().SubmitAsync(rows);
            await rows.Completion.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        return school;
    }

    private static async Task FirstAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<StatusCode> StatusAsync(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
