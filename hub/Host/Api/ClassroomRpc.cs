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
internal sealed class ClassroomRpc(ClassSessions sessions, WrongCodes wrong, HubOrigin origin) : ClassroomService.ClassroomServiceBase
{
    private const string SessionType = "stemlab.dev/ClassSession";
    private const string Prefix = "classSessions/";

    [Authorize(Policies.Teach)]
    public override Task<OpenSessionResponse> OpenSession(OpenSessionRequest request, ServerCallContext context) =>
        sessions.OpenOne(Caller.Who(context)) is { } session
            ? Task.FromResult(new OpenSessionResponse { Session = Wire(session, context) })
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
    public override Task<JoinSessionResponse> JoinSession(JoinSessionRequest request, ServerCallContext context)
    {
        Caller.MustNotWait(context, wrong);
        if (sessions.Find(request.Code) is not { } session)
        {
            wrong.Count(context.GetHttpContext().Connection.RemoteIpAddress);
            throw Rpc.Refused(Code.NotFound, "CODE_UNKNOWN", "No class has this code now. Look again, or ask your teacher whether the lesson has begun", "Hiện không lớp nào có mã này. Hãy xem lại, hoặc hỏi thầy cô buổi học đã bắt đầu chưa");
        }

        if (Caller.Credential(context) is { } own && sessions.SeatOf(own) is { } kept)
        {
            if (kept.SessionId == session.Id)
            {
                return Task.FromResult(new JoinSessionResponse { Seat = Wire(kept, context) });
            }

            // The call itself hangs on the old seat: its answer goes out first.
            context.GetHttpContext().Response.OnCompleted(() => Task.FromResult(sessions.Remove(kept.SessionId, kept.Id)));
        }

        if (sessions.Join(session) is not { } joined)
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

    private static ClassSeat Wire(Seat seat, ServerCallContext context) => new()
    {
        Name = $"{Prefix}{seat.SessionId}/seats/{seat.Id}",
        Alias = BayAnimals.NameOf(seat.Alias, Caller.Say(context, "en", "vi")),
        AliasKey = seat.Alias,
    };

    private V1.ClassSession Wire(Classroom.ClassSession session, ServerCallContext context)
    {
        var wire = new V1.ClassSession { Name = session.Name, Code = session.Code, OpenedBy = session.OpenedBy, Link = new Uri(origin.UrlForPhones(Caller.Here(context)), $"j/{session.Code}").ToString() };
        wire.Seats.AddRange(sessions.SeatsOf(session.Id).Select(seat => Wire(seat, context)));
        return wire;
    }
}
