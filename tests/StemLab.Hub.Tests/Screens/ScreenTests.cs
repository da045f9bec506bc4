using System.Net;
using System.Text.Json;
using StemLab.Hub.Access;
using StemLab.Hub.Api;
using StemLab.Hub.Facts;
using StemLab.V1;
using StemLab.Wire;
using Placement = StemLab.Hub.Facts.Placement;
using Site = StemLab.Hub.Facts.Site;

namespace StemLab.Hub.Screens;

/// <summary>A TV is taken in by four digits and shows what was chosen; the public sees nothing else.</summary>
public sealed class ScreenTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_screen_shows_digits_until_a_teacher_types_them_and_keeps_its_place_over_a_power_cut()
    {
        await using var school = await School.OpenAsync();
        var (tv, cookies) = school.Browser();
        var (_, asked) = await School.PostAsync(tv, "v1/screens:ask", new { });
        var code = asked.GetProperty("code").GetString()!;
        var ticket = asked.GetProperty("ticket").GetString();
        Assert.Matches("^[0-9]{4}$", code);
        Assert.Contains("id=\"digits\"", await tv.GetStringAsync("screen", Stop), StringComparison.Ordinal);
        Assert.False(Attached((await School.PostAsync(tv, "v1/screens:collect", new { ticket })).Body));
        Assert.Empty(cookies.GetCookies(school.PlainUrl));

        var teacher = school.Client(school.SecretOf(Roles.Teacher));
        var (wrong, _) = await School.PostAsync(teacher, "v1/screens:confirm", new { code = code == "0000" ? "0001" : "0000", displayName = "Hall" });
        Assert.Equal(HttpStatusCode.NotFound, wrong);
        var (right, confirmed) = await School.PostAsync(teacher, "v1/screens:confirm", new { code, displayName = "Hall" });
        Assert.Equal(HttpStatusCode.OK, right);
        var name = confirmed.GetProperty("screen").GetProperty("name").GetString();

        Assert.True(Attached((await School.PostAsync(tv, "v1/screens:collect", new { ticket })).Body));
        Assert.DoesNotContain("id=\"digits\"", await tv.GetStringAsync("screen", Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await School.PostAsync(school.Client(), "v1/screens:collect", new { ticket })).Status);

        // The power goes: the hub starts anew, and so does the TV with what its browser keeps.
        await school.RestartAsync();
        using var again = await tv.GetAsync("screen", Stop);
        Assert.DoesNotContain("id=\"digits\"", await again.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Contains(again.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("max-age=34560000", StringComparison.OrdinalIgnoreCase));

        // Its credential opens no other page, and is taken back by a word.
        tv.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var other = await tv.GetAsync("agents", Stop);
        Assert.Equal("/screen", other.Headers.Location?.OriginalString);
        teacher = school.Client(school.SecretOf(Roles.Teacher));
        using var detached = await teacher.DeleteAsync($"v1/{name}", Stop);
        Assert.Equal(HttpStatusCode.OK, detached.StatusCode);
        Assert.Contains("id=\"digits\"", await tv.GetStringAsync("screen", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifty_screens_may_wait_and_a_stranger_learns_nothing_by_asking()
    {
        await using var school = await School.OpenAsync();
        var waiting = school.Get<WaitingScreens>();
        var codes = Enumerable.Range(0, WaitingScreens.Most).Select(_ => waiting.Ask()!.Value.Code).ToHashSet();

        Assert.Equal(WaitingScreens.Most, codes.Count);
        Assert.Null(waiting.Ask());
        Assert.Equal(HttpStatusCode.TooManyRequests, (await School.PostAsync(school.Client(), "v1/screens:ask", new { })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await School.PostAsync(school.Client(), "v1/screens:confirm", new { code = codes.First(), displayName = "x" })).Status);
    }

    [Fact]
    public async Task The_public_sees_the_chosen_channels_by_place_and_no_agent_group_or_person()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 50, HubFixture.Second, _ => 8.1);
        await hub.SteadyAsync("secret", "air_temperature", "Cel", 5, HubFixture.Second, _ => 20);
        var site = Id128.New();
        hub.State(new Site(site, "bai-chay", "Bai Chay pier", "Bến Bãi Cháy", 20.95, 107.05));
        hub.State(new Placement(HubFixture.PiKey, site, hub.Clock.Now));
        Assert.DoesNotContain("Chay", await hub.Http.GetStringAsync("v1/public", Stop), StringComparison.Ordinal);

        hub.Get<ScreenBook>().Change(before => before with { CityName = "Hạ Long", Channels = [HubFixture.Channel("ph", "ph")] });
        var text = await hub.Http.GetStringAsync("v1/public", Stop);
        var card = Assert.Single(JsonDocument.Parse(text).RootElement.GetProperty("cards").EnumerateArray());

        Assert.Equal(("Bến Bãi Cháy", 20.95), (card.GetProperty("place").GetProperty("vi").GetString(), card.GetProperty("latitude").GetDouble()));
        Assert.Equal(8.1, card.GetProperty("value").GetDouble(), 3);
        Assert.DoesNotContain(HubFixture.PiKey.ToString(), text, StringComparison.Ordinal);
        Assert.DoesNotContain("ag-1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("limit", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Limits_are_shown_only_from_a_file_a_person_has_compared_and_not_after_it_changed()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("t", "water_temperature", "Cel", 50, HubFixture.Second, _ => 28);
        hub.Get<ScreenBook>().Change(before => before with { Channels = [HubFixture.Channel("t", "water_temperature")] });
        var file = Path.Combine(hub.Get<AccessOptions>().DataFolder, LimitsReader.FileName);
        await File.WriteAllTextAsync(file, """{"sourceEn": "A test", "sourceVi": "Thử", "limits": [{"property": "water_temperature", "unit": "[degF]", "most": 86, "purposeEn": "x", "purposeVi": "y"}]}""", Stop);
        var client = new ScreenService.ScreenServiceClient(hub.Grpc);
        var read = await client.GetScreenSettingsAsync(new GetScreenSettingsRequest(), cancellationToken: Stop);
        Assert.False(read.Limits.Confirmed, read.Problem);
        Assert.Null((await BoardAsync(client)).Cards[0].Limit);

        await client.ConfirmLimitsAsync(new ConfirmLimitsRequest { Sha256 = read.Limits.Sha256 }, cancellationToken: Stop);
        Assert.Equal(30, (await BoardAsync(client)).Cards[0].Limit.Most, 6);

        await File.AppendAllTextAsync(file, " ", Stop);
        hub.Get<ScreenBook>().Change(before => before with { CityName = "x" });
        Assert.Null((await BoardAsync(client)).Cards[0].Limit);
        var refused = await HubFixture.RefusedAsync(client.ConfirmLimitsAsync(new ConfirmLimitsRequest { Sha256 = read.Limits.Sha256 }, cancellationToken: Stop));
        Assert.Equal(Grpc.Core.StatusCode.FailedPrecondition, refused.StatusCode);
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("""{"sourceEn": "", "sourceVi": "", "limits": []}""", "must name the document")]
    [InlineData("""{"sourceEn": "a", "sourceVi": "b", "limits": [{"property": "nothing", "unit": "1", "most": 1}]}""", "no observed property")]
    [InlineData("""{"sourceEn": "a", "sourceVi": "b", "limits": [{"property": "ph", "unit": "Cel", "most": 1}]}""", "does not convert")]
    [InlineData("""{"sourceEn": "a", "sourceVi": "b", "limits": [{"property": "ph", "unit": "[pH]", "least": 9, "most": 1}]}""", "in order")]
    [InlineData("""{"limits": []}""", "must name the document")]
    [InlineData("""{"sourceEn": "a", "sourceVi": "b", "limits": [{"unit": "[pH]", "most": 1}]}""", "limits[0] names no property")]
    [InlineData("""{"sourceEn": "a", "sourceVi": "b", "limits": [{"property": "ph", "most": 1}]}""", "limits[0] names no unit")]
    [InlineData("""{"sourceEn": "a", "sourceVi": "b", "limits": [{"property": "ph", "unit": "[pH]", "most": 1}, null]}""", "limits[1] is null")]
    [InlineData("""{"sourceEn": "a", "sourceVi": "b", "limits": [{"property": null, "unit": "[pH]", "most": 1}]}""", "limits[0] names no property")]
    public async Task A_limits_file_that_makes_no_sense_is_named_and_shows_nothing(string text, string why)
    {
        using var folder = new TestKit.TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, LimitsReader.FileName), text, Stop);

        var (file, problem) = LimitsReader.Read(folder.Path, "");

        Assert.Null(file);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_day_is_replayed_in_steps_of_five_minutes()
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("ph", "ph", "[pH]", 100, 60 * HubFixture.Second, i => 7 + (i / 100.0));
        hub.Get<ScreenBook>().Change(before => before with { Channels = [HubFixture.Channel("ph", "ph")] });

        var replay = await new ScreenService.ScreenServiceClient(hub.Grpc).GetPublicReplayAsync(new GetPublicReplayRequest(), cancellationToken: Stop);

        var track = Assert.Single(replay.Tracks);
        Assert.Equal((288, 300 * HubFixture.Second), (track.Mean.Count, replay.StepUs));
        var known = track.Mean.Where(double.IsFinite).ToArray();
        Assert.True(known.Length > 0 && known.SequenceEqual(known.Order()));
    }

    private static bool Attached(JsonElement body) => body.TryGetProperty("attached", out var attached) && attached.GetBoolean();

    private static async Task<GetPublicBoardResponse> BoardAsync(ScreenService.ScreenServiceClient client) => await client.GetPublicBoardAsync(new GetPublicBoardRequest(), cancellationToken: Stop);
}
