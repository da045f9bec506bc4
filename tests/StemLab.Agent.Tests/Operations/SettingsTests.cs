using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.TestKit;
using StemLab.Wire.V1;

namespace StemLab.Agent.Operations;

public sealed class SettingsTests : IDisposable
{
    private const string Good = """{ "Measuring": true, "HealthIntervalSeconds": 30, "Sources": [ { "Kind": "ds18b20", "Port": "water", "Label": "Ao", "IntervalSeconds": 5 } ] }""";
    private static readonly AgentOptions Told = new() { Slug = "pond", Sources = [new SourceOptions { Kind = "ezo-ph" }] };
    private readonly TempFolder folder = new();

    [Fact]
    public void What_the_hub_sets_counts_is_kept_over_a_restart_and_is_reported()
    {
        var keeper = Open();
        Assert.Null(keeper.Take(Wire(1, Good), out var isNew));
        Assert.True(isNew);
        var options = Open().Over(Told);
        Assert.Equal(("pond", 30.0, "water", "Ao", 5.0), (options.Slug, options.HealthIntervalSeconds, options.Sources[0].Port, options.Sources[0].Label, options.Sources[0].IntervalSeconds));
        var report = Open().Report(options, [new DetectedProbe { Kind = "iio", Serial = "1-0076" }]);
        Assert.Equal((1ul, 0ul, "1-0076"), (report.Settings.Revision, report.RefusedRevision, report.Found[0].Serial));
        Assert.Null(HubSettings.Read(report.Settings, new AgentOptions(), out var again));
        Assert.Equal(options.Sources[0], again.Sources[0]);
        Assert.Contains(report.Kinds, kind => kind.Name == "ezo-ec" && kind.Keys.SequenceEqual(["Bus", "Address", "Serial", "Path", "Baud", "TemperatureFrom", "Outputs"], StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_settings_twice_are_no_second_change_and_older_ones_are_refused()
    {
        var keeper = Open();
        keeper.Take(Wire(2, Good), out _);
        Assert.Null(keeper.Take(Wire(2, Good), out var isNew));
        Assert.False(isNew);
        Assert.Contains("revision 2", keeper.Take(Wire(1, Good), out _)!.En, StringComparison.Ordinal);
        Assert.NotNull(keeper.Take(Wire(2, "{}"), out _));
    }

    [Theory]
    [InlineData("""{ "Sources": [ { "Kind": "ezo-ph", "IntervalSeconds": 0.1 } ] }""", "Sources[0].IntervalSeconds", "Đầu đo thứ 1 (ezo-ph): khoảng giữa hai lần đo")]
    [InlineData("""{ "Sources": [ { "Kind": "sundial" } ] }""", "'sundial' is not one of", "không biết loại đầu đo đó")]
    [InlineData("""{ "Sources": [ { "Kind": "ds18b20", "Port": "a" }, { "Kind": "ezo-rtd", "Port": "a" } ] }""", "is also the port of Sources[0]", "Đầu đo thứ 2 (ezo-rtd): tên cổng")]
    [InlineData("""{ "Token": "mine" }""", "Token: not the hub's to set", "không đọc được")]
    [InlineData("""{ "HealthIntervalSeconds": -1 }""", "HealthIntervalSeconds", "từ 1 đến 86400 giây")]
    [InlineData("""{ "Sources": [ { "Kind": "serial", "Path": "/etc/passwd" } ] }""", "not below /dev/", "đường dẫn")]
    [InlineData("""{ "Sources": [ { "Kind": "serial", "Path": "/dev/../etc/passwd" } ] }""", "not below /dev/", "đường dẫn")]
    [InlineData("""{ "Sources": [ { "Kind": "replay", "Path": "/etc/passwd" } ] }""", "not below /dev/", "đường dẫn")]
    [InlineData("""{ "Sources": 7 }""", "Sources", "không đọc được")]
    [InlineData("not json", "line 1", "không đọc được")]
    [InlineData("""{ "Interval": 7 }""", "no such option", "không đọc được")]
    public void Settings_that_do_not_hold_are_refused_in_both_languages_and_the_old_ones_stay(string content, string english, string vietnamese)
    {
        var keeper = Open();
        keeper.Take(Wire(1, Good), out _);
        var refusal = keeper.Take(Wire(2, content), out var isNew);
        Assert.False(isNew);
        Assert.Contains(english, refusal!.En, StringComparison.Ordinal);
        Assert.Contains(vietnamese, refusal.Vi, StringComparison.Ordinal);
        var after = Open();
        Assert.Equal("water", after.Over(Told).Sources[0].Port);
        var report = after.Report(after.Over(Told), []);
        Assert.Equal((1ul, 2ul, refusal.En, refusal.Vi), (report.Settings.Revision, report.RefusedRevision, report.RefusedEn, report.RefusedVi));
        Assert.Contains("revision 2", after.Trouble.En, StringComparison.Ordinal);
        Assert.Null(after.Take(Wire(3, Good), out _));
        Assert.True(after.Trouble.IsEmpty);
    }

    [Fact]
    public void Settings_cut_off_on_the_way_too_long_or_of_a_later_form_are_refused()
    {
        var keeper = Open();
        var cut = Wire(1, Good);
        cut.Content = ByteString.CopyFrom(cut.Content.Span[..^10]);
        Assert.Contains("cut off", keeper.Take(cut, out _)!.En, StringComparison.Ordinal);
        var later = Wire(1, Good);
        later.Format = 2;
        Assert.Contains("form 2", keeper.Take(later, out _)!.En, StringComparison.Ordinal);
        Assert.Contains("bytes", keeper.Take(Wire(1, new string(' ', 40_000)), out _)!.En, StringComparison.Ordinal);
        Assert.Equal(Told, Open().Over(Told));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"Revision\": 2, \"Content\": \"{")]
    [InlineData("\0\0\0\0")]
    public void A_file_torn_on_the_card_is_kept_aside_and_the_settings_before_count(string torn)
    {
        Set(1, Good);
        Set(2, Good.Replace("water", "well", StringComparison.Ordinal));
        File.WriteAllText(folder.File("settings.json"), torn);
        var after = Open();
        Assert.Equal("water", after.Over(Told).Sources[0].Port);
        Assert.Contains("damaged", after.Trouble.En, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("settings.json.damaged-1")));
    }

    [Fact]
    public void A_file_of_a_later_program_counts_no_more_and_that_is_said()
    {
        Set(1, Good);
        Set(2, Good.Replace("water", "well", StringComparison.Ordinal));
        File.WriteAllText(folder.File("settings.json"), File.ReadAllText(folder.File("settings.json")).Replace("\"Format\":1", "\"Format\":7", StringComparison.Ordinal));
        var after = Open();
        Assert.Equal("water", after.Over(Told).Sources[0].Port);
        Assert.Contains("form 7", after.Trouble.En, StringComparison.Ordinal);
        Assert.Contains("dạng 7", after.Trouble.Vi, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_the_agent_cannot_measure_with_are_given_back()
    {
        Set(1, Good);
        var keeper = Open();
        keeper.Take(Wire(2, Good.Replace("water", "well", StringComparison.Ordinal)), out _);
        Assert.True(keeper.GiveUp("no such file"));
        Assert.Equal("water", keeper.Over(Told).Sources[0].Port);
        Assert.False(keeper.GiveUp("again"));
        Assert.Equal("water", Open().Over(Told).Sources[0].Port);
        Assert.Equal(2ul, Open().Report(Told, []).RefusedRevision);
    }

    [Fact]
    public void A_card_that_cannot_be_written_refuses_and_nothing_changes()
    {
        var keeper = Open();
        Directory.CreateDirectory(folder.File("settings.json.new"));
        Assert.Contains("cannot be kept", keeper.Take(Wire(1, Good), out _)!.En, StringComparison.Ordinal);
        Assert.Equal(Told, keeper.Over(Told));
    }

    public void Dispose() => folder.Dispose();

    private SettingsKeeper Open() => new(folder.Path, NullLogger.Instance);

    private void Set(ulong revision, string content)
    {
        var keeper = Open();
        Assert.Null(keeper.Take(Wire(revision, content), out _));
        keeper.Proven();
    }

    private static Settings Wire(ulong revision, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return new Settings { Format = 1, Revision = revision, Content = ByteString.CopyFrom(bytes), Sha256 = ByteString.CopyFrom(SHA256.HashData(bytes)) };
    }
}
