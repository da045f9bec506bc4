using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;

namespace StemLab.EndToEnd;

/// <summary>A hub that was set up and is open to the network, within this process; agents and makers' programs are real ones.</summary>
internal static class OpenHub
{
    /// <summary>This machine as others see it; 127.0.0.1 where it has no other address.</summary>
    public static IPAddress Outside { get; } =
        HubCertificate.Addresses().FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)) ?? IPAddress.Loopback;

    /// <param name="folder">Its data folder; set up there if it was not.</param>
    /// <param name="plain">What is also open without TLS.</param>
    public static async Task<HubHost> StartAsync(string folder, string plain = "")
    {
        var options = new HubOptions { DataFolder = folder, HttpPort = 0, GrpcPort = 0, MqttPort = 0, TlsPort = 0, MqttTlsPort = 0 };
        await using (var before = await HubHost.StartAsync(options, TestContext.Current.CancellationToken))
        {
            before.Services.GetRequiredService<PersonBook>().SetUp("Hạ Long", "vi", "con ca bay qua nui");
            options = before.Options with { TlsPort = 0, MqttTlsPort = 0 };
        }

        return await HubHost.StartAsync(options with { Listen = Outside.ToString(), Plain = plain }, TestContext.Current.CancellationToken);
    }
}
