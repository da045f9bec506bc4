using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.ClassroomService. Thin.</summary>
internal sealed class ClassroomRpc(ClassSessions sessions, ClassBook classes, ClassOpening opening, ClassLessons lessons, WrongCodes wrong, HubOrigin origin) : ClassroomService.ClassroomServiceBase
{
    private const string SessionType = "stemlab.dev/ClassSession";
    private const string Prefix = "classSessions/";

    [Authorize(Policies.Teach)]
    public override async Task<OpenSessionResponse> OpenSession(OpenSessionRequest request, ServerCallContext context) =>
        await opening.OpenAsync(request, Caller.Who(context), Caller.FactRole(context), Caller.Say(context, "en", "vi")) is { } session
            ? new OpenSessionResponse { Session = Wire(session, context) }
            : throw Rpc.ResourceExhausted("sessions", "Too many sessions are open: end one first", "Đang mở quá nhiều buổi học: hãy kết thúc một buổi trước", TimeSpan.FromMinutes(1));

    [Authorize(Policies.Teach)]
    public override Task<ListSessionsResponse> ListSessions(ListSessionsRequest request, ServerCallContext context)
    {
        var answer = new ListSessionsResponse();
        answer.Sessions.AddRange(sessions.Open.Select(session => Wire(session, context)));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<PreviewSessionResponse> PreviewSession(PreviewSessionRequest request, ServerCallContext context)
    {
        var session = Find(request.Code, context);
        var answer = new PreviewSessionResponse { Session = session.Name };
        if (classes.Of(session.Id) is { } one)
        {
            var seats = sessions.SeatsOf(session.Id);
            (answer.LessonTitle, answer.JoiningLocked) = (lessons.Of(one).Title, one.IsLocked);
            answer.Groups.AddRange(one.Groups.Select(group => new JoinableGroup { Key = group.Key, Name = Mascots.NameOf(group.Key), SeatCount = seats.Count(seat => one.PlaceOf(seat.Id)?.Group == group.Key) }));
        }

        return Task.FromResult(answer);
    }

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<JoinSessionResponse> JoinSession(JoinSessionRequest request, ServerCallContext context)
    {
        var session = Find(request.Code, context);
        var one = classes.Of(session.Id);
        if (request.Group.Length > 0 && one?.GroupOf(request.Group) is null)
        {
            throw Rpc.InvalidArgument("group", $"is '{request.Group}', which this class has not", "lớp này không có nhóm đó");
        }

        if (Caller.Credential(context) is { } own && sessions.SeatOf(own) is { } kept)
        {
            if (kept.SessionId == session.Id)
            {
                if (request.Group.Length > 0 && one is { IsLocked: false })
                {
                    classes.Change(session.Id, now => now.PlaceOf(kept.Id) is { } place && place.Group != request.Group ? now.WithPlace(place with { Group = request.Group }) : now);
                }

                return Task.FromResult(new JoinSessionResponse { Seat = Wire(kept, context) });
            }

            // The call itself hangs on the old seat: its answer goes out first.
            context.GetHttpContext().Response.OnCompleted(() => Task.FromResult(sessions.Remove(kept.SessionId, kept.Id)));
        }

        if (one is { IsLocked: true })
        {
            throw Rpc.FailedPrecondition("LOCKED", session.Name, "The teacher has closed the door: nobody new may join now. Ask your teacher", "Thầy cô đã khóa lớp: chưa ai vào thêm được. Hãy hỏi thầy cô");
        }

        if (sessions.Join(session, request.Group) is not { } joined)
        {
            throw Rpc.ResourceExhausted("seats", "The class is full", "Lớp đã đủ chỗ", TimeSpan.FromMinutes(1));
        }

        var answer = new JoinSessionResponse { Seat = Wire(joined.Seat, context) };
        if (request.AsToken)
        {
            answer.Token = joined.Secret;
            return Task.FromResult(answer);
        }

        Caller.Give(context, joined.Secret, ClassSessions.Lasts);
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Read)]
    public override Task<GetSeatResponse> GetSeat(GetSeatRequest request, ServerCallContext context) =>
        Caller.Credential(context) is { } own && sessions.SeatOf(own) is { } seat
            ? Task.FromResult(new GetSeatResponse { Seat = Wire(seat, context) })
            : throw Rpc.FailedPrecondition("NO_SEAT", "caller", "You have no seat: join a class with its code", "Bạn chưa có chỗ: hãy vào lớp bằng mã");

    [Authorize(Policies.Teach)]
    public override Task<RemoveSeatResponse> RemoveSeat(RemoveSeatRequest request, ServerCallContext context)
    {
        var parts = request.Name.Split('/');
        return parts is ["classSessions", var session, "seats", var seat] && long.TryParse(session, out var sessionId) && long.TryParse(seat, out var seatId) && sessions.Remove(sessionId, seatId)
            ? Task.FromResult(new RemoveSeatResponse())
            : throw Rpc.NotFound("stemlab.dev/ClassSeat", request.Name);
    }

    [Authorize(Policies.Teach)]
    public override Task<EndSessionResponse> EndSession(EndSessionRequest request, ServerCallContext context) =>
        request.Name.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(request.Name.AsSpan(Prefix.Length), out var id) && sessions.End(id)
            ? Task.FromResult(new EndSessionResponse())
            : throw Rpc.NotFound(SessionType, request.Name);

    /// <summary>The open session of a code; a wrong one is counted by address.</summary>
    private Classroom.ClassSession Find(string code, ServerCallContext context)
    {
        Caller.MustNotWait(context, wrong);
        if (sessions.Find(code) is { } session)
        {
            return session;
        }

        wrong.Count(context.GetHttpContext().Connection.RemoteIpAddress);
        throw Rpc.Refused(Code.NotFound, "CODE_UNKNOWN", "No class has this code now. Look again, or ask your teacher whether the lesson has begun", "Hiện không lớp nào có mã này. Hãy xem lại, hoặc hỏi thầy cô buổi học đã bắt đầu chưa");
    }

    private ClassSeat Wire(Seat seat, ServerCallContext context) => new()
    {
        Name = $"{Prefix}{seat.SessionId}/seats/{seat.Id}",
        Alias = BayAnimals.NameOf(seat.Alias, Caller.Say(context, "en", "vi")),
        AliasKey = seat.Alias,
        Group = classes.Of(seat.SessionId)?.PlaceOf(seat.Id)?.Group ?? "",
    };

    private V1.ClassSession Wire(Classroom.ClassSession session, ServerCallContext context)
    {
        var wire = new V1.ClassSession { Name = session.Name, Code = session.Code, OpenedBy = session.OpenedBy, Link = new Uri(origin.UrlForPhones(Caller.Here(context)), $"j/{session.Code}").ToString() };
        if (classes.Of(session.Id) is { } one)
        {
            (wire.Lesson, wire.LessonTitle) = ($"lessons/{lessons.Of(one).Slug}", lessons.Of(one).Title);
        }

        wire.Seats.AddRange(sessions.SeatsOf(session.Id).Select(seat => Wire(seat, context)));
        return wire;
    }
}
