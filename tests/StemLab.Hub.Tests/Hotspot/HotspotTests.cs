using System.CommandLine;
using System.Net;
using StemLab.Hub.Access;
using StemLab.Hub.Startup;
using StemLab.TestKit;

namespace StemLab.Hub.Hotspot;

/// <summary>The Wi-Fi a hub makes: what is written, and how the hub answers phones that test it. What the real NetworkManager does with it is tested end to end.</summary>
public sealed class HotspotTests
{
    private static readonly HotspotPlan Plan = new("wlan0", "Vịnh Hạ Long", "K7M4XPQRST", IPAddress.Parse("10.42.0.1"), 5080);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/generate_204", "connectivitycheck.gstatic.com", 204, "")]
    [InlineData("/gen_204", "www.google.com", 204, "")]
    [InlineData("/hotspot-detect.html", "captive.apple.com", 200, "<TITLE>Success</TITLE>")]
    [InlineData("/connecttest.txt", "www.msftconnecttest.com", 200, "Microsoft Connect Test")]
    [InlineData("/ncsi.txt", "www.msftncsi.com", 200, "Microsoft NCSI")]
    [InlineData("/success.txt", "detectportal.firefox.com", 200, "success\n")]
    public async Task A_phone_that_tests_the_wifi_is_answered_under_its_makers_name(string path, string host, int status, string body)
    {
        await using var school = await School.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path.TrimStart('/'));
        request.Headers.Host = host;
        using var answer = await school.Client().SendAsync(request, Stop);

        Assert.Equal(status, (int)answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(path == "/hotspot-detect.html" ? text.Contains(body, StringComparison.Ordinal) : text == body, text);

        // Nothing else of the hub answers to that name.
        using var other = new HttpRequestMessage(HttpMethod.Get, "signin");
        other.Headers.Host = host;
        using var refused = await school.Client().SendAsync(other, Stop);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, refused.StatusCode);
    }

    [Fact]
    public void What_is_written_names_the_wifi_shares_an_address_and_leads_every_name_and_port_80_to_the_hub()
    {
        var files = Plan.Files.ToDictionary(file => file.Path, file => file.Text);
        var connection = files[HotspotPlan.ConnectionPath];
        Assert.All((string[])["mode=ap", "ssid=Vịnh Hạ Long", "psk=K7M4XPQRST", "method=shared", "address1=10.42.0.1/24", "interface-name=wlan0"], line => Assert.Contains(line + "\n", connection, StringComparison.Ordinal));
        Assert.All((string[])["address=/#/10.42.0.1", "local=/#/", "no-resolv"], line => Assert.Contains(line + "\n", files[HotspotPlan.DnsPath], StringComparison.Ordinal));
        Assert.Contains("iifname \"wlan0\" tcp dport 80 redirect to :5080", files[HotspotPlan.FilterPath], StringComparison.Ordinal);
        Assert.DoesNotContain("security", (Plan with { Passphrase = "" }).Files[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wlan0; rm", "StemLab", "12345678", "no network device")]
    [InlineData("wlan0", "", "12345678", "1 to 32 bytes")]
    [InlineData("wlan0", "a name that is much too long for any Wi-Fi", "12345678", "1 to 32 bytes")]
    [InlineData("wlan0", "two\nlines", "12345678", "1 to 32 bytes")]
    [InlineData("wlan0", "StemLab", "short", "8 to 63")]
    [InlineData("wlan0", "StemLab", "mật khẩu dài", "8 to 63")]
    public void A_plan_that_cannot_work_says_what_to_change(string device, string ssid, string passphrase, string why) =>
        Assert.Contains(why, string.Join("; ", new HotspotPlan(device, ssid, passphrase, IPAddress.Parse("10.42.0.1"), 5080).Problems()), StringComparison.Ordinal);

    [Fact]
    public async Task Showing_the_plan_changes_nothing_and_taking_back_what_is_not_there_is_one_sentence()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a hotspot is made on Linux");
        using var etc = new TempFolder();
        using var output = new StringWriter();
        await HotspotCommand.Build().Parse(["show", "--name", "Bay"]).InvokeAsync(new InvocationConfiguration { Output = output, EnableDefaultExceptionHandler = false }, Stop);
        Assert.Contains("ssid=Bay", output.ToString(), StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => HotspotCommand.Build().Parse(["off", "--etc", etc.Path]).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, Stop));
        Assert.Contains("no hotspot", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(etc.Path));
    }
}
