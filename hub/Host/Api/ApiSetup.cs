using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.AspNetCore.HealthChecks;
using StemLab.Hub.Access;
using StemLab.Hub.Live;
using StemLab.Hub.Operations;
using StemLab.Hub.Query;

namespace StemLab.Hub.Api;

/// <summary>Wires the faces of stemlab.v1: native gRPC, gRPC-Web and JSON, of the same service classes.</summary>
internal static class ApiSetup
{
    /// <summary>Names of all services, for whoever asks for the health of one. They stand here because descriptors would be made for them at every start.</summary>
    private static readonly string[] Served =
    [
        .. ((string[])[
            "Reading", "Catalog", "Fleet", "Enrolment", "Fact", "Store", "Time", "Calibration", "Sample", "Run", "DerivedChannel", "Analysis", "Quality", "Access", "Classroom", "Lesson", "Dataset", "Preflight", "Screen",
            "Phone",
        ]).Select(name => $"stemlab.v1.{name}Service"),
        "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection", "grpc.reflection.v1.ServerReflection",
    ];

    public static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<ReadingQuery>();
        services.AddSingleton<CalibrationStatements>();
        services.AddSingleton<DerivedStatements>().AddSingleton<SupposedColumns>().AddSingleton<TakeHome.SupposeColumn>(provider => provider.GetRequiredService<SupposedColumns>().Of);
        services.AddSingleton<FastWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<FastWatch>());
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<AgentWire>();
        services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<RpcBorder>();
            grpc.Interceptors.Add<BoardBorder>();
            grpc.Interceptors.Add<SeatBorder>();
            grpc.Interceptors.Add<AuditBorder>();
            grpc.Interceptors.Add<LanguageBorder>();
            grpc.MaxReceiveMessageSize = 1024 * 1024;
        }).AddJsonTranscoding(json => json.TypeRegistry = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor));
        services.AddGrpcReflection();
        services.Configure<GrpcHealthChecksOptions>(static health =>
        {
            foreach (string service in Served)
            {
                health.Services.Map(service, static _ => true);
            }
        });
    }

    /// <summary>The calls themselves are mapped when first asked for.</summary>
    public static void MapApi(this WebApplication app)
    {
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        app.UseJsonBorder();
        app.UseCallBorder();
        app.MapWhenAsked(MapCalls);
    }

    private static void MapCalls(IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<ReadingRpc>();
        routes.MapGrpcService<CatalogRpc>();
        routes.MapGrpcService<FleetRpc>();
        routes.MapGrpcService<EnrolmentRpc>();
        routes.MapGrpcService<FactRpc>();
        routes.MapGrpcService<StoreRpc>();
        routes.MapGrpcService<TimeRpc>();
        routes.MapGrpcService<CalibrationRpc>();
        routes.MapGrpcService<SampleRpc>();
        routes.MapGrpcService<RunRpc>();
        routes.MapGrpcService<DerivedChannelRpc>();
        routes.MapGrpcService<AnalysisRpc>();
        routes.MapGrpcService<QualityRpc>();
        routes.MapGrpcService<AccessRpc>();
        routes.MapGrpcService<ClassroomRpc>();
        routes.MapGrpcService<LessonRpc>();
        routes.MapGrpcService<DatasetRpc>();
        routes.MapGrpcService<PreflightRpc>();
        routes.MapGrpcService<ScreenRpc>();
        routes.MapGrpcService<PhoneRpc>();
        routes.MapGrpcReflectionService().RequireAuthorization(Policies.Admin);
    }
}
