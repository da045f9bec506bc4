using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Operations;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>What seats do: choose a group, predict, note.</summary>
internal sealed partial class LessonRpc
{
    private const int MostText = 280;
    private const int MostPoints = 200;

    [Authorize(Policies.Take)]
    public override Task<SetSeatResponse> SetSeat(SetSeatRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        var seat = request.Seat.Length == 0 ? viewer.Seat : SeatNamed(request.Seat, session);
        if (seat is null || (!viewer.IsTeacher && seat.Id != viewer.Seat?.Id))
        {
            throw Rpc.NotFound("stemlab.dev/ClassSeat", request.Seat);
        }

        book.Change(session, one =>
        {
            if (request.Group.Length > 0 && one.GroupOf(request.Group) is null)
            {
                throw Rpc.InvalidArgument("group", $"is '{request.Group}', which this class has not", "lớp này không có nhóm đó");
            }

            if (!viewer.IsTeacher && (one.IsLocked || request.HasMuted))
            {
                throw Rpc.FailedPrecondition("LOCKED", request.Session, "Only your teacher may do that now", "Lúc này chỉ thầy cô làm được việc đó");
            }

            var place = one.PlaceOf(seat.Id) ?? new SeatPlace(seat.Id, "", false);
            return one.WithPlace(place with { Group = request.Group.Length > 0 ? request.Group : place.Group, IsMuted = request.HasMuted ? request.Muted : place.IsMuted });
        });
        return Task.FromResult(new SetSeatResponse { ClassState = StateOf(session, viewer, context) });
    }

    [Authorize(Policies.Take)]
    public override Task<PredictResponse> Predict(PredictRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        var wrong = new List<(string, string, string)>();
        if (!request.HasNumber && request.Value.Count == 0)
        {
            wrong.Add(("number", "is absent, and there is no curve: give one of them", "hãy nhập một số hoặc vẽ một đường"));
        }

        if (request.HasNumber && !double.IsFinite(request.Number))
        {
            wrong.Add(("number", "is not a number", "giá trị không phải là số"));
        }

        if (request.Value.Count != request.AtS.Count || request.Value.Count > MostPoints || request.Value.Concat(request.AtS).Any(value => !double.IsFinite(value)) || request.AtS.Zip(request.AtS.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            wrong.Add(("value", $"must have a number for each of at_s, which ascends, at most {MostPoints}", $"đường dự đoán: mỗi thời điểm một giá trị, thời gian tăng dần, tối đa {MostPoints} điểm"));
        }

        CheckText(wrong, "reason", request.Reason, least: 0);
        CheckText(wrong, "of", request.Of, least: 0);
        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        Guess? made = null;
        book.Change(session, one =>
        {
            MustNotBeOver(one, request.Session);
            var place = Writing(one, viewer, request.Session);
            var lesson = read.Of(one);
            var of = request.Of.Length > 0 ? request.Of : lesson.PredictionProperty.Length > 0 ? lesson.PredictionProperty : lesson.ObservedProperties.FirstOrDefault() ?? "";
            made = new Guess(Id128.New().ToString(), place.Seat, viewer.Seat!.Alias, place.Group, of, request.HasNumber ? request.Number : null, [.. request.AtS], [.. request.Value], request.Reason.Trim());
            return one with { Guesses = [.. one.Guesses.Where(other => other.Seat != place.Seat || other.Of != of), made] };
        });
        return made is null ? throw Rpc.NotFound("stemlab.dev/ClassSession", request.Session) : Task.FromResult(new PredictResponse { Prediction = ClassView.Wire(made, viewer) });
    }

    [Authorize(Policies.Read)]
    public override Task<ListPredictionsResponse> ListPredictions(ListPredictionsRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        var one = book.Of(session)!;
        var own = viewer.Seat is { } seat ? one.PlaceOf(seat.Id)?.Group : null;
        var answer = new ListPredictionsResponse();
        answer.Predictions.AddRange(one.Guesses.Where(guess => viewer.IsTeacher || guess.Group == own).Select(guess => ClassView.Wire(guess, viewer)));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Take)]
    public override Task<AddNoteResponse> AddNote(AddNoteRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        var wrong = new List<(string, string, string)>();
        CheckText(wrong, "text", request.Text, least: 1);
        CheckText(wrong, "channel", request.Channel, least: 0);
        CheckText(wrong, "run_id", request.RunId, least: 0);
        if (request.HasEndTimeUs && (!request.HasStartTimeUs || request.EndTimeUs < request.StartTimeUs))
        {
            wrong.Add(("end_time_us", "is before start_time_us, or alone", "lúc kết thúc phải sau lúc bắt đầu"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        Note? made = null;
        book.Change(session, one =>
        {
            MustNotBeOver(one, request.Session);
            var place = Writing(one, viewer, request.Session);
            if (one.Notes.Length >= ClassAtWork.MostNotes || one.Notes.Count(note => note.Seat == place.Seat) >= ClassAtWork.MostNotesOfSeat)
            {
                throw Rpc.ResourceExhausted("notes", $"There are enough notes: {ClassAtWork.MostNotesOfSeat} for each, {ClassAtWork.MostNotes} in all. Take one back first", $"Đã đủ ghi chú: mỗi bạn {ClassAtWork.MostNotesOfSeat}, cả lớp {ClassAtWork.MostNotes}. Hãy xóa bớt một ghi chú", TimeSpan.FromMinutes(1));
            }

            made = new Note(
                one.NextNote, place.Seat, viewer.Seat!.Alias, place.Group, request.Text.Trim(), request.HasStartTimeUs ? request.StartTimeUs : null, request.HasEndTimeUs ? request.EndTimeUs : null, request.Channel, request.RunId, false);
            return one with { Notes = one.Notes.Add(made), NextNote = one.NextNote + 1 };
        });
        return made is null ? throw Rpc.NotFound("stemlab.dev/ClassSession", request.Session) : Task.FromResult(new AddNoteResponse { Note = ClassView.Wire(made, session, viewer) });
    }

    [Authorize(Policies.Take)]
    public override Task<SetNoteResponse> SetNote(SetNoteRequest request, ServerCallContext context)
    {
        var parts = request.Name.Split('/');
        var (session, viewer) = Enter(string.Join('/', parts.Take(2)), context);
        if (parts is not ["classSessions", _, "notes", var number] || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            throw Rpc.NotFound("stemlab.dev/ClassNote", request.Name);
        }

        if (request.HasText)
        {
            var wrong = new List<(string, string, string)>();
            CheckText(wrong, "text", request.Text, least: 1);
            if (wrong.Count > 0)
            {
                throw Rpc.InvalidArgument(wrong);
            }
        }

        Note? after = null;
        book.Change(session, one =>
        {
            var note = one.Notes.FirstOrDefault(known => known.Id == id && (viewer.IsTeacher || known.Seat == viewer.Seat?.Id)) ?? throw Rpc.NotFound("stemlab.dev/ClassNote", request.Name);
            if (!viewer.IsTeacher)
            {
                Writing(one, viewer, parts[0]);
                if (request.HasPublished)
                {
                    throw Rpc.FailedPrecondition("TEACHER_PUBLISHES", request.Name, "Your teacher shows notes to the class", "Thầy cô là người cho cả lớp xem ghi chú");
                }
            }

            if (request.Remove)
            {
                return one with { Notes = one.Notes.Remove(note) };
            }

            var isChanged = request.HasText && request.Text.Trim() != note.Text;
            after = note with { Text = request.HasText ? request.Text.Trim() : note.Text, IsPublished = request.HasPublished ? request.Published : note.IsPublished && !isChanged };
            return one with { Notes = one.Notes.Replace(note, after) };
        });
        return Task.FromResult(new SetNoteResponse { Note = after is null ? null : ClassView.Wire(after, session, viewer) });
    }

    [Authorize(Policies.Read)]
    public override Task<ListNotesResponse> ListNotes(ListNotesRequest request, ServerCallContext context)
    {
        var (session, viewer) = Enter(request.Session, context);
        var one = book.Of(session)!;
        var own = viewer.Seat is { } seat ? one.PlaceOf(seat.Id)?.Group : null;
        var answer = new ListNotesResponse();
        answer.Notes.AddRange(one.Notes.Where(note => viewer.IsTeacher || note.IsPublished || note.Group == own).Select(note => ClassView.Wire(note, session, viewer)));
        return Task.FromResult(answer);
    }

    /// <summary>The place of a seat that may write now.</summary>
    private static SeatPlace Writing(ClassAtWork one, ClassViewer viewer, string session)
    {
        if (viewer.Seat is null)
        {
            throw Rpc.FailedPrecondition("NO_SEAT", session, "You have no seat: join the class with its code", "Bạn chưa có chỗ: hãy vào lớp bằng mã");
        }

        var place = one.PlaceOf(viewer.Seat.Id);
        if (place is null || place.Group.Length == 0)
        {
            throw Rpc.FailedPrecondition("NO_GROUP", session, "Choose a group first", "Hãy chọn nhóm trước");
        }

        return place.IsMuted ? throw Rpc.FailedPrecondition("MUTED", session, "Your teacher asks you to look on for now", "Thầy cô tạm để bạn chỉ xem") : place;
    }

    private Seat? SeatNamed(string name, long session) =>
        name.Split('/') is ["classSessions", var of, "seats", var number] && of == session.ToString(CultureInfo.InvariantCulture) && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && sessions.SeatOf(id) is { } seat && seat.SessionId == session ? seat : null;

    /// <summary>A text of a student: not too long, nothing that is no letter, sign or line break.</summary>
    private static void CheckText(List<(string, string, string)> wrong, string field, string text, int least)
    {
        if (text.Trim().Length < least || text.Length > MostText)
        {
            wrong.Add((field, $"has {text.Length} characters; expected {least} to {MostText}", $"dài từ {least} đến {MostText} ký tự"));
        }

        if (text.Any(letter => char.IsControl(letter) && letter != '\n'))
        {
            wrong.Add((field, "holds control characters", "có ký tự không hợp lệ"));
        }
    }
}
