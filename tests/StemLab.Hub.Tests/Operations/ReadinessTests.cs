using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Routing;
using StemLab.Hub.Api;

namespace StemLab.Hub.Operations;

public sealed class ReadinessTests
{
    [Fact]
    public async Task A_hub_that_takes_readings_is_ready_by_http_and_by_the_health_service()
    {
        await using HubFixture hub = await HubFixture.StartAsync();

        Assert.Equal("ok\n", await hub.Http.GetStringAsync("readyz", TestContext.Current.CancellationToken));
        HealthCheckResponse answer = await new Health.HealthClient(hub.Grpc).CheckAsync(new HealthCheckRequest(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    }

    [Fact]
    public async Task Every_service_the_hub_has_is_serving_by_its_name_and_another_is_not_found()
    {
        await using HubFixture hub = await HubFixture.StartAsync();
        var health = new Health.HealthClient(hub.Grpc);
        string[] services = [.. hub.Get<EndpointDataSource>().Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.ServiceName).OfType<string>().Distinct()];
        Assert.True(services.Length > 20, string.Join(", ", services));

        foreach (string service in services)
        {
            HealthCheckResponse answer = await health.CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(answer.Status == HealthCheckResponse.Types.ServingStatus.Serving, $"{service}: {answer.Status}");
        }

        RpcException unknown = await HubFixture.RefusedAsync(health.CheckAsync(new HealthCheckRequest { Service = "stemlab.v1.Nothing" }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }
}
