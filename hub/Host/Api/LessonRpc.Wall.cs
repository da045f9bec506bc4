using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Live;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>The state of a class, its stream, and what the wall does.</summary>
internal sealed partial class LessonRpc
{
    private const int MostMessage = 200;
    private const int MostTitle = 100;

    [Authorize(Policies.Read)]
    public override Task<GetClassResponse> GetClass(GetClassRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        return Task.FromResult(new GetClassResponse { ClassState = StateOf(session, viewer, context) });
    }

    [Authorize(Policies.Read)]
    public override async Task WatchClass(WatchClassRequest request, IServerStreamWriter<WatchClassResponse> responseStream, ServerCallContext context)
    {
        var wrong = new List<(string, string)>();
        if (request.MinIntervalUs is < 0 or > 60_000_000)
        {
            wrong.Add(("min_interval_us", $"{request.MinIntervalUs} is not 0 to 60000000"));
        }

        if (!(request.MaxRateHz >= 0) || double.IsInfinity(request.MaxRateHz))
        {
            wrong.Add(("max_rate_hz", "give 0 (everything) or a positive rate"));
        }

        if (request.StartCase == WatchClassRequest.StartOneofCase.LookbackUs && request.LookbackUs < 0)
        {
            wrong.Add(("lookback_us", $"{request.LookbackUs} is negative"));
        }

        WatchCursor? cursor = null;
        if (request.StartCase == WatchClassRequest.StartOneofCase.Cursor && !request.Cursor.StartsWith(RunPlayback.CursorMark, StringComparison.Ordinal))
        {
            cursor = WatchCursor.TryParse(request.Cursor, out var parsed) ? parsed : null;
            if (cursor is null)
            {
                wrong.Add(("cursor", "not a cursor of this API; start by time instead"));
            }
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        var (session, viewer) = Enter(request.Session, context);
        await stream.RunAsync(request, cursor, session, viewer, Caller.Here(context), responseStream.WriteAsync, context.CancellationToken);
    }

    [Authorize(Policies.Teach)]
    public override Task<SetClassResponse> SetClass(SetClassRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        if (request.HasEnded && request.Ended)
        {
            runs.Stop(session, [.. book.Of(session)!.Groups.Select(group => group.Key)], Caller.FactRole(context));
        }

        book.Change(session, one => Set(one, request));
        return Task.FromResult(new SetClassResponse { ClassState = StateOf(session, viewer, context) });
    }

    [Authorize(Policies.Teach)]
    public override Task<SetGroupResponse> SetGroup(SetGroupRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        var names = request.Channels.Distinct().ToList();
        if (names.Count > GroupPlan.MostChannels)
        {
            throw Rpc.InvalidArgument("channels", $"has {names.Count}; at most {GroupPlan.MostChannels}", $"mỗi nhóm tối đa {GroupPlan.MostChannels} kênh");
        }

        if (names.Find(name => !derivations.Current.TryFindChannel(name, out _)) is { } unknown)
        {
            throw Rpc.NotFound("channel", unknown);
        }

        book.Change(session, one =>
        {
            MustBeLive(one, request.Session);
            return one.GroupOf(request.Group) is null
                ? throw Rpc.NotFound("stemlab.dev/ClassGroup", request.Group)
                : one.WithGroup(request.Group, group => group with { Channels = [.. names], State = names.Count == 0 ? GroupState.NoChannel : GroupState.Silent });
        });
        return Task.FromResult(new SetGroupResponse { ClassState = StateOf(session, viewer, context) });
    }

    [Authorize(Policies.Take)]
    public override Task<StartRunResponse> StartRun(StartRunRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        var wrong = new List<(string, string, string)>();
        if (request.InUs is < -ClassRuns.MostAwayUs or > ClassRuns.MostAwayUs)
        {
            wrong.Add(("in_us", $"{request.InUs} is not -600 s to 600 s", "lần đo bắt đầu trong khoảng 10 phút trước hoặc sau"));
        }

        if (request.DurationUs is < 0 or > 86_400_000_000)
        {
            wrong.Add(("duration_us", $"{request.DurationUs} is not 0 (until stopped) to one day", "thời gian đo từ 0 (đến khi dừng) đến một ngày"));
        }

        if (request.Title.Length > MostTitle)
        {
            wrong.Add(("title", $"has {request.Title.Length} characters; at most {MostTitle}", $"tên tối đa {MostTitle} ký tự"));
        }

        if (!Enum.IsDefined(request.Purpose))
        {
            wrong.Add(("purpose", $"{(int)request.Purpose} is not 0 (as the class says), 1 (real) or 2 (practice)", "mục đích chỉ là 0 (theo lớp), 1 (thật) hoặc 2 (đo thử)"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        var one = book.Of(session)!;
        MustNotBeOver(one, request.Session);
        if (request.When is not null)
        {
            if (one.HidesFrom(viewer.Seat))
            {
                throw Rpc.FailedPrecondition("VALUES_HIDDEN", request.Session, Access.WithheldValues.English, Access.WithheldValues.Vietnamese);
            }

            MustBeLive(one, request.Session);
        }

        if (one.Playback is not null)
        {
            MustTeach(viewer, request.Session);
            book.Change(session, now => now with { Playback = now.Playback! with { BeganUs = clock.NowUs() + Math.Max(0, request.InUs) } });
            return Task.FromResult(new StartRunResponse { ClassState = StateOf(session, viewer, context) });
        }

        if (request.Purpose != RunPurpose.Unspecified && !viewer.IsTeacher)
        {
            throw Rpc.FailedPrecondition("TEACHER_SAYS", request.Session, "Your teacher says whether runs are practice", "Thầy cô nói lần đo nào là đo thử");
        }

        var groups = GroupsOf(one, request.Group, viewer, request.Session);
        bool? isPractice = request.Purpose == RunPurpose.Unspecified ? null : request.Purpose == RunPurpose.Practice;
        var duration = request.HasDurationUs ? request.DurationUs : read.Of(one).RunUs;
        var (title, role, language) = (request.Title.Trim(), Caller.FactRole(context), Caller.Say(context, "en", "vi"));
        if (request.When is { } when)
        {
            var group = Waiting(one, groups, when);
            runs.Arm(session, group, new ArmedRun(when.Channel, when.Level, when.Falling, when.BeforeUs, duration == 0 ? null : duration, title, role, viewer.IsTeacher, language, isPractice, "", 0));
        }
        else
        {
            runs.Start(session, groups, request.InUs, duration == 0 ? null : duration, title, role, viewer.IsTeacher, language, isPractice);
        }

        return Task.FromResult(new StartRunResponse { ClassState = StateOf(session, viewer, context) });
    }

    /// <summary>The group that shall wait for a crossing, or what is wrong with it.</summary>
    private static string Waiting(ClassAtWork one, string[] groups, RunTrigger when)
    {
        var wrong = new List<(string, string, string)>();
        if (groups.Length != 1)
        {
            wrong.Add(("group", $"is empty; a crossing is of one of the {groups.Length} groups", "hãy nói nhóm nào chờ"));
        }
        else if (one.GroupOf(groups[0])?.Channels.Contains(when.Channel) != true)
        {
            wrong.Add(("when.channel", $"'{when.Channel}' is no channel of the group '{groups[0]}'", $"nhóm không đo “{when.Channel}”"));
        }

        if (!double.IsFinite(when.Level))
        {
            wrong.Add(("when.level", "is not a number", "mức không phải là số"));
        }

        if (when.BeforeUs is < 0 or > ClassRuns.MostAwayUs)
        {
            wrong.Add(("when.before_us", $"{when.BeforeUs} is not 0 to 600 s", "trữ trước từ 0 đến 600 giây"));
        }

        return wrong.Count == 0 ? groups[0] : throw Rpc.InvalidArgument(wrong);
    }

    [Authorize(Policies.Take)]
    public override Task<StopRunResponse> StopRun(StopRunRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        var one = book.Of(session)!;
        if (one.Playback is not null)
        {
            MustTeach(viewer, request.Session);
            book.Change(session, now => now with { Playback = now.Playback! with { BeganUs = null } });
        }
        else if (!runs.Stop(session, GroupsOf(one, request.Group, viewer, request.Session), Caller.FactRole(context)))
        {
            throw Rpc.FailedPrecondition("NOT_RUNNING", request.Session, "No run is under way", "Không có lần đo nào đang chạy");
        }

        return Task.FromResult(new StopRunResponse { ClassState = StateOf(session, viewer, context) });
    }

    private ClassAtWork Set(ClassAtWork one, SetClassRequest request)
    {
        var isShort = request.HasShortVersion ? request.ShortVersion : one.IsShort;
        var after = one with { IsShort = isShort };
        var steps = read.StepsOf(after);
        var step = request.HasStep ? request.Step : isShort == one.IsShort ? one.Step : 0;
        var wrong = new List<(string, string, string)>();
        if (step < 0 || step >= steps.Count)
        {
            wrong.Add(("step", $"is {step}; this lesson has steps 0 to {steps.Count - 1}", $"bài này có bước 0 đến {steps.Count - 1}"));
        }

        if (request.HasSpotlight && request.Spotlight.Length > 0 && one.GroupOf(request.Spotlight) is null)
        {
            wrong.Add(("spotlight", $"is '{request.Spotlight}', which this class has not", "lớp này không có nhóm đó"));
        }

        if (request.Message.Length > MostMessage)
        {
            wrong.Add(("message", $"has {request.Message.Length} characters; at most {MostMessage}", $"lời nhắn tối đa {MostMessage} ký tự"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        var isNewStep = step != one.Step || isShort != one.IsShort;
        return after with
        {
            Step = step,
            StepSinceUs = isNewStep ? clock.NowUs() : one.StepSinceUs,
            IsFrozen = request.HasFrozen ? request.Frozen : one.IsFrozen,
            Spotlight = request.HasSpotlight ? request.Spotlight : one.Spotlight,
            HidesValues = request.HasHideValues ? request.HideValues : isNewStep ? steps[step].HidesValues : one.HidesValues,
            Message = request.HasMessage ? request.Message.Trim() : one.Message,
            IsLookUp = request.HasLookUp ? request.LookUp : one.IsLookUp,
            IsLocked = request.HasJoiningLocked ? request.JoiningLocked : one.IsLocked,
            StudentsMayRun = request.HasStudentsMayRun ? request.StudentsMayRun : one.StudentsMayRun,
            IsPractice = request.HasPractice ? request.Practice : one.IsPractice,
            IsEnded = request.HasEnded ? request.Ended : one.IsEnded,
            Alerts = [.. one.Alerts.Select(alert => request.SeenAlerts.Contains($"{alert.Group}/{alert.Limit}") ? alert with { IsSeen = true } : alert)],
        };
    }

    /// <summary>The groups a call is about: all or one for a teacher, its own for a seat that may run.</summary>
    private static string[] GroupsOf(ClassAtWork one, string asked, ClassViewer viewer, string session)
    {
        if (asked.Length > 0 && one.GroupOf(asked) is null)
        {
            throw Rpc.NotFound("stemlab.dev/ClassGroup", asked);
        }

        if (viewer.IsTeacher)
        {
            return asked.Length > 0 ? [asked] : [.. one.Groups.Select(group => group.Key)];
        }

        var own = Writing(one, viewer, session).Group;
        if (asked.Length > 0 && asked != own)
        {
            throw Rpc.FailedPrecondition("OTHER_GROUP", session, "You may start and stop runs of your own group only", "Bạn chỉ bắt đầu và dừng được lần đo của nhóm mình");
        }

        return one.StudentsMayRun ? [own] : throw Rpc.FailedPrecondition("TEACHER_RUNS", session, "Your teacher starts and stops for everybody now", "Lúc này thầy cô bắt đầu và dừng cho cả lớp");
    }

    private static void MustTeach(ClassViewer viewer, string session)
    {
        if (!viewer.IsTeacher)
        {
            throw Rpc.FailedPrecondition("REPLAY", session, "This is a recording: your teacher starts and stops it", "Đây là bản ghi: thầy cô bắt đầu và dừng nó");
        }
    }

    private static void MustBeLive(ClassAtWork one, string session)
    {
        if (one.Playback is not null)
        {
            throw Rpc.FailedPrecondition("REPLAY", session, "A recording has the channels it was recorded with", "Bản ghi dùng đúng các kênh đã ghi");
        }
    }

    private static void MustNotBeOver(ClassAtWork one, string session)
    {
        if (one.IsEnded)
        {
            throw Rpc.FailedPrecondition("ENDED", session, "The lesson is over: nothing new is taken, what is there can be taken home", "Buổi học đã kết thúc: không ghi thêm nữa, bạn có thể mang kết quả về nhà");
        }
    }
}
