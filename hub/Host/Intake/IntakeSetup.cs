using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using MQTTnet.AspNetCore;
using StemLab.Hub.Access;
using StemLab.Hub.Intake.Door;
using StemLab.Hub.Sockets;
using StemLab.Store;

namespace StemLab.Hub.Intake;

/// <summary>Wires the room; needs Store, Stream, Facts, TimeKeeping, Fleet, Derive and Access.</summary>
internal static class IntakeSetup
{
    /// <summary>Path of MQTT over WebSocket on the page port.</summary>
    public const string WebSocketPath = "/mqtt";

    public static IServiceCollection AddIntake(this IServiceCollection services, IntakeOptions? options = null)
    {
        services.AddConnections();
        return services
            .AddGatheredSockets(SocketsOf)
            .AddSingleton(options ?? new IntakeOptions())
            .AddSingleton<IntakeCounters>()
            .AddSingleton<IntakeMeters>()
            .AddSingleton<AsideBudget>()
            .AddSingleton<SubscriptionTree>()
            .AddSingleton<Settlement>()
            .AddSingleton<Receipts>()
            .AddSingleton<TieIntake>()
            .AddSingleton<TimeExchange>()
            .AddSingleton<BirthIntake>()
            .AddSingleton<NativeIntake>()
            .AddSingleton<ForeignIntake>()
            .AddSingleton<PublishRouter>()
            .AddSingleton<FrontDoor>()
            .AddHostedService(provider => provider.GetRequiredService<FrontDoor>())
            .AddHostedService<SilenceWatch>()
            .AddHostedService<TokenWatch>()
            .AddHostedService<Outgoing>();
    }

    /// <summary>A round of reading is one batch of the store, so that all it brought shares a commit.</summary>
    private static GatheredOptions SocketsOf(IServiceProvider provider)
    {
        var store = provider.GetRequiredService<ObservationStore>();
        return new GatheredOptions(provider.GetRequiredService<IntakeOptions>().Rest, provider.GetRequiredService<TimeProvider>())
        {
            RoundBegins = store.BeginBatch,
            RoundEnds = store.EndBatch,
        };
    }

    /// <summary>Makes a Kestrel port an MQTT port. The door, and the store behind it, are made by whoever needs them first, not by naming the port: that is before anything else of the hub is.</summary>
    public static void UseMqttDoor(this ListenOptions port)
    {
        var door = new Lazy<FrontDoor>(port.ApplicationServices.GetRequiredService<FrontDoor>);
        port.Run(connection => door.Value.OnConnectedAsync(connection));
    }

    /// <summary>MQTT over WebSocket. Who may speak is decided at CONNECT; a page of another origin is not let in at all.</summary>
    public static void MapIntake(this WebApplication app)
    {
        // Nobody asks for the meters; they only have to be there.
        app.Services.GetRequiredService<IntakeMeters>();
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments(WebSocketPath) && IsForeignOrigin(context.Request),
            refused => refused.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }));
        app.MapConnectionHandler<FrontDoor>(WebSocketPath, socket =>
        {
            socket.Transports = HttpTransportType.WebSockets;
            socket.WebSockets.SubProtocolSelector = MqttSubProtocolSelector.SelectSubProtocol;
        }).RequireAuthorization(Policies.Open);
    }

    private static bool IsForeignOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
