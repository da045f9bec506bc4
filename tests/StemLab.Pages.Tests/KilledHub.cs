using System.Globalization;
using Grpc.Net.Client;
using MQTTnet;
using StemLab.Hub.Operations;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Pages;

/// <summary>A hub in a process of its own, that is killed and started again on the same ports, and a maker's probe that publishes to it.</summary>
internal sealed class KilledHub : IAsyncDisposable
{
    private const string Topic = "lab/pond/ph";

    private readonly TempFolder folder = new();
    private readonly int mqttPort = FixedPort.Choose();
    private readonly GrpcChannel grpc;
    private RealProcess? program;
    private IMqttClient? probe;

    private KilledHub() => grpc = GrpcChannel.ForAddress($"http://127.0.0.1:{GrpcPort}");

    public int HttpPort { get; } = FixedPort.Choose();

    public int GrpcPort { get; } = FixedPort.Choose();

    /// <summary>For who sits at its machine.</summary>
    public string Url => $"http://127.0.0.1:{HttpPort}/";

    /// <inheritdoc cref="Url"/>
    public LessonService.LessonServiceClient Lessons => new(grpc);

    /// <inheritdoc cref="Url"/>
    public ClassroomService.ClassroomServiceClient Classroom => new(grpc);

    /// <inheritdoc cref="Url"/>
    public ReadingService.ReadingServiceClient Readings => new(grpc);

    public static async Task<KilledHub> StartAsync()
    {
        var hub = new KilledHub();
        await hub.StartAgainAsync();
        return hub;
    }

    public async Task StartAgainAsync()
    {
        program = RealProcess.StartOurs("stemlab", ["serve", "--data", folder.Path, "--http", $"{HttpPort}", "--grpc", $"{GrpcPort}", "--mqtt", $"{mqttPort}", "--utc", "machine", "--language", "en"]);
        await Eventually.Get(
            () => program.HasExited ? throw new InvalidOperationException($"The hub ended: {program.Output}") : Task.FromResult(RunningHub.Find(folder.Path)), where => where.Pid == program.Pid, "hub listening");
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => program!.KillAsync();

    /// <summary>What the probe reads, one value after another; done when the hub has answered for each.</summary>
    public async Task SayAsync(IEnumerable<double> values)
    {
        probe ??= new MqttClientFactory().CreateMqttClient();
        if (!probe.IsConnected)
        {
            await probe.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", mqttPort).WithClientId("maker").Build(), TestContext.Current.CancellationToken);
        }

        foreach (var value in values)
        {
            await probe.PublishStringAsync(Topic, value.ToString(CultureInfo.InvariantCulture), MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce, false, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        probe?.Dispose();
        grpc.Dispose();
        if (program is not null)
        {
            await program.DisposeAsync();
        }

        folder.Dispose();
    }
}
