using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using MQTTnet;
using StemLab.Hub.Access;
using StemLab.Hub.Api;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>Predict first: until a group has, no face of the hub tells its seats a measured value.</summary>
public sealed partial class HiddenValuesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What a seat may call meanwhile; whoever adds an rpc to these services says so that it tells no value.</summary>
    private static readonly string[] Told = ["CatalogService", "ClassroomService", "LessonService", "TimeService"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_rpc_and_page_a_seat_may_use_is_refused_with_a_sentence_but_for_those_that_tell_no_value()
    {
        await using var school = await ClassFixture.StartAsync();
        var (session, student) = await HideAsync(school);
        using var phone = Phone(school, student);
        var endpoints = school.Hub.Get<EndpointDataSource>();

        foreach (var rpc in AccessMatrix.RpcsOf(endpoints).Where(rpc => rpc.Path.Length > 0 && IsForSeats(rpc.Policy)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(rpc.Verb), Parameter().Replace(rpc.Path, "x"));
            request.Content = rpc.Verb == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
            using var answer = await phone.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
            var isTold = Told.Contains(rpc.Method.Split('.', '/')[^2]);
            var said = isTold && answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(isTold != said.Contains("VALUES_HIDDEN", StringComparison.Ordinal), $"{rpc.Method}: {(int)answer.StatusCode} {said}");
        }

        foreach (var door in AccessMatrix.DoorsOf(endpoints).Where(door => IsForSeats(door.Policy)))
        {
            using var page = new HttpRequestMessage(HttpMethod.Get, Parameter().Replace(door.Path, "x"));
            page.Headers.Accept.ParseAdd("text/html");
            using var led = await phone.SendAsync(page, Stop);
            Assert.Equal((door.Path, HttpStatusCode.Redirect, "/lesson"), (door.Path, led.StatusCode, led.Headers.Location?.OriginalString));
            using var file = await phone.GetAsync(new Uri(Parameter().Replace(door.Path, "x"), UriKind.Relative), Stop);
            Assert.Equal((door.Path, HttpStatusCode.Forbidden), (door.Path, file.StatusCode));
            Assert.Contains("dự đoán trước", Regex.Unescape(await file.Content.ReadAsStringAsync(Stop)), StringComparison.Ordinal);
        }

        // The lesson itself is there; and with the prediction everything is.
        Assert.Equal(HttpStatusCode.OK, (await phone.GetAsync(new Uri("lesson", UriKind.Relative), Stop)).StatusCode);
        await student.PredictAsync(30);
        Assert.Equal(HttpStatusCode.OK, (await phone.GetAsync(new Uri("/", UriKind.Relative), Stop)).StatusCode);
        Assert.Contains("40", await phone.GetStringAsync(new Uri($"v1/readings:latest?channels={ClassFixture.Temperature}", UriKind.Relative), Stop), StringComparison.Ordinal);

        // Another group's prediction is another group's.
        var other = await school.JoinAsync(session, "turtle");
        Assert.Equal(StatusCode.FailedPrecondition, (await HubFixture.RefusedAsync(Readings(school).GetLatestReadingsAsync(new GetLatestReadingsRequest { Channels = { ClassFixture.Temperature } }, other.Token, cancellationToken: Stop))).StatusCode);
    }

    [Fact]
    public async Task Latest_query_watch_and_a_sample_are_refused_over_gRPC_channels_come_without_their_newest_and_the_teacher_sees_all()
    {
        await using var school = await ClassFixture.StartAsync();
        var (session, student) = await HideAsync(school);
        var (readings, samples, catalog) = (Readings(school), new SampleService.SampleServiceClient(school.Hub.Grpc), new CatalogService.CatalogServiceClient(school.Hub.Grpc));
        var refused = await HubFixture.RefusedAsync(readings.GetLatestReadingsAsync(new GetLatestReadingsRequest { Channels = { ClassFixture.Temperature } }, student.Token, cancellationToken: Stop));
        Assert.Equal((WithheldValues.English, WithheldValues.Vietnamese), (HubFixture.Said(refused, "en"), HubFixture.Said(refused, "vi")));
        await RefusedAsync(readings.QueryReadings(new QueryReadingsRequest { Channels = { ClassFixture.Temperature } }, student.Token, cancellationToken: Stop));
        await RefusedAsync(readings.WatchReadings(new WatchReadingsRequest { Channels = { "agents/-/channels/-" } }, student.Token, cancellationToken: Stop));
        await RefusedAsync(samples.WatchSteadiness(new WatchSteadinessRequest { Channel = ClassFixture.Temperature }, student.Token, cancellationToken: Stop));
        await HubFixture.RefusedAsync(samples.KeepSampleAsync(new KeepSampleRequest { Channel = ClassFixture.Temperature, EvenIfUnsteady = true }, student.Token, cancellationToken: Stop));
        Assert.All((await catalog.ListChannelsAsync(new ListChannelsRequest(), student.Token, cancellationToken: Stop)).Channels, channel => Assert.Null(channel.Latest));
        Assert.Null((await catalog.GetChannelAsync(new GetChannelRequest { Name = ClassFixture.Temperature }, student.Token, cancellationToken: Stop)).Channel.Latest);
        Assert.Equal(40, (await catalog.GetChannelAsync(new GetChannelRequest { Name = ClassFixture.Temperature }, cancellationToken: Stop)).Channel.Latest.Value);

        // After the bell nobody can predict any more: what was measured is shown.
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, Ended = true }, cancellationToken: Stop);
        Assert.False((await student.StateAsync()).HiddenFromMe);
        Assert.Single((await readings.GetLatestReadingsAsync(new GetLatestReadingsRequest { Channels = { ClassFixture.Temperature } }, student.Token, cancellationToken: Stop)).Readings);
    }

    [Fact]
    public async Task A_stream_and_a_listener_by_MQTT_that_have_begun_end_when_values_are_hidden()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        using var watch = Readings(school).WatchReadings(new WatchReadingsRequest { Channels = { ClassFixture.Temperature }, LookbackUs = 60 * HubFixture.Second }, student.Token, cancellationToken: Stop);
        Assert.True(await watch.ResponseStream.MoveNext(Stop));
        using var listener = new MqttClientFactory().CreateMqttClient();
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", school.Hub.Get<Operations.RunningHub>().Options!.MqttPort)
            .WithCredentials(MqttAccess.ReaderName, student.Token[0].Value["Bearer ".Length..]).Build();
        Assert.Equal(MqttClientConnectResultCode.Success, (await listener.ConnectAsync(options, Stop)).ResultCode);
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.DisconnectedAsync += _ =>
        {
            cut.TrySetResult();
            return Task.CompletedTask;
        };

        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, HideValues = true }, cancellationToken: Stop);
        await cut.Task.WaitAsync(Patience, Stop);
        Assert.NotEqual(MqttClientConnectResultCode.Success, (await listener.ConnectAsync(options, Stop)).ResultCode);
        await school.Hub.SteadyAsync("t", "water_temperature", "Cel", 1, HubFixture.Second, _ => 39, laterUs: HubFixture.Second);
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Stop))
            {
                Assert.DoesNotContain(39, watch.ResponseStream.Current.Blocks.SelectMany(block => block.Value));
            }
        });
        Assert.Equal(WithheldValues.Vietnamese, HubFixture.Said(ended, "vi"));
    }

    [Fact]
    public async Task The_address_of_a_groups_run_opens_when_the_group_has_predicted()
    {
        await using var school = await ClassFixture.StartAsync();
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        var run = (await school.Lessons.StartRunAsync(new StartRunRequest { Session = session.Name, InUs = -5 * HubFixture.Second, DurationUs = 0 }, cancellationToken: Stop)).ClassState.Groups[0].Run.RunId;
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, HideValues = true }, cancellationToken: Stop);
        using var phone = Phone(school, student);
        foreach (var path in (string[])[$"runs/{run}", $"runs/{run}/csv"])
        {
            using var refused = await phone.GetAsync(new Uri(path, UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("dự đoán trước", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await school.Hub.Http.GetAsync(new Uri(path, UriKind.Relative), Stop)).StatusCode);
        }

        await student.PredictAsync(30);
        Assert.Equal(HttpStatusCode.OK, (await phone.GetAsync(new Uri($"runs/{run}", UriKind.Relative), Stop)).StatusCode);
        Assert.False(school.Hub.Get<ClassBook>().HidesRun(run));
    }

    [Fact]
    public async Task A_hub_that_stops_lets_go_of_a_phone_that_is_told_no_readings()
    {
        await using var school = await ClassFixture.StartAsync();
        var (_, student) = await HideAsync(school);
        using var watch = student.Watch(cancellationToken: Stop);
        Assert.True(await watch.ResponseStream.MoveNext(Stop));
        school.Hub.Get<IHostApplicationLifetime>().StopApplication();
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await watch.ResponseStream.MoveNext(Stop))
            {
            }
        });
        Assert.Equal((StatusCode.Unavailable, "The hub is stopping"), (ended.StatusCode, ended.Status.Detail));
    }

    private static async Task<(V1.ClassSession Session, Student Student)> HideAsync(ClassFixture school)
    {
        var session = await school.OpenAsync();
        var student = await school.JoinAsync(session, "dolphin");
        await school.Lessons.SetClassAsync(new SetClassRequest { Session = session.Name, HideValues = true }, cancellationToken: Stop);
        return (session, student);
    }

    private static ReadingService.ReadingServiceClient Readings(ClassFixture school) => new(school.Hub.Grpc);

    private static HttpClient Phone(ClassFixture school, Student student)
    {
        var phone = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = school.Hub.Http.BaseAddress };
        phone.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(student.Token[0].Value);
        phone.DefaultRequestHeaders.AcceptLanguage.ParseAdd("vi");
        return phone;
    }

    private static bool IsForSeats(string policy) => policy is not (Policies.Open or Policies.Knock) && AccessMatrix.LetsIn(policy, Roles.Seat);

    private static async Task RefusedAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using var stream = call;
        var refused = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Stop));
        Assert.Equal((StatusCode.FailedPrecondition, WithheldValues.English), (refused.StatusCode, refused.Status.Detail));
    }

    /// <summary>{name=agents/*}, {*path}.</summary>
    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
