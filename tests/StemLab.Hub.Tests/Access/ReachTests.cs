using System.Net;
using Microsoft.Extensions.Time.Testing;
using StemLab.Hub.Startup;

namespace StemLab.Hub.Access;

/// <summary>Nobody reaches the hub: it says so in words, and stops saying so.</summary>
public sealed class ReachTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly IPEndPoint Phone = new(IPAddress.Parse("192.168.1.77"), 50000);

    [Fact]
    public void This_machine_is_not_another_device()
    {
        var contact = new FirstContact(address => address.Equals(IPAddress.Parse("192.168.1.10")));
        contact.Connected(new IPEndPoint(IPAddress.Loopback, 1));
        contact.Connected(new IPEndPoint(IPAddress.IPv6Loopback, 1));
        contact.Connected(new IPEndPoint(IPAddress.Parse("192.168.1.10").MapToIPv6(), 1));
        contact.Connected(null);
        contact.Asked(new IPEndPoint(IPAddress.Loopback, 5353));
        Assert.Equal((false, false), (contact.Reached.IsCompleted, contact.WasAsked));

        contact.Asked(Phone);
        contact.Connected(Phone);
        Assert.Equal((true, true), (contact.Reached.IsCompleted, contact.WasAsked));
    }

    [Fact]
    public void The_reasons_name_the_wifi_the_firewall_and_isolation_with_what_to_do()
    {
        var reasons = ReachWords.Why([new Uri("https://192.168.1.10:5443/"), new Uri("http://127.0.0.1:5080/")], [8883, 0], wasAsked: false, PlatformID.Unix);

        Assert.Equal(3, reasons.Length);
        Assert.Contains("should begin with “192.168.1.”", reasons[0].En, StringComparison.Ordinal);
        Assert.Contains("192.168.1.10", reasons[0].Vi, StringComparison.Ordinal);
        Assert.Contains("sudo ufw allow 5443/tcp; sudo ufw allow 8883/tcp", reasons[1].En, StringComparison.Ordinal);
        Assert.Contains("client isolation", reasons[2].En, StringComparison.Ordinal);
        Assert.Contains("Windows Security", ReachWords.Why([new Uri("https://192.168.1.10:5443/")], [], false, PlatformID.Win32NT)[1].En, StringComparison.Ordinal);
        Assert.All(reasons, reason => Assert.NotEqual(reason.En, reason.Vi));
    }

    [Fact]
    public void A_device_that_was_heard_and_could_not_come_in_means_a_firewall_and_a_machine_without_network_says_that()
    {
        var heard = Assert.Single(ReachWords.Why([new Uri("https://192.168.1.10:5443/")], [8883], wasAsked: true, PlatformID.Unix));
        Assert.Contains("has asked for the hub and could not open it", heard.En, StringComparison.Ordinal);
        Assert.Contains("in no network", Assert.Single(ReachWords.Why([new Uri("http://127.0.0.1:5080/")], [], false, PlatformID.Unix)).En, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_opens_on_this_machine_only_comes_with_what_to_do_and_where_phones_then_go()
    {
        var here = ReachWords.OnlyHere([IPAddress.Parse("fd00::2"), IPAddress.Loopback, IPAddress.Parse("192.168.1.10")], 5080);
        var alone = ReachWords.OnlyHere([IPAddress.Loopback], 5080);

        Assert.All((string[])[here.En, here.Vi], text => Assert.Contains("stemlab serve --listen 0.0.0.0 --plain pages,mqtt. ", text, StringComparison.Ordinal));
        Assert.EndsWith("http://192.168.1.10:5080", here.En, StringComparison.Ordinal);
        Assert.EndsWith("Khi đó điện thoại mở http://192.168.1.10:5080", here.Vi, StringComparison.Ordinal);
        Assert.EndsWith("Connect this computer to the Wi-Fi first.", alone.En, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "No other device has reached this hub yet", "Other devices reach this hub")]
    [InlineData(true, "Chưa có thiết bị nào khác vào được trạm này", "Thiết bị khác vào được trạm này")]
    public async Task The_console_tells_after_two_minutes_and_when_somebody_comes(bool vi, string title, string reached)
    {
        var time = new FakeTimeProvider();
        var origin = new HubOrigin();
        origin.Announce([new Uri("https://192.168.1.10:5443/")], "ab", null, 8883, 0);
        var contact = new FirstContact(_ => false);
        using var console = new StringWriter();
        var telling = ReachLines.WatchAsync(origin, contact, vi, TextWriter.Synchronized(console), time, TestContext.Current.CancellationToken);
        Assert.Empty(console.ToString());
        time.Advance(ReachLines.After);
        contact.Connected(Phone);
        await telling.WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Contains(title, console.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"{reached}.{Environment.NewLine}", console.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_at_once_is_told_nothing()
    {
        var contact = new FirstContact(_ => false);
        contact.Connected(Phone);
        using var console = new StringWriter();
        await ReachLines.WatchAsync(new HubOrigin(), contact, false, console, new FakeTimeProvider(), TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Empty(console.ToString());
    }

    [Theory]
    [InlineData("en", "No other device has reached this hub yet")]
    [InlineData("vi", "Chưa có thiết bị nào khác vào được trạm này")]
    public async Task The_people_page_says_so_until_somebody_comes(string language, string title)
    {
        await using var school = await School.OpenAsync();
        var admin = school.Client(school.SecretOf(Roles.Admin), school.MachineUrl);
        Assert.Contains(title, await admin.GetStringAsync($"people?lang={language}", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        school.Get<FirstContact>().Connected(Phone);
        Assert.DoesNotContain(title, await admin.GetStringAsync($"people?lang={language}", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
