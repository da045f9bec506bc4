using System.Collections.Immutable;
using System.Globalization;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Lessons;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>A class as one of its viewers may see it. Safe from any thread.</summary>
internal sealed class ClassView(ClassBook book, ClassSessions sessions, ClassLessons lessons, ClassRuns runs, DerivationBook derivations, HubClock clock, HubOrigin origin)
{
    public const int MostPublished = 20;

    /// <summary>Null = there is no such class.</summary>
    /// <param name="here">The hub under the name the caller used, for the link; null = none is wanted.</param>
    public ClassState? Of(long session, ClassViewer viewer, Uri? here)
    {
        if (book.Of(session) is not { } one || sessions.Find(session) is not { } open)
        {
            return null;
        }

        var seats = sessions.SeatsOf(session);
        var nowUs = clock.NowUs();
        var state = new ClassState
        {
            Session = open.Name,
            Revision = one.Revision,
            Lesson = LessonFor(one, viewer.IsTeacher),
            ShortVersion = one.IsShort,
            Step = one.Step,
            StepSinceUs = one.StepSinceUs,
            Phase = PhaseOf(one, nowUs),
            Frozen = one.IsFrozen,
            Spotlight = one.Spotlight,
            HideValues = one.HidesValues,
            HiddenFromMe = one.HidesFrom(viewer.Seat),
            Message = one.Message,
            LookUp = one.IsLookUp,
            JoiningLocked = one.IsLocked,
            StudentsMayRun = one.StudentsMayRun,
            Practice = one.IsPractice,
            NowUs = nowUs,
        };
        if (runs.Utc(clock.Now) is { } utcUs)
        {
            state.NowTimeUs = utcUs;
        }

        if (runs.Utc(open.Opened) is { } openedUs)
        {
            state.OpenedTimeUs = openedUs;
        }

        state.Groups.AddRange(one.Groups.Select(group => GroupOf(one, group, seats, viewer)));
        state.Simulated = state.Groups.Any(group => group.Channels.Any(channel => channel.Simulated));
        var texts = lessons.Of(one).Limits.ToDictionary(limit => limit.Id, limit => limit.Text, StringComparer.Ordinal);
        state.Alerts.AddRange(one.Alerts.Where(alert => viewer.IsTeacher || viewer.Seat is null || alert.Group == one.PlaceOf(viewer.Seat.Id)?.Group).Where(_ => !one.HidesFrom(viewer.Seat)).Select(alert => new ClassAlert
        {
            Group = alert.Group,
            Channel = alert.Channel,
            Limit = alert.Limit,
            Text = texts.GetValueOrDefault(alert.Limit),
            Value = alert.Value,
            SinceUs = alert.SinceUs,
            Seen = alert.IsSeen,
        }));
        state.PublishedNotes.AddRange(one.Notes.Where(note => note.IsPublished).TakeLast(MostPublished).Select(note => Wire(note, session, viewer)));
        if (viewer.IsTeacher)
        {
            state.Seats.AddRange(seats.Select(seat => Wire(seat, one)));
            state.Code = open.Code;
            state.Link = here is null ? "" : new Uri(origin.UrlForPhones(here), $"j/{open.Code}").ToString();
        }

        if (viewer.Seat is { } own)
        {
            state.Seat = Wire(own, one);
        }

        if (one.Playback is { } playback)
        {
            state.Replay = new ClassReplay { Speed = playback.Speed, StartTimeUs = playback.Parts.Min(part => part.StartUtcUs), EndTimeUs = playback.Parts.Max(part => part.EndUtcUs) };
            if (ShippedRecording.All.TryGetValue(playback.Recording, out var shipped))
            {
                state.Replay.Source = new Sentence { En = shipped.Source.En, Vi = shipped.Source.Vi };
            }

            if (playback.BeganUs is { } began)
            {
                state.Replay.BeganUs = began;
            }
        }

        return state;
    }

    /// <summary>Channels whose readings a viewer is sent: what the state shows of them, unless values are withheld.</summary>
    public static ImmutableArray<string> WatchableBy(ClassAtWork one, ClassViewer viewer) =>
        one.HidesFrom(viewer.Seat) ? [] : [.. one.Groups.Where(group => Sees(one, group, viewer)).SelectMany(group => group.Channels).Distinct()];

    public static SeatState Wire(Seat seat, ClassAtWork one)
    {
        var place = one.PlaceOf(seat.Id);
        return new SeatState
        {
            Name = $"classSessions/{seat.SessionId}/seats/{seat.Id}",
            Alias = Mascots.NameOf(seat.Alias),
            AliasKey = seat.Alias,
            Group = place?.Group ?? "",
            Muted = place?.IsMuted == true,
            Predicted = one.Guesses.Any(guess => guess.Seat == seat.Id),
        };
    }

    public static ClassNote Wire(Note note, long session, ClassViewer viewer)
    {
        var wire = new ClassNote
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"classSessions/{session}/notes/{note.Id}"),
            Group = note.Group,
            Alias = Mascots.NameOf(note.Alias),
            Mine = viewer.Seat?.Id == note.Seat,
            Text = note.Text,
            Channel = note.Channel,
            RunId = note.Run,
            Published = note.IsPublished,
        };
        if (note.StartUtcUs is { } start)
        {
            wire.StartTimeUs = start;
        }

        if (note.EndUtcUs is { } end)
        {
            wire.EndTimeUs = end;
        }

        return wire;
    }

    public static Prediction Wire(Guess guess, ClassViewer viewer)
    {
        var wire = new Prediction { Id = guess.Id, Group = guess.Group, Alias = Mascots.NameOf(guess.Alias), Mine = viewer.Seat?.Id == guess.Seat, Of = guess.Of, Reason = guess.Reason };
        if (guess.Number is { } number)
        {
            wire.Number = number;
        }

        wire.AtS.AddRange(guess.AtS);
        wire.Value.AddRange(guess.Value);
        return wire;
    }

    /// <summary>What only teachers may read is taken out.</summary>
    public static Lesson ForStudents(Lesson lesson)
    {
        var plain = lesson.Clone();
        plain.TeacherNotes.Clear();
        foreach (var question in plain.Questions)
        {
            question.Answer = null;
        }

        foreach (var step in plain.Steps.Concat(plain.ShortSteps))
        {
            step.TeacherHint = null;
        }

        return plain;
    }

    /// <summary>What only a joining phone's page needs to draw stays; the same for all watchers of a role.</summary>
    private Lesson LessonFor(ClassAtWork one, bool isTeacher) => isTeacher ? lessons.Of(one) : ForStudents(lessons.Of(one));

    private static bool Sees(ClassAtWork one, WorkGroup group, ClassViewer viewer) =>
        viewer.IsTeacher || viewer.Seat is null || group.Key == one.Spotlight || group.Key == one.PlaceOf(viewer.Seat.Id)?.Group;

    private ClassPhase PhaseOf(ClassAtWork one, long nowUs)
    {
        if (one.IsEnded)
        {
            return ClassPhase.Ended;
        }

        if (one.Playback is { } playback)
        {
            return playback.BeganUs is null ? ClassPhase.Waiting : playback.PlayedUs(nowUs) < playback.LengthUs ? ClassPhase.Running : ClassPhase.Stopped;
        }

        return runs.CountRunning(one) > 0 ? ClassPhase.Running : one.Groups.Any(group => group.Runs.Length > 0) ? ClassPhase.Stopped : ClassPhase.Waiting;
    }

    private ClassGroup GroupOf(ClassAtWork one, WorkGroup group, ImmutableArray<Seat> seats, ClassViewer viewer)
    {
        var sees = Sees(one, group, viewer);
        var wire = new ClassGroup
        {
            Key = group.Key,
            Name = Mascots.NameOf(group.Key),
            State = one.Playback is null ? group.State : GroupState.Collecting,
            SeatCount = seats.Count(seat => one.PlaceOf(seat.Id)?.Group == group.Key),
            PredictionCount = one.Guesses.Where(guess => guess.Group == group.Key).Select(guess => guess.Seat).Distinct().Count(),
            NoteCount = one.Notes.Count(note => note.Group == group.Key),
            WaitingNoteCount = viewer.IsTeacher ? one.Notes.Count(note => note.Group == group.Key && !note.IsPublished) : 0,
        };
        if (sees)
        {
            wire.Channels.AddRange(group.Channels.Select(ChannelOf));
        }

        var made = group.Runs.Select(RunOf).OfType<ClassRun>().ToList();
        wire.Run = made.LastOrDefault();
        if (sees)
        {
            wire.Runs.AddRange(made);
            wire.Armed = group.Armed is { } armed ? new RunTrigger { Channel = armed.Channel, Level = armed.Level, Falling = armed.IsFalling, BeforeUs = armed.BeforeUs } : null;
        }

        return wire;
    }

    private ClassChannel ChannelOf(string name)
    {
        if (!derivations.Current.TryFindChannel(name, out var channel))
        {
            return new ClassChannel { Name = name, Property = new Sentence { En = "not known any more", Vi = "không còn biết kênh này" } };
        }

        var place = PlaceNames.Of(derivations.Current, channel);
        return new ClassChannel
        {
            Name = name,
            Property = channel.Property is { } property ? new Sentence { En = property.NameEn, Vi = property.NameVi } : new Sentence { En = channel.Port, Vi = channel.Port },
            ObservedProperty = channel.PropertyId,
            UnitUcum = channel.UnitUcum,
            UnitSymbol = Science.Units.UnitSymbols.Of(channel.UnitUcum),
            DisplayDecimals = channel.Property?.Decimals ?? 2,
            IntervalUs = channel.IntervalUs,
            Simulated = channel.Simulated,
            Place = place.En,
            PlaceName = new Sentence { En = place.En, Vi = place.Vi },
        };
    }

    private ClassRun? RunOf(string id)
    {
        if (runs.Find(id) is not { } run)
        {
            return null;
        }

        var wire = new ClassRun { RunId = id, StartUs = runs.OnClock(run.Start) ?? 0, Title = run.Title, Purpose = Facts.WireFact.PurposeOf(run) };
        wire.Channels.AddRange(run.Channels);
        if (run.End is { } end)
        {
            wire.EndUs = runs.OnClock(end) ?? 0;
            if (runs.Utc(end) is { } endUtc)
            {
                wire.EndTimeUs = endUtc;
            }
        }

        if (runs.Utc(run.Start) is { } startUtc)
        {
            wire.StartTimeUs = startUtc;
        }

        return wire;
    }
}
