using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Serilog;
using StemLab.Hub.Access;
using StemLab.Hub.Analysis;
using StemLab.Hub.Api;
using StemLab.Hub.Bundles;
using StemLab.Hub.Calibrating;
using StemLab.Hub.Classroom;
using StemLab.Hub.Clocks;
using StemLab.Hub.Derive;
using StemLab.Hub.Enrolling;
using StemLab.Hub.Export;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Import;
using StemLab.Hub.Influx;
using StemLab.Hub.Intake.Door;
using StemLab.Hub.Intake;
using StemLab.Hub.Lessons;
using StemLab.Hub.Operations;
using StemLab.Hub.Phyphox;
using StemLab.Hub.Preflight;
using StemLab.Hub.Quality;
using StemLab.Hub.Retention;
using StemLab.Hub.Samples;
using StemLab.Hub.Screens;
using StemLab.Hub.SensorThings;
using StemLab.Hub.TakeHome;
using StemLab.Hub.TimeKeeping;
using StemLab.Hub.Translating;
using StemLab.Hub.Updating;
using StemLab.Hub.Uploads;
using StemLab.Hub.Web;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Startup;

/// <summary>One running hub. Started by <c>stemlab serve</c>, by samples/virtual-bay and by tests; the composition of all rooms stands here and nowhere else.</summary>
internal sealed class HubHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly DataFolder folder;
    private readonly Serilog.Core.Logger logger;
    private readonly Task<bool> mapping;
    private volatile bool hasFailed;

    private HubHost(WebApplication app, DataFolder folder, Serilog.Core.Logger logger, HubOptions asked, HubOptions options)
    {
        this.app = app;
        this.folder = folder;
        this.logger = logger;
        Options = options;
        app.Lifetime.ApplicationStopping.Register(() => hasFailed = HasFailed(app.Services));

        // The first request would wait for all calls to be mapped; nobody waits for that to listen.
        mapping = Task.Run(() => DeferredMapping.Make(app.Services));
        (int Asked, int Taken)[] ports = [(asked.HttpPort, options.HttpPort), (asked.GrpcPort, options.GrpcPort), (asked.MqttPort, options.MqttPort)];
        ReplacedPorts = [.. ports.Where(port => port.Asked != 0 && port.Asked != port.Taken)];
    }

    /// <summary>As started: ports are the ones listened on, the data folder is a full path.</summary>
    public HubOptions Options { get; }

    /// <summary>Ports a demo was asked for and found in use, each with the one taken instead.</summary>
    public IReadOnlyList<(int Asked, int Taken)> ReplacedPorts { get; }

    /// <summary>Where people open the page.</summary>
    public string PageUrl => $"http://127.0.0.1:{Options.HttpPort}/";

    public int MqttPort => Options.MqttPort;

    public int GrpcPort => Options.GrpcPort;

    /// <summary>The rooms' singletons, for the composition root and tests.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Starts a hub and returns when it listens.</summary>
    /// <exception cref="StartRefusedException">Options, folder or ports do not allow it; nothing was started.</exception>
    /// <param name="asked">What it is started with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="clock">The boot clock of the machine it is to run on; null = this machine's. Tests give one of their own.</param>
    /// <param name="times">How long its ports wait; null = as usual.</param>
    public static async Task<HubHost> StartAsync(HubOptions asked, CancellationToken cancellationToken, BootSource? clock = null, DoorTimes? times = null)
    {
        var problems = asked.Problems();
        if (problems.Count > 0)
        {
            throw new StartRefusedException(string.Join("; ", problems));
        }

        var options = ChoosePorts(asked);
        var folder = DataFolder.Take(options);
        options = options with { DataFolder = folder.Path };
        var logger = HubLogging.Create(folder.Path);
        var opening = Task.CompletedTask;
        try
        {
            var access = new AccessOptions(options.DataFolder, options.Demo, options.HostNameList());
            times ??= new DoorTimes();
            var doors = Doors.Of(options, [.. new HostNames(access).All], times);
            doors.RequireFree();
            var app = Compose(options, access, doors, logger, clock ?? BootSource.Machine(), times);
            opening = Task.Run(() => OpenEarly(app.Services), CancellationToken.None);
            Map(app);
            await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.StartAsync(cancellationToken);
            options = WithBoundPorts(options, doors, app);
            app.Services.GetRequiredService<HubOrigin>().Announce(
                doors.PageUrls(options),
                doors.Certificate?.Fingerprint,
                doors.Certificate?.CaPem,
                doors.Certificate is null ? 0 : options.MqttTlsPort,
                options.PlainList().Contains("mqtt") && doors.Certificate is not null ? options.MqttPort : 0);
            app.Services.GetRequiredService<RunningHub>().Announce(options);
            return new HubHost(app, folder, logger, asked, options);
        }
        catch (Exception failed)
        {
            await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await logger.DisposeAsync();
            folder.Dispose();
            if (DiskRefusal.OfStart(failed, folder.Path) is { } refusal)
            {
                throw new StartRefusedException(refusal, failed);
            }

            throw;
        }
    }

    /// <summary>Ends when somebody stops the hub (Ctrl+C, SIGTERM), the token is cancelled, or the hub cannot go on.</summary>
    /// <returns>False = it could not go on; its log says why.</returns>
    public async Task<bool> WaitForShutdownAsync(CancellationToken cancellationToken)
    {
        await app.WaitForShutdownAsync(cancellationToken);
        return await mapping && !hasFailed;
    }

    /// <summary>True when work in the background has ended by a fault, which ends its hub.</summary>
    internal static bool HasFailed(IServiceProvider services) => services.GetServices<IHostedService>().OfType<BackgroundService>().Any(work => work.ExecuteTask is { IsFaulted: true });

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await mapping;
        await app.DisposeAsync();
        await logger.DisposeAsync();
        folder.Dispose();
    }

    private static WebApplication Compose(HubOptions options, AccessOptions access, Doors doors, Serilog.Core.Logger logger, BootSource clock, DoorTimes times)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "stemlab", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddSerilog(logger);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(doors.Open);
        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            sockets.NoDelay = true;

            // What is sent leaves from the thread that has it, what comes is read by the thread that was told. Who may block a thread goes to the pool first (SocketThreads.ReadInPool).
            sockets.UnsafePreferInlineScheduling = true;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<RunningHub>();
        builder.Services.AddSingleton<HubCounters>();
        builder.Services.AddOperations();
        builder.Services.AddAccess(access);
        if (doors.Certificate is { } certificate)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.Services.AddCertificate(certificate);
        }

        builder.Services.AddFacts(Path.Combine(options.DataFolder, "hub.db"));
        builder.Services.AddSingleton(clock);
        builder.Services.AddTimeKeeping(options.UtcSource == "none" ? UtcSource.None : UtcSource.Machine);
        builder.Services.AddFleet();
        builder.Services.AddEnrolling();
        builder.Services.AddUpdating();
        builder.Services.AddStore(options);
        builder.Services.AddDerive();
        builder.Services.AddQuality();
        builder.Services.AddInflux();
        builder.Services.AddRetention();
        builder.Services.AddIntake(new IntakeOptions { ConnectTimeout = times.Connect });
        builder.Services.AddClocks();
        builder.Services.AddAnalysis();
        builder.Services.AddSamples();
        builder.Services.AddCalibrating();
        builder.Services.AddLessons(options.DataFolder);
        builder.Services.AddClassroom();
        builder.Services.AddPreflight();
        builder.Services.AddScreens();
        builder.Services.AddPhyphox();
        builder.Services.AddExport();
        builder.Services.AddUploads();
        builder.Services.AddBundles();
        builder.Services.AddTranslating();
        builder.Services.AddTakeHome();
        builder.Services.AddImport();
        builder.Services.AddApi();
        builder.Services.AddWeb();

        DeferKeyRing(builder.Services);
        return builder.Build();
    }

    private static void Map(WebApplication app)
    {
        app.UseRequestGuard();
        app.UseWebCompression();
        app.UseRouting();
        app.UseAuthentication();
        app.UseCallerGuard();
        app.UseAuthorization();
        app.MapOperations();
        app.MapAccess();
        app.MapApi();
        app.MapInflux();
        app.MapExport();
        app.MapUpdating();
        app.MapSensorThings();
        app.MapUploads();
        app.MapBundles();
        app.MapTakeHome();
        app.MapImport();
        app.Services.GetRequiredService<AgentCommandDoor>().Open(async (agent, command, _) =>
        {
            await app.Services.GetRequiredService<FrontDoor>().SendCommandAsync(new Id128(agent.Value), command.ToByteArray());
            return true;
        });
        app.MapIntake();
        app.MapPhyphox();
        app.MapWeb();
    }

    /// <summary>Opens the files and reads the facts while the faces are made: a start is one thread's work otherwise. What cannot be opened says so where it is needed next.</summary>
    private static void OpenEarly(IServiceProvider services)
    {
        services.GetRequiredService<ObservationStore>();
        services.GetRequiredService<DerivationBook>();
    }

    /// <summary>ASP.NET reads its key ring (XML, and writes one to the home folder) at every start; whoever protects something reads it then.</summary>
    private static void DeferKeyRing(IServiceCollection services)
    {
        if (services.FirstOrDefault(service => service.ImplementationType?.Name == "DataProtectionHostedService") is { } early)
        {
            services.Remove(early);
        }
    }

    private static HubOptions ChoosePorts(HubOptions options)
    {
        if (!options.Demo)
        {
            foreach (var (key, flag, port) in ((string, string, int)[])[("HttpPort", "--http", options.HttpPort), ("GrpcPort", "--grpc", options.GrpcPort), ("MqttPort", "--mqtt", options.MqttPort)])
            {
                if (Ports.Refusal(new IPEndPoint(IPAddress.Loopback, port), key, flag) is { } refusal)
                {
                    throw new StartRefusedException(refusal);
                }
            }

            return options;
        }

        var http = Ports.NextFree(options.HttpPort, []);
        var grpc = Ports.NextFree(options.GrpcPort, [http]);
        return options with { HttpPort = http, GrpcPort = grpc, MqttPort = Ports.NextFree(options.MqttPort, [http, grpc]) };
    }

    /// <summary>Kestrel lists addresses in the order they were added.</summary>
    private static HubOptions WithBoundPorts(HubOptions options, Doors doors, WebApplication app) =>
        doors.WithBound(options, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
}
