using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StemLab.Hub.Intake.Door;

namespace StemLab.Hub.Intake;

/// <summary>Ports are named on the one thread a start waits for; the door, and the store and facts behind it, are made elsewhere meanwhile.</summary>
public sealed class MqttPortTests
{
    [Fact]
    public async Task Naming_and_opening_an_mqtt_port_makes_no_door_and_a_first_connection_does()
    {
        var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, port => port.UseMqttDoor()));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<FrontDoor>(_ =>
        {
            made.TrySetResult();
            throw new InvalidOperationException("this hub has no door");
        });
        await using var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.False(made.Task.IsCompleted);

        using var device = new TcpClient();
        var port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        await device.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await made.Task.WaitAsync(TestContext.Current.CancellationToken);
    }
}
