using Grpc.Health.V1;
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
}
