using System.Collections.Immutable;
using Google.Protobuf;
using StemLab.Hub.Derive;
using StemLab.Hub.Lessons;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>Opens a session with a lesson: from a template, once more like one before, over runs recorded earlier, or over the recording that comes with it. Safe from any thread.</summary>
internal sealed class ClassOpening(ClassSessions sessions, ClassBook book, LessonBook lessons, ClassLessons atWork, ClassRuns runs, ClassRecordings recordings, DerivationBook derivations)
{
    private const double FastestReplay = 3_600;

    /// <summary>The session, or null when too many are open; throws a refusal for what cannot be opened.</summary>
    /// <param name="request">What is to be opened.</param>
    /// <param name="by">Who opens it.</param>
    /// <param name="role">Of who opens it, as in facts.</param>
    /// <param name="language">Of titles that are made here.</param>
    public async Task<ClassSession?> OpenAsync(OpenSessionRequest request, string by, string role, string language)
    {
        if (request.Lesson.Length == 0 && request.Like.Length == 0 && request.ReplayRuns.Count == 0 && !request.ShippedRecording)
        {
            return sessions.OpenOne(by);
        }

        Check(request);
        var work = request.Like.Length > 0 ? Like(request) : FromLesson(request);
        if (request.ReplayRuns.Count > 0)
        {
            work = Replayed(work, request);
        }
        else if (request.ShippedRecording)
        {
            work = await OverRecordingAsync(work, request, role, language);
        }

        if (sessions.OpenOne(by) is not { } session)
        {
            return null;
        }

        book.Open(work with { Session = session.Id });
        return session;
    }

    private static void Check(OpenSessionRequest request)
    {
        var wrong = new List<(string, string, string)>();
        if (request.Groups is < 0 or > ClassAtWork.MostGroups)
        {
            wrong.Add(("groups", $"is {request.Groups}; expected 0 (one an agent) to {ClassAtWork.MostGroups}", $"số nhóm phải từ 0 đến {ClassAtWork.MostGroups}"));
        }

        if (request.Lesson.Length == 0 && request.Like.Length == 0)
        {
            wrong.Add(("lesson", "is empty; runs are replayed in a lesson", "hãy chọn bài học để phát lại"));
        }

        if (request.ReplayRuns.Count > ClassAtWork.MostGroups)
        {
            wrong.Add(("replay_runs", $"has {request.ReplayRuns.Count}; at most {ClassAtWork.MostGroups}, a group each", $"phát lại tối đa {ClassAtWork.MostGroups} lần đo"));
        }

        if (request.ReplayRuns.Count > 0 && request.ShippedRecording)
        {
            wrong.Add(("shipped_recording", "is true beside replay_runs: one of them", "chỉ phát lại lần đo hoặc bản ghi kèm bài, không cả hai"));
        }

        if (!(request.ReplaySpeed is 0 or (>= 1 and <= FastestReplay)))
        {
            wrong.Add(("replay_speed", $"is {request.ReplaySpeed}; expected 1 to {FastestReplay}", $"tốc độ phát lại từ 1 đến {FastestReplay}"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }
    }

    private ClassAtWork FromLesson(OpenSessionRequest request)
    {
        const string prefix = "lessons/";
        var lesson = request.Lesson.StartsWith(prefix, StringComparison.Ordinal) ? lessons.Find(request.Lesson[prefix.Length..]) : null;
        if (lesson is null)
        {
            throw Rpc.NotFound("stemlab.dev/Lesson", request.Lesson);
        }

        var isShort = request.ShortVersion && lesson.ShortSteps.Count > 0;
        return new ClassAtWork
        {
            Session = 0,
            Lesson = JsonFormatter.Default.Format(lesson),
            IsShort = isShort,
            HidesValues = HidesAtFirst(lesson, isShort),
            Groups = GroupPlan.Deal(derivations.Current.Channels, lesson.ObservedProperties, request.Groups, request.Simulated),
        };
    }

    /// <summary>The lesson and the groups with their channels once more, a recording as a recording; nobody and nothing else of it.</summary>
    private ClassAtWork Like(OpenSessionRequest request)
    {
        if (!ClassSessions.TryId(request.Like, out var id) || book.Of(id) is not { } before)
        {
            throw Rpc.NotFound("stemlab.dev/ClassSession", request.Like);
        }

        var lesson = atWork.Of(before);
        var isShort = (request.ShortVersion || before.IsShort) && lesson.ShortSteps.Count > 0;
        return new ClassAtWork
        {
            Session = 0,
            Lesson = before.Lesson,
            IsShort = isShort,
            HidesValues = HidesAtFirst(lesson, isShort),
            StudentsMayRun = before.StudentsMayRun,
            Playback = before.Playback is { } played ? played with { BeganUs = null } : null,
            Groups = before.Playback is not null ? before.Groups : [.. before.Groups.Select(group => group with { Runs = [], Armed = null, State = group.Channels.IsEmpty ? GroupState.NoChannel : GroupState.Silent })],
        };
    }

    private static bool HidesAtFirst(Lesson lesson, bool isShort) => (isShort ? lesson.ShortSteps : lesson.Steps)[0].HidesValues;

    private ClassAtWork Replayed(ClassAtWork work, OpenSessionRequest request)
    {
        var parts = ImmutableArray.CreateBuilder<PlaybackPart>();
        foreach (var id in request.ReplayRuns.Distinct())
        {
            var run = runs.Find(id) ?? throw Rpc.NotFound("stemlab.dev/Run", id);
            if (run.End is not { } end || runs.IsRunning(run))
            {
                throw Rpc.FailedPrecondition("RUNNING", id, $"The run '{run.Title}' is still under way: stop it, then replay it", $"Lần đo “{run.Title}” còn đang chạy: hãy dừng rồi phát lại");
            }

            if (runs.Utc(run.Start) is not { } startUtc || runs.Utc(end) is not { } endUtc || endUtc <= startUtc)
            {
                throw Rpc.FailedPrecondition("NOT_PLACED", id, $"The run '{run.Title}' has no length, or its time is not known yet", $"Lần đo “{run.Title}” chưa có độ dài, hoặc chưa biết giờ của nó");
            }

            parts.Add(new PlaybackPart(Mascots.All[parts.Count], id, run.Channels, startUtc, endUtc));
        }

        return work with
        {
            Playback = new Playback(request.ReplaySpeed == 0 ? 1 : request.ReplaySpeed, parts.ToImmutable(), null),
            Groups = [.. parts.Select(part => new WorkGroup(part.Group, part.Channels, [part.Run], GroupState.Collecting))],
        };
    }

    /// <summary>The recording that comes with the lesson, part by part, as fast as it says itself.</summary>
    private async Task<ClassAtWork> OverRecordingAsync(ClassAtWork work, OpenSessionRequest request, string role, string language)
    {
        var name = atWork.Of(work).Recording;
        var parts = await recordings.TakeAsync(name, request.Groups, role, language);
        return work with
        {
            Playback = new Playback(request.ReplaySpeed == 0 ? ShippedRecording.All[name].Speed : request.ReplaySpeed, parts, null) { Recording = name },
            Groups = [.. parts.Select(part => new WorkGroup(part.Group, part.Channels, [part.Run], GroupState.Collecting))],
        };
    }
}
