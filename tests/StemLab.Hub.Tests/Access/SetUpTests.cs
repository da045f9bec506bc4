using System.Net;
using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Startup;
using StemLab.TestKit;

namespace StemLab.Hub.Access;

public sealed class SetUpTests
{
    [Fact]
    public async Task A_hub_nobody_has_set_up_does_not_listen_on_the_network_and_says_why()
    {
        using var folder = new TempFolder();
        var options = School.OptionsOf(folder.Path) with { Listen = School.Outside.ToString() };

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => HubHost.StartAsync(options, TestContext.Current.CancellationToken));

        Assert.Contains("no admin yet", refused.Message, StringComparison.Ordinal);
        Assert.Contains("/setup", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_demo_never_listens_on_the_network()
    {
        using var folder = new TempFolder();
        var options = School.OptionsOf(folder.Path) with { Listen = "0.0.0.0", Demo = true };
        Assert.Contains("demo", (await Assert.ThrowsAsync<StartRefusedException>(() => HubHost.StartAsync(options, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short1", "TooShort")]
    [InlineData("password1234", "Common")]
    [InlineData("1234567890", "Common")]
    [InlineData("aaaaaaaaaaaab", "TooFewDifferent")]
    [InlineData("Trường Hạ Long 1", "IsName")]
    [InlineData("Stemlab2026", "Common")]
    public async Task A_weak_passphrase_is_refused_with_the_reason(string passphrase, string reason)
    {
        using var folder = new TempFolder();
        await using var hub = await HubHost.StartAsync(School.OptionsOf(folder.Path), TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(hub.PageUrl) };

        var (status, body) = await School.PostAsync(client, "v1/access:setUp", new { schoolName = School.Name, passphrase });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal($"WEAK_PASSPHRASE_{reason}", body.GetProperty("details")[0].GetProperty("reason").GetString());
        Assert.False(hub.Services.GetRequiredService<SetupState>().IsSetUp);
    }

    [Fact]
    public async Task After_set_up_the_machine_is_nobody_special_and_a_second_set_up_is_refused()
    {
        using var folder = new TempFolder();
        await using var hub = await HubHost.StartAsync(School.OptionsOf(folder.Path), TestContext.Current.CancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(hub.PageUrl) };
        Assert.Equal(HttpStatusCode.OK, (await School.GetAsync(client, "v1/agents")).Status);

        var (first, _) = await School.PostAsync(client, "v1/access:setUp", new { schoolName = School.Name, passphrase = School.AdminPassphrase });
        var (second, _) = await School.PostAsync(client, "v1/access:setUp", new { schoolName = "Thief", passphrase = School.AdminPassphrase });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (first, second));
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(client, "v1/agents")).Status);
        Assert.Equal(School.Name, (await School.GetAsync(client, "v1/access")).Body.GetProperty("schoolName").GetString());
    }

    [Theory]
    [InlineData("localhost", "", true)]
    [InlineData("hub.school.vn", "", false)]
    [InlineData("stemlab.local", "", false)]
    [InlineData("localhost", "X-Forwarded-For", false)]
    [InlineData("localhost", "Forwarded", false)]
    public async Task Only_who_comes_from_the_machine_by_a_name_that_leads_nowhere_else_owns_a_new_hub(string name, string passedOn, bool owns)
    {
        using var folder = new TempFolder();
        await using var hub = await HubHost.StartAsync(School.OptionsOf(folder.Path) with { HostNames = "hub.school.vn" }, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(hub.PageUrl), DefaultRequestHeaders = { Host = $"{name}:{hub.Options.HttpPort}" } };
        if (passedOn.Length > 0)
        {
            client.DefaultRequestHeaders.Add(passedOn, "for=192.0.2.7");
        }

        Assert.Equal(owns ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, (await School.GetAsync(client, "v1/agents")).Status);
        Assert.Equal(!owns, (await School.GetAsync(client, "v1/access")).Body.TryGetProperty("needsCode", out var needs) && needs.GetBoolean());
        var (status, _) = await School.PostAsync(client, "v1/access:setUp", new { schoolName = School.Name, passphrase = School.AdminPassphrase });
        Assert.Equal(owns ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task From_another_machine_set_up_needs_the_code_of_the_console()
    {
        Assert.SkipWhen(IPAddress.IsLoopback(School.Outside), "this machine has no address but 127.0.0.1");
        using var folder = new TempFolder();
        var options = School.OptionsOf(folder.Path) with { Listen = School.Outside.ToString(), SetUpFromNetwork = true };
        await using var hub = await HubHost.StartAsync(options, TestContext.Current.CancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = new() { RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null } }) { BaseAddress = new Uri($"https://{School.Outside}:{hub.Options.TlsPort}/") };
        var code = hub.Services.GetRequiredService<SetupCode>().Shown!;
        Assert.Contains(StartLines.Of(hub), line => line.Contains(code, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(client, "v1/agents")).Status);

        var (wrong, _) = await School.PostAsync(client, "v1/access:setUp", new { code = "AAAA-AAAA", schoolName = School.Name, passphrase = School.AdminPassphrase });
        var (right, _) = await School.PostAsync(client, "v1/access:setUp", new { code = code.ToLowerInvariant(), schoolName = School.Name, passphrase = School.AdminPassphrase });

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (wrong, right));
        Assert.Null(hub.Services.GetRequiredService<SetupCode>().Shown);
    }

    [Fact]
    public async Task A_command_on_the_machine_proves_itself_and_resets_a_forgotten_passphrase()
    {
        await using var school = await School.OpenAsync();
        var signedIn = school.SecretOf(Roles.Admin)!;
        using var command = new HttpClient { BaseAddress = school.MachineUrl };
        LocalSecret.ShowFrom(school.Folder, command);

        var (refused, _) = await School.PostAsync(school.Client(signedIn), "v1/access:resetAdmin", new { newPassphrase = "bon tu khong ai doan" });
        var (done, _) = await School.PostAsync(command, "v1/access:resetAdmin", new { newPassphrase = "bon tu khong ai doan" });

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (refused, done));
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(school.Client(signedIn), "v1/agents")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "admin", passphrase = School.AdminPassphrase })).Status);
        Assert.Equal(HttpStatusCode.OK, (await School.PostAsync(school.Client(), "v1/access:signIn", new { name = "admin", passphrase = "bon tu khong ai doan" })).Status);
        Assert.Contains(school.Get<AuditLog>().Read(10), entry => entry is { Who: "machine", Action: "access.resetAdmin" });
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(school.Folder, "machine.secret")));
        }
    }

    [Fact]
    public async Task The_machines_secret_is_worth_nothing_from_elsewhere()
    {
        Assert.SkipWhen(IPAddress.IsLoopback(School.Outside), "this machine has no address but 127.0.0.1");
        await using var school = await School.OpenAsync();
        var thief = school.Client();
        LocalSecret.ShowFrom(school.Folder, thief);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.GetAsync(thief, "v1/agents")).Status);
    }

    [Fact]
    public async Task A_restored_backup_lets_the_same_people_in_and_shows_the_same_authority()
    {
        await using var school = await School.OpenAsync();
        var secret = school.SecretOf(Roles.Admin)!;
        var fingerprint = school.Get<HubOrigin>().TlsFingerprint;
        using var other = new TempFolder();
        var file = other.File("backup.zip");
        HubBackup.Write(school.Folder, file, TimeProvider.System, _ => { });
        HubBackup.Restore(file, other.File("restored"), mayReplace: false, _ => { });

        await using var restored = await HubHost.StartAsync(School.OptionsOf(other.File("restored")) with { Listen = School.Outside.ToString() }, TestContext.Current.CancellationToken);

        Assert.Equal(fingerprint, restored.Services.GetRequiredService<HubOrigin>().TlsFingerprint);
        Assert.NotNull(restored.Services.GetRequiredService<CredentialBook>().Find(secret));
        Assert.False(File.Exists(Path.Combine(other.File("restored"), "machine.secret.zip")));
    }
}
