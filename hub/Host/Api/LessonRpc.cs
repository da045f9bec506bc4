using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Lessons;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.LessonService: templates here; the wall and what seats do in the other parts. Checks the question, hands it to Lessons or Classroom.</summary>
internal sealed partial class LessonRpc(LessonBook lessons, ClassBook book, ClassSessions sessions, ClassLessons read, ClassRuns runs, ClassView view, ClassStream stream, HubClock clock, Derive.DerivationBook derivations) : LessonService.LessonServiceBase
{
    private const string LessonType = "stemlab.dev/Lesson";
    private const string Prefix = "lessons/";

    [Authorize(Policies.Read)]
    public override Task<ListLessonsResponse> ListLessons(ListLessonsRequest request, ServerCallContext context)
    {
        var (all, troubles) = lessons.All();
        var isTeacher = IsTeacher(context);
        var answer = new ListLessonsResponse();
        answer.Lessons.AddRange(isTeacher ? all : [.. all.Select(ClassView.ForStudents)]);
        if (isTeacher)
        {
            answer.Troubles.AddRange(troubles);
        }

        return Task.FromResult(answer);
    }

    [Authorize(Policies.Read)]
    public override Task<GetLessonResponse> GetLesson(GetLessonRequest request, ServerCallContext context)
    {
        var lesson = request.Name.StartsWith(Prefix, StringComparison.Ordinal) ? lessons.Find(request.Name[Prefix.Length..]) : null;
        return lesson is null
            ? throw Rpc.NotFound(LessonType, request.Name)
            : Task.FromResult(new GetLessonResponse { Lesson = IsTeacher(context) ? lesson : ClassView.ForStudents(lesson) });
    }

    [Authorize(Policies.Teach)]
    public override Task<SaveLessonResponse> SaveLesson(SaveLessonRequest request, ServerCallContext context)
    {
        var lesson = request.Lesson ?? new Lesson();
        var problems = LessonBook.Problems(lesson);
        if (!problems.IsEmpty)
        {
            throw Rpc.InvalidArgument([.. problems.Select(problem => (problem.Field.Length == 0 ? "lesson" : $"lesson.{problem.Field}", problem.English, problem.Vietnamese))]);
        }

        if (LessonBook.IsShipped(lesson.Slug))
        {
            throw Rpc.AlreadyExists(LessonType, lesson.Slug);
        }

        lessons.Save(lesson);
        return Task.FromResult(new SaveLessonResponse { Lesson = lessons.Find(lesson.Slug) });
    }

    [Authorize(Policies.Teach)]
    public override Task<DeleteLessonResponse> DeleteLesson(DeleteLessonRequest request, ServerCallContext context)
    {
        var slug = request.Name.StartsWith(Prefix, StringComparison.Ordinal) ? request.Name[Prefix.Length..] : "";
        if (LessonBook.IsShipped(slug))
        {
            throw Rpc.FailedPrecondition("SHIPPED", request.Name, "This lesson came with the hub and stays; copy it to change it", "Bài này có sẵn cùng trạm, không xóa được; hãy sao chép để sửa");
        }

        return lessons.Delete(slug) ? Task.FromResult(new DeleteLessonResponse()) : throw Rpc.NotFound(LessonType, request.Name);
    }

    private static bool IsTeacher(ServerCallContext context) => context.GetHttpContext().User is var user && (user.IsInRole(Roles.Teacher) || user.IsInRole(Roles.Admin));

    /// <summary>Who asks for which class; a seat of another class is told there is none.</summary>
    private (long Session, ClassViewer Viewer) Enter(string name, ServerCallContext context)
    {
        var viewer = new ClassViewer(IsTeacher(context), Caller.Credential(context) is { } own ? sessions.SeatOf(own) : null);
        var isSeat = context.GetHttpContext().User.IsInRole(Roles.Seat);
        if (!ClassSessions.TryId(name, out var id) || sessions.Find(id) is null || (isSeat && viewer.Seat?.SessionId != id))
        {
            throw Rpc.NotFound("stemlab.dev/ClassSession", name);
        }

        return book.Of(id) is null
            ? throw Rpc.FailedPrecondition("NO_LESSON", name, "This session has no lesson: open one with a lesson", "Buổi này không có bài học: hãy mở buổi theo bài học")
            : (id, viewer);
    }

    private ClassState StateOf(long session, ClassViewer viewer, ServerCallContext context) =>
        view.Of(session, viewer, Caller.Here(context)) ?? throw Rpc.NotFound("stemlab.dev/ClassSession", $"classSessions/{session}");
}
