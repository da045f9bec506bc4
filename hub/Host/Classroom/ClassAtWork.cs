using System.Collections.Immutable;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>All a class at work is: one immutable snapshot, kept in hub.db until the session ends. Replaced whole at every change: what is <c>set</c> here is so that generated readers leave its default where a key is absent.</summary>
internal sealed record ClassAtWork
{
    public const int MostGroups = 12;
    public const int MostNotes = 300;
    public const int MostNotesOfSeat = 30;

    public required long Session { get; init; }

    /// <summary>Grows with every change.</summary>
    public long Revision { get; init; }

    /// <summary>Boot of the hub whose clock <c>…Us</c> stand on.</summary>
    public string Boot { get; set; } = "";

    /// <summary>The lesson as JSON, as it was when the session was opened.</summary>
    public required string Lesson { get; init; }

    public bool IsShort { get; init; }

    public int Step { get; init; }

    public long StepSinceUs { get; init; }

    public bool IsFrozen { get; init; }

    /// <summary>Key of a group; empty = none.</summary>
    public string Spotlight { get; set; } = "";

    public bool HidesValues { get; init; }

    public string Message { get; set; } = "";

    public bool IsLookUp { get; init; }

    public bool IsLocked { get; init; }

    public bool StudentsMayRun { get; set; } = true;

    /// <summary>Runs that start now are practice.</summary>
    public bool IsPractice { get; init; }

    public bool IsEnded { get; init; }

    public ImmutableArray<WorkGroup> Groups { get; set; } = [];

    public ImmutableArray<SeatPlace> Places { get; set; } = [];

    public ImmutableArray<Guess> Guesses { get; set; } = [];

    public ImmutableArray<Note> Notes { get; set; } = [];

    public long NextNote { get; set; } = 1;

    public ImmutableArray<RaisedAlert> Alerts { get; set; } = [];

    /// <summary>Absent = live.</summary>
    public Playback? Playback { get; init; }

    public WorkGroup? GroupOf(string key) => Groups.FirstOrDefault(group => group.Key == key);

    public SeatPlace? PlaceOf(long seat) => Places.FirstOrDefault(place => place.Seat == seat);

    /// <summary>True when somebody of the group has predicted.</summary>
    public bool HasPredicted(string group) => Guesses.Any(guess => guess.Group == group);

    /// <summary>True when a group's values are withheld from it now; after the bell nobody can predict any more, and all is shown.</summary>
    public bool HidesFrom(string group) => HidesValues && !IsEnded && !HasPredicted(group);

    /// <summary>True when this seat's values are withheld now.</summary>
    public bool HidesFrom(Seat? seat) => seat is not null && HidesFrom(PlaceOf(seat.Id)?.Group ?? "");

    /// <summary>Whose values are withheld now.</summary>
    public IEnumerable<long> WithheldSeats => Places.Where(place => HidesFrom(place.Group)).Select(place => place.Seat);

    public ClassAtWork WithGroup(string key, Func<WorkGroup, WorkGroup> change) => this with { Groups = [.. Groups.Select(group => group.Key == key ? change(group) : group)] };

    public ClassAtWork WithPlace(SeatPlace place) => this with { Places = [.. Places.Where(other => other.Seat != place.Seat), place] };
}

/// <summary>A group: its mascot, what it measures, the runs it made (ids of run facts, oldest first).</summary>
internal sealed record WorkGroup(string Key, ImmutableArray<string> Channels, ImmutableArray<string> Runs, GroupState State)
{
    public string Key { get; init; } = Absent.No(Key);

    public ImmutableArray<string> Channels { get; init; } = Absent.No(Channels);

    public ImmutableArray<string> Runs { get; init; } = Absent.No(Runs);

    /// <summary>What the group waits for; absent = nothing.</summary>
    public ArmedRun? Armed { get; init; }
}

/// <summary>A run that begins when a channel crosses a level.</summary>
/// <param name="Level">In the channel's unit.</param>
/// <param name="BeforeUs">So much before the crossing belongs to it.</param>
/// <param name="DurationUs">After the crossing; null = until it is stopped.</param>
/// <param name="Boot">Boot of the hub whose clock <paramref name="SinceUs"/> stands on: from then on a crossing counts.</param>
internal sealed record ArmedRun(string Channel, double Level, bool IsFalling, long BeforeUs, long? DurationUs, string Title, string ByRole, bool IsByTeacher, string Language, bool? IsPractice, string Boot, long SinceUs)
{
    public string Channel { get; init; } = Absent.No(Channel);

    public string Title { get; init; } = Absent.No(Title);

    public string ByRole { get; init; } = Absent.No(ByRole);

    public string Language { get; init; } = Absent.No(Language);

    public string Boot { get; init; } = Absent.No(Boot);
}

/// <summary>Where a seat sits.</summary>
internal sealed record SeatPlace(long Seat, string Group, bool IsMuted)
{
    public string Group { get; init; } = Absent.No(Group);
}

/// <summary>A prediction: one number, or a curve (seconds from the start of a run, and values).</summary>
internal sealed record Guess(string Id, long Seat, string Alias, string Group, string Of, double? Number, ImmutableArray<double> AtS, ImmutableArray<double> Value, string Reason)
{
    public string Id { get; init; } = Absent.No(Id);

    public string Alias { get; init; } = Absent.No(Alias);

    public string Group { get; init; } = Absent.No(Group);

    public string Of { get; init; } = Absent.No(Of);

    public ImmutableArray<double> AtS { get; init; } = Absent.No(AtS);

    public ImmutableArray<double> Value { get; init; } = Absent.No(Value);

    public string Reason { get; init; } = Absent.No(Reason);
}

/// <summary>What a student wrote down; read by its group and the teacher until it is published. Times are UTC µs, null = none.</summary>
internal sealed record Note(long Id, long Seat, string Alias, string Group, string Text, long? StartUtcUs, long? EndUtcUs, string Channel, string Run, bool IsPublished)
{
    public string Alias { get; init; } = Absent.No(Alias);

    public string Group { get; init; } = Absent.No(Group);

    public string Text { get; init; } = Absent.No(Text);

    public string Channel { get; init; } = Absent.No(Channel);

    public string Run { get; init; } = Absent.No(Run);
}

/// <summary>A limit that is passed now.</summary>
internal sealed record RaisedAlert(string Group, string Channel, string Limit, double Value, long SinceUs, bool IsSeen)
{
    public string Group { get; init; } = Absent.No(Group);

    public string Channel { get; init; } = Absent.No(Channel);

    public string Limit { get; init; } = Absent.No(Limit);
}

/// <summary>Recorded runs played as if live, a part for each group.</summary>
internal sealed record Playback(double Speed, ImmutableArray<PlaybackPart> Parts, long? BeganUs)
{
    public ImmutableArray<PlaybackPart> Parts { get; init; } = Absent.No(Parts);

    /// <summary>Name of a recording that comes with the hub; empty = runs of its own.</summary>
    public string Recording { get; set; } = "";

    /// <summary>UTC µs of the longest part; 0 = there is none.</summary>
    public long LengthUs => Parts.IsEmpty ? 0 : Parts.Max(part => part.EndUtcUs - part.StartUtcUs);

    /// <summary>How far the recording has been played, µs of it; 0 before it began.</summary>
    public long PlayedUs(long nowUs) => BeganUs is { } began ? (long)Math.Clamp((nowUs - began) * Speed, 0, LengthUs) : 0;
}

internal sealed record PlaybackPart(string Group, string Run, ImmutableArray<string> Channels, long StartUtcUs, long EndUtcUs)
{
    public string Group { get; init; } = Absent.No(Group);

    public string Run { get; init; } = Absent.No(Run);

    public ImmutableArray<string> Channels { get; init; } = Absent.No(Channels);
}

/// <summary>What a stored class lacks is empty: generated readers give a constructor null for a key that is absent.</summary>
file static class Absent
{
    public static string No(string? text) => text ?? "";

    public static ImmutableArray<T> No<T>(ImmutableArray<T> list) => list.IsDefault ? [] : list;
}
