using Microsoft.Extensions.Primitives;

namespace StemLab.Hub.Operations;

/// <summary>
/// Endpoints that are made when somebody first asks for them: a request does, or whoever fetches them once the hub listens. Devices on MQTT need none of them, and making
/// them all is much of the work of a start. Safe from any thread: they are made once, and who comes meanwhile waits.
/// </summary>
/// <param name="services">The hub's.</param>
/// <param name="map">Maps them, each with its policy.</param>
internal sealed class DeferredEndpoints(IServiceProvider services, Action<IEndpointRouteBuilder> map) : EndpointDataSource
{
    private readonly Lazy<IReadOnlyList<Endpoint>> _made = new(() =>
    {
        var routes = new Routes(services);
        map(routes);
        return [.. routes.DataSources.SelectMany(source => source.Endpoints)];
    });

    public override IReadOnlyList<Endpoint> Endpoints => _made.Value;

    /// <summary>They never change.</summary>
    public override IChangeToken GetChangeToken() => new CancellationChangeToken(CancellationToken.None);

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}

/// <summary>Mapping that waits.</summary>
internal static partial class DeferredMapping
{
    /// <summary>Maps endpoints when somebody first asks for them.</summary>
    public static void MapWhenAsked(this WebApplication app, Action<IEndpointRouteBuilder> map) => ((IEndpointRouteBuilder)app).DataSources.Add(new DeferredEndpoints(app.Services, map));

    /// <summary>Has all endpoints made, for whom the first request shall not wait. A fault in that is a hub that answers nobody: it is logged, and the program is told to end.</summary>
    /// <returns>False = they could not be made.</returns>
    public static bool Make(IServiceProvider services)
    {
        try
        {
            _ = services.GetRequiredService<EndpointDataSource>().Endpoints;
            return true;
        }
        catch (Exception fault)
        {
            var log = services.GetRequiredService<ILogger<DeferredEndpoints>>();
            NotMapped(log, fault);
            services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            return false;
        }
    }

    [LoggerMessage(EventId = 1900, EventName = nameof(NotMapped), Level = LogLevel.Critical, Message = "The calls of the API cannot be mapped: the hub ends")]
    private static partial void NotMapped(ILogger logger, Exception fault);
}
