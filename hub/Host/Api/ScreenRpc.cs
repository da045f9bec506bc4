using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Export;
using StemLab.Hub.Operations;
using StemLab.Hub.Screens;
using StemLab.V1;
using ScreenSettings = StemLab.V1.ScreenSettings;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.ScreenService. Thin.</summary>
internal sealed class ScreenRpc(WaitingScreens waiting, ScreenBook book, PublicBoard board, PublicCampaigns campaigns, CampaignBook trips, DerivationBook derivations, AccessOptions access, WrongCodes wrong) : ScreenService.ScreenServiceBase
{
    private const string ScreenType = "stemlab.dev/Screen";
    private const string Prefix = "screens/";

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<AskScreenCodeResponse> AskScreenCode(AskScreenCodeRequest request, ServerCallContext context) =>
        waiting.Ask() is (var code, var ticket)
            ? Task.FromResult(new AskScreenCodeResponse { Code = code, Ticket = ticket })
            : throw Rpc.ResourceExhausted("screens", "Too many screens are waiting: try again in a few minutes", "Quá nhiều màn hình đang chờ: hãy thử lại sau vài phút", TimeSpan.FromMinutes(1));

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<CollectScreenResponse> CollectScreen(CollectScreenRequest request, ServerCallContext context)
    {
        Caller.MustNotWait(context, wrong);
        if (!waiting.TryCollect(request.Ticket, out var secret))
        {
            throw Rpc.NotFound(ScreenType, "this ticket");
        }

        if (secret is not null)
        {
            Caller.Give(context, secret, ScreenBook.CookieLasts);
        }

        return Task.FromResult(new CollectScreenResponse { Attached = secret is not null });
    }

    [Authorize(Policies.Teach)]
    public override Task<ConfirmScreenResponse> ConfirmScreen(ConfirmScreenRequest request, ServerCallContext context)
    {
        Caller.MustNotWait(context, wrong);
        var name = request.DisplayName.Trim();
        if (name.Length is 0 or > PersonBook.LongestName || name.Any(char.IsControl))
        {
            throw Rpc.InvalidArgument("display_name", $"has {name.Length} characters; give 1 to {PersonBook.LongestName}, on one line", $"có {name.Length} ký tự; cần 1 đến {PersonBook.LongestName}, trên một dòng");
        }

        if (waiting.Confirm(Secrets.Typed(request.Code), name) is not { } screen)
        {
            wrong.Count(context.GetHttpContext().Connection.RemoteIpAddress);
            throw Rpc.Refused(Google.Rpc.Code.NotFound, "DIGITS_UNKNOWN", "No screen shows these digits now. Look at the screen again", "Hiện không màn hình nào hiện các số này. Hãy nhìn lại màn hình");
        }

        return Task.FromResult(new ConfirmScreenResponse { Screen = Wire(screen) });
    }

    [Authorize(Policies.Teach)]
    public override Task<ListScreensResponse> ListScreens(ListScreensRequest request, ServerCallContext context)
    {
        var answer = new ListScreensResponse();
        answer.Screens.AddRange(book.Attached.Select(Wire));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Teach)]
    public override Task<DetachScreenResponse> DetachScreen(DetachScreenRequest request, ServerCallContext context) =>
        request.Name.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(request.Name.AsSpan(Prefix.Length), out var id) && book.Detach(id)
            ? Task.FromResult(new DetachScreenResponse())
            : throw Rpc.NotFound(ScreenType, request.Name);

    [Authorize(Policies.Teach)]
    public override Task<GetScreenSettingsResponse> GetScreenSettings(GetScreenSettingsRequest request, ServerCallContext context)
    {
        var (file, problem) = LimitsReader.Read(access.DataFolder, book.Settings?.ConfirmedLimits ?? "");
        return Task.FromResult(new GetScreenSettingsResponse { Settings = Wire(book.Settings ?? Started()), Limits = file, Problem = problem });
    }

    [Authorize(Policies.Teach)]
    public override Task<SetScreenSettingsResponse> SetScreenSettings(SetScreenSettingsRequest request, ServerCallContext context)
    {
        var asked = request.Settings ?? throw Rpc.InvalidArgument("settings", "is missing", "thiếu nội dung");
        var city = asked.CityName.Trim();
        var violations = new List<(string, string, string)>();
        if (city.Length > ScreenBook.LongestCity || city.Any(char.IsControl))
        {
            violations.Add(("settings.city_name", $"has {city.Length} characters; at most {ScreenBook.LongestCity}, on one line", $"Tên có {city.Length} ký tự; tối đa {ScreenBook.LongestCity}, trên một dòng"));
        }

        if (asked.Channels.Count > ScreenBook.MostChannels)
        {
            violations.Add(("settings.channels", $"are {asked.Channels.Count}; at most {ScreenBook.MostChannels}", $"Chọn {asked.Channels.Count} đại lượng; tối đa {ScreenBook.MostChannels}"));
        }

        violations.AddRange(asked.Channels.Where(name => !derivations.Current.TryFindChannel(name, out _)).Take(5).Select(name => ("settings.channels", $"'{name}' is no channel of this hub", $"Trạm không có đại lượng “{name}”")));
        if (asked.Campaigns.Count > ScreenBook.MostCampaigns)
        {
            violations.Add(("settings.campaigns", $"are {asked.Campaigns.Count}; at most {ScreenBook.MostCampaigns}", $"Chọn {asked.Campaigns.Count} chiến dịch; tối đa {ScreenBook.MostCampaigns}"));
        }

        var described = asked.Campaigns.Count == 0 ? [] : trips.Campaigns().Select(campaign => campaign.Name).ToHashSet(StringComparer.Ordinal);
        violations.AddRange(asked.Campaigns.Where(name => !described.Contains(name)).Take(5).Select(name => ("settings.campaigns", $"'{name}' is no campaign of this hub", $"Trạm không có chiến dịch “{name}”")));
        if (request.ReplaceLogo && asked.Logo.Length > 0 && (asked.Logo.Length > ScreenBook.MostLogoBytes || ScreensSetup.TypeOf(asked.Logo.Span) is null))
        {
            violations.Add(("settings.logo", $"must be PNG or JPEG of at most {ScreenBook.MostLogoBytes / 1000} kB", $"Ảnh phải là PNG hoặc JPEG, tối đa {ScreenBook.MostLogoBytes / 1000} kB"));
        }

        if (violations.Count > 0)
        {
            throw Rpc.InvalidArgument(violations);
        }

        var kept = book.Change(before => before with { CityName = city, Channels = [.. asked.Channels.Distinct(StringComparer.Ordinal)], Campaigns = [.. asked.Campaigns.Distinct(StringComparer.Ordinal)], Logo = request.ReplaceLogo ? [.. asked.Logo] : before.Logo });
        return Task.FromResult(new SetScreenSettingsResponse { Settings = Wire(kept) });
    }

    [Authorize(Policies.Teach)]
    public override Task<ConfirmLimitsResponse> ConfirmLimits(ConfirmLimitsRequest request, ServerCallContext context)
    {
        if (LimitsReader.Read(access.DataFolder, "").File is not { } file || file.Sha256 != request.Sha256)
        {
            throw Rpc.FailedPrecondition("OTHER_LIMITS", LimitsReader.FileName, "limits.json is another one now than you looked at: load the page again", "Tệp limits.json đã khác với lúc bạn xem: hãy tải lại trang");
        }

        var started = book.Settings is null ? Started() : null;
        book.Change(before => (started ?? before) with { ConfirmedLimits = file.Sha256 });
        return Task.FromResult(new ConfirmLimitsResponse());
    }

    [Authorize(Policies.Open)]
    public override Task<GetPublicBoardResponse> GetPublicBoard(GetPublicBoardRequest request, ServerCallContext context) => Task.FromResult(board.Now());

    [Authorize(Policies.Open)]
    public override Task<GetPublicReplayResponse> GetPublicReplay(GetPublicReplayRequest request, ServerCallContext context) => board.ReplayAsync(context.CancellationToken);

    [Authorize(Policies.Open)]
    public override async Task<GetPublicCampaignResponse> GetPublicCampaign(GetPublicCampaignRequest request, ServerCallContext context) =>
        await campaigns.ReadAsync(request.Name, context.CancellationToken) ?? throw Rpc.NotFound("stemlab.dev/Campaign", request.Name);

    /// <summary>What stands while nobody has chosen: what a demo shows by itself.</summary>
    private Screens.ScreenSettings Started() => new("", board.Shown(), [], "");

    private static ScreenSettings Wire(Screens.ScreenSettings kept)
    {
        var wire = new ScreenSettings { CityName = kept.CityName, Logo = ByteString.CopyFrom([.. kept.Logo]) };
        wire.Channels.AddRange(kept.Channels);
        wire.Campaigns.AddRange(kept.Campaigns);
        return wire;
    }

    private static Screen Wire(Credential screen)
    {
        var wire = new Screen { Name = $"{Prefix}{screen.Id}", DisplayName = screen.Name };
        if (screen.MadeUtcUs is { } made)
        {
            wire.MadeUtcUs = made;
        }

        return wire;
    }
}
