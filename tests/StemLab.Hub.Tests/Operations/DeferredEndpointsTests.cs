using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.TestKit;

namespace StemLab.Hub.Operations;

public sealed class DeferredEndpointsTests
{
    /// <summary>Who may do what is decided by the endpoint's own policy, also where it is made with the request that asks for it.</summary>
    [Fact]
    public async Task A_hub_listens_before_its_calls_are_mapped_and_the_first_request_finds_them_once_with_their_policies()
    {
        using var folder = new TempFolder();
        var made = 0;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddFacts(folder.File("hub.db"));
        builder.Services.AddTimeKeeping(UtcSource.None);
        builder.Services.AddSingleton(BootSource.From(TimeProvider.System, "kernel"));
        builder.Services.AddFleet();
        builder.Services.AddAccess(new AccessOptions(folder.Path, false, []));
        await using var app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapWhenAsked(routes =>
        {
            made++;
            routes.MapGet("/open", () => "here").RequireAuthorization(Policies.Open);
            routes.MapGet("/nobody", () => "here");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, made);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        var answers = await Task.WhenAll(((string[])["open", "open", "nobody"]).Select(path => client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken)));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden], answers.Select(answer => answer.StatusCode));
        Assert.Equal(1, made);
        Assert.True(DeferredMapping.Make(app.Services));
    }

    [Fact]
    public async Task A_hub_whose_calls_cannot_be_mapped_says_so_and_ends()
    {
        var log = new FakeLogger<DeferredEndpoints>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<ILogger<DeferredEndpoints>>(log);
        await using var app = builder.Build();
        app.UseRouting();
        app.MapWhenAsked(_ => throw new InvalidOperationException("two calls of one name"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(DeferredMapping.Make(app.Services));
        Assert.Equal((LogLevel.Critical, "two calls of one name"), (log.LatestRecord.Level, log.LatestRecord.Exception?.Message));
        await app.WaitForShutdownAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Else what watches the program would take it for stopped, and leave it so.</summary>
    [Fact]
    public async Task A_hub_that_ends_by_a_fault_in_the_background_has_failed_and_one_that_is_stopped_has_not()
    {
        foreach (var fails in (bool[])[true, false])
        {
            var begin = new TaskCompletionSource();
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Services.AddSingleton<IHostedService>(new Background(fails ? begin.Task : new TaskCompletionSource().Task));
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            await using var app = builder.Build();
            await app.StartAsync(TestContext.Current.CancellationToken);
            Assert.False(Startup.HubHost.HasFailed(app.Services));
            if (fails)
            {
                begin.SetException(new IOException("the disk is full"));
            }
            else
            {
                app.Lifetime.StopApplication();
            }

            await app.WaitForShutdownAsync(TestContext.Current.CancellationToken);
            Assert.Equal(fails, Startup.HubHost.HasFailed(app.Services));
        }
    }

    private sealed class Background(Task work) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => work.WaitAsync(stoppingToken);
    }
}
