using System.Collections.Immutable;
using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Derive;

namespace StemLab.Hub.TakeHome;

/// <summary>Gathers what one group takes home from its class: runs, samples, notes and predictions of the group, nothing of another. Safe from any thread.</summary>
internal sealed class GroupTakeHome(ClassBook book, ClassLessons lessons, ClassSessions sessions, RunBook runs, SetupState setup)
{
    /// <summary>Null = the seat is in no class at work, or in no group.</summary>
    public TakeHomeContent? Of(Seat seat, TakeHomeTexts texts)
    {
        if (book.Of(seat.SessionId) is not { } one || sessions.Find(seat.SessionId) is not { } session || one.PlaceOf(seat.Id) is not { } place || one.GroupOf(place.Group) is not { } group)
        {
            return null;
        }

        var title = lessons.Of(one).Title;
        ImmutableArray<RunView> made = [.. group.Runs.Select(runs.Find).OfType<RunView>()];
        var meeting = runs.Stretch(group.Channels, session.Opened);
        ImmutableArray<ChannelView> channels = [.. made.SelectMany(run => run.Channels).Concat(meeting.Channels).DistinctBy(channel => channel.Name)];
        return new TakeHomeContent
        {
            Title = texts.Say(title),
            Group = texts.Say(Mascots.NameOf(group.Key)),
            School = setup.SchoolName,

            // A group that only kept samples takes home the meeting itself.
            Runs = made.IsEmpty ? [meeting] : made,
            Samples = runs.SamplesOf([meeting with { Channels = channels }]),
            Predictions = [.. one.Guesses.Where(guess => guess.Group == group.Key).Select(guess => PredictionOf(guess, channels))],
            Notes = [.. one.Notes.Where(note => note.Group == group.Key).Select(note => new TakeHomeNote(note.Channel, note.StartUtcUs ?? 0, note.EndUtcUs ?? note.StartUtcUs ?? 0, note.Text))],
        };
    }

    /// <summary>A prediction of a property is one of the group's channel that measures it.</summary>
    private static TakeHomePrediction PredictionOf(Guess guess, ImmutableArray<ChannelView> channels)
    {
        var channel = channels.FirstOrDefault(channel => channel.Name == guess.Of) ?? channels.FirstOrDefault(channel => channel.PropertyId == guess.Of);
        return new TakeHomePrediction(channel?.Name ?? "", "", guess.Number, [.. guess.AtS.Zip(guess.Value)], guess.Reason);
    }
}
