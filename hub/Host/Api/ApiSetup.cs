using Google.Protobuf.Reflection;
using Google.Rpc;
using StemLab.Hub.Access;
using StemLab.Hub.Live;
using StemLab.Hub.Query;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>Wires the faces of stemlab.v1: native gRPC, gRPC-Web and JSON, of the same service classes.</summary>
internal static class ApiSetup
{
    public static void AddApi(this IServiceCollection services)
    {
        services.AddSingleton<ReadingQuery>();
        services.AddSingleton<CalibrationStatements>();
        services.AddSingleton<DerivedStatements>();
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
            grpc.MaxReceiveMessageSize = 1024 * 1024;
        }).AddJsonTranscoding(json => json.TypeRegistry = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor));
        services.AddGrpcReflection();
    }

    /// <summary>Reads the descriptions of all calls, which is needed to map them and takes a while: from any thread, at any time before.</summary>
    public static void ReadDescriptors()
    {
        foreach (var file in (FileDescriptor[])[
            AccessServiceReflection.Descriptor, AnalysisServiceReflection.Descriptor, CalibrationServiceReflection.Descriptor, CatalogServiceReflection.Descriptor,
            ClassroomServiceReflection.Descriptor, DatasetServiceReflection.Descriptor, DerivedChannelServiceReflection.Descriptor, EnrolmentServiceReflection.Descriptor,
            FactServiceReflection.Descriptor, FleetServiceReflection.Descriptor, LessonServiceReflection.Descriptor, PhoneServiceReflection.Descriptor,
            PreflightServiceReflection.Descriptor, QualityServiceReflection.Descriptor, ReadingServiceReflection.Descriptor, ResourcesReflection.Descriptor,
            RunServiceReflection.Descriptor, SampleServiceReflection.Descriptor, ScreenServiceReflection.Descriptor, StoreServiceReflection.Descriptor,
            TimeServiceReflection.Descriptor,
        ])
        {
            _ = file.MessageTypes;
        }
    }

    public static void MapApi(this WebApplication app)
    {
        app.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        app.UseJsonBorder();
        app.MapGrpcService<ReadingRpc>();
        app.MapGrpcService<CatalogRpc>();
        app.MapGrpcService<FleetRpc>();
        app.MapGrpcService<EnrolmentRpc>();
        app.MapGrpcService<FactRpc>();
        app.MapGrpcService<StoreRpc>();
        app.MapGrpcService<TimeRpc>();
        app.MapGrpcService<CalibrationRpc>();
        app.MapGrpcService<SampleRpc>();
        app.MapGrpcService<RunRpc>();
        app.MapGrpcService<DerivedChannelRpc>();
        app.MapGrpcService<AnalysisRpc>();
        app.MapGrpcService<QualityRpc>();
        app.MapGrpcService<AccessRpc>();
        app.MapGrpcService<ClassroomRpc>();
        app.MapGrpcService<LessonRpc>();
        app.MapGrpcService<DatasetRpc>();
        app.MapGrpcService<PreflightRpc>();
        app.MapGrpcService<ScreenRpc>();
        app.MapGrpcService<PhoneRpc>();
        app.MapGrpcReflectionService().RequireAuthorization(Policies.Admin);
    }
}
