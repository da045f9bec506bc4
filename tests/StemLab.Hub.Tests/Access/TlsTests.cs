using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using MQTTnet;
using StemLab.Hub.Fleet;
using StemLab.TestKit;

namespace StemLab.Hub.Access;

public sealed class TlsTests
{
    [Fact]
    public async Task One_tls_port_carries_pages_json_grpc_and_mqtt_over_websocket_to_who_trusts_the_hubs_authority()
    {
        await using var school = await School.OpenAsync();
        var authority = X509Certificate2.CreateFromPem(school.Get<HubOrigin>().CaCertificatePem);
        bool Trusted(X509Certificate? shown)
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            using var leaf = X509CertificateLoader.LoadCertificate(shown!.GetRawCertData());
            return chain.Build(leaf) && leaf.MatchesHostname(School.Outside.ToString());
        }

        using var strict = new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => Trusted(shown) } }) { BaseAddress = school.TlsUrl };
        Assert.Equal("ok\n", await strict.GetStringAsync("livez", TestContext.Current.CancellationToken));
        Assert.Contains("<h1>", await strict.GetStringAsync("signin", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(authority.ExportCertificatePem(), await strict.GetStringAsync("ca.pem", TestContext.Current.CancellationToken));

        var answer = await new V1.FleetService.FleetServiceClient(school.Grpc(school.TlsUrl)).ListAgentsAsync(
            new V1.ListAgentsRequest(), new Metadata { { "authorization", $"Bearer {school.SecretOf(Roles.Teacher)}" } }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(answer.Agents);

        var enrolled = school.Get<FleetBook>().Enrol("pond");
        foreach (var overSocket in (bool[])[false, true])
        {
            using var agent = new MqttClientFactory().CreateMqttClient();
            var id = enrolled.Agent!.Id.ToString();
            var options = new MqttClientOptionsBuilder().WithClientId(id).WithCredentials(id, enrolled.Token);
            options = overSocket
                ? options.WithWebSocketServer(socket => socket.WithUri($"wss://{School.Outside}:{school.Host.Options.TlsPort}/mqtt"))
                : options.WithTcpServer(School.Outside.ToString(), school.Host.Options.MqttTlsPort);
            var connected = await agent.ConnectAsync(options.WithTlsOptions(tls => tls.UseTls().WithCertificateValidationHandler(shown => Trusted(shown.Certificate))).Build(), TestContext.Current.CancellationToken);
            Assert.Equal(MqttClientConnectResultCode.Success, connected.ResultCode);
            await agent.DisconnectAsync(cancellationToken: TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void The_hubs_own_certificate_is_kept_then_made_anew_before_it_ends_by_the_same_authority()
    {
        using var folder = new TempFolder();
        var now = new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
        var first = HubCertificate.Own(folder.Path, ["localhost"], now);
        var same = HubCertificate.Own(folder.Path, ["localhost"], now.AddDays(300));
        var renewed = HubCertificate.Own(folder.Path, ["localhost"], now.AddDays(340));

        Assert.Equal(first.Shown.Thumbprint, same.Shown.Thumbprint);
        Assert.NotEqual(first.Shown.Thumbprint, renewed.Shown.Thumbprint);
        Assert.Equal(first.Fingerprint, renewed.Fingerprint);
        Assert.True(renewed.Shown.NotAfter.ToUniversalTime() > now.AddDays(700).UtcDateTime);
    }

    [Fact]
    public void A_machine_that_woke_in_1970_makes_a_certificate_of_today()
    {
        using var folder = new TempFolder();
        Assert.True(HubCertificate.Own(folder.Path, [], DateTimeOffset.UnixEpoch).Shown.NotAfter.Year >= 2026);
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_used_is_one_sentence()
    {
        await using var school = await School.OpenAsync();
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("x.pem"), "not a certificate", TestContext.Current.CancellationToken);
        var options = school.Host.Options with { CertificateFile = folder.File("x.pem"), CertificateKeyFile = folder.File("x.pem") };
        Assert.Contains("CertificateFile", Assert.Throws<Startup.StartRefusedException>(() => Startup.Doors.Of(options, [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_ports_stay_on_this_machine_unless_they_were_chosen()
    {
        Assert.SkipWhen(IPAddress.IsLoopback(School.Outside), "this machine has no address but 127.0.0.1");
        await using var school = await School.OpenAsync();
        await school.RestartAsync(options => options with { Plain = "" });
        foreach (var port in (int[])[school.Host.Options.HttpPort, school.Host.Options.GrpcPort, school.Host.Options.MqttPort])
        {
            using var socket = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync(School.Outside, port, TestContext.Current.CancellationToken));
        }
    }
}
