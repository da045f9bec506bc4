using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;
using Fact = StemLab.Hub.Facts.Fact;
using Instant = StemLab.Hub.Facts.Instant;
using Withdrawal = StemLab.Hub.Facts.Withdrawal;

namespace StemLab.Hub.Classroom;

/// <summary>Starts and stops the runs of a class: facts, one a group, all from one instant. Safe from any thread.</summary>
internal sealed class ClassRuns(ClassBook book, ClassLessons lessons, FactLog facts, DerivationBook derivations, HubClock clock)
{
    private readonly Lock _gate = new();

    // Replaced whole with each revision of the facts.
    private volatile RunIndex _index = new(-1, ImmutableDictionary<string, (Fact, Run)>.Empty);

    /// <summary>How far from now a run may begin, either way.</summary>
    public const long MostAwayUs = 600_000_000;

    /// <summary>The run in force under an id; null = withdrawn, or never there.</summary>
    public Run? Find(string id) => Index().TryGetValue(id, out var found) ? found.Body : null;

    /// <summary>Runs of a class that are announced or under way.</summary>
    public int CountRunning(ClassAtWork one) => one.Groups.Sum(group => group.Runs.Count(run => Find(run) is { } known && IsRunning(known)));

    public bool IsRunning(Run run) => run.End is not { } end || On(end) > clock.NowUs();

    /// <summary>The instant on the hub's running clock, µs; null where it cannot be placed there.</summary>
    public long? OnClock(Instant at) => On(at) is var us && us is Instants.Never or Instants.Beginning ? null : us;

    /// <summary>UTC µs; null while it is not known.</summary>
    public long? Utc(Instant at) => derivations.Current.Instants.TryToUtc(at, out var utcUs, out _) ? utcUs : null;

    /// <param name="session">A class that is live.</param>
    /// <param name="groups">Keys; those without a channel are left out.</param>
    /// <param name="inUs">From now; below 0 = has begun already.</param>
    /// <param name="durationUs">Null = until it is stopped.</param>
    /// <param name="title">Empty = lesson, group, number.</param>
    /// <param name="byRole">As in the fact.</param>
    /// <param name="isAll">The teacher's start for all: ends what runs. A group's own start is refused while it runs.</param>
    /// <param name="language">Of the title.</param>
    /// <param name="isPractice">Null = as the class says.</param>
    public ClassAtWork? Start(long session, IReadOnlyList<string> groups, long inUs, long? durationUs, string title, string byRole, bool isAll, string language, bool? isPractice = null) =>
        StartAt(session, groups, Instant.AtBoot(clock.BootId, Math.Max(0, clock.NowUs() + inUs)), durationUs, title, byRole, isAll, language, isPractice);

    /// <summary>Lets a group wait for a crossing; one that waits already waits for this instead.</summary>
    public ClassAtWork? Arm(long session, string group, ArmedRun armed)
    {
        lock (_gate)
        {
            if (book.Of(session)?.GroupOf(group) is not { } known)
            {
                return null;
            }

            if (known.Runs.Any(run => Find(run) is { } made && IsRunning(made)))
            {
                throw Rpc.FailedPrecondition("RUNNING", group, "A run is under way: stop it first", "Đang đo rồi: hãy dừng lần đo này trước");
            }

            return book.Change(session, now => now.WithGroup(group, one => one with { Armed = armed with { Boot = clock.BootId.ToString(), SinceUs = clock.NowUs() } }));
        }
    }

    /// <summary>It has crossed: the run begins there, less what belongs to it from before. Nothing where the group does not wait for just this any more, or may not.</summary>
    /// <param name="crossing">When, on the clock of who measured it.</param>
    public void Fire(long session, string group, ArmedRun armed, Instant crossing)
    {
        lock (_gate)
        {
            if (book.Of(session) is not { } one || one.GroupOf(group) is not { } known || known.Armed != armed)
            {
                return;
            }

            if (one.IsEnded || !known.Channels.Contains(armed.Channel) || !(armed.IsByTeacher || one.StudentsMayRun) || known.Runs.Any(run => Find(run) is { } made && IsRunning(made)))
            {
                book.Change(session, now => now.WithGroup(group, waiting => waiting with { Armed = null }));
                return;
            }

            // What was before this boot of the hub's machine stands on the clock of the agent that measured it.
            var start = OnClock(crossing) - armed.BeforeUs is >= 0 and var onClock ? Instant.AtBoot(clock.BootId, onClock) : Instant.AtBoot(crossing.Boot, Math.Max(0, crossing.Us - armed.BeforeUs));
            StartAt(session, [group], start, armed.DurationUs + armed.BeforeUs, armed.Title, armed.ByRole, isAll: false, armed.Language, armed.IsPractice);
        }
    }

    private ClassAtWork? StartAt(long session, IReadOnlyList<string> groups, Instant start, long? durationUs, string title, string byRole, bool isAll, string language, bool? isPractice)
    {
        lock (_gate)
        {
            if (book.Of(session) is not { } one)
            {
                return null;
            }

            var starting = one.Groups.Where(group => groups.Contains(group.Key) && group.Channels.Length > 0).ToList();
            if (starting.Count == 0)
            {
                throw Rpc.FailedPrecondition("NO_CHANNEL", one.Session.ToString(System.Globalization.CultureInfo.InvariantCulture), "No group has anything that measures: give the groups their channels first", "Chưa nhóm nào có kênh đo: hãy chọn kênh cho các nhóm trước");
            }

            Instant? end = durationUs is { } length ? Instant.AtBoot(start.Boot, start.Us + length) : null;
            var drafts = new List<FactDraft>();
            foreach (var group in starting)
            {
                foreach (var running in group.Runs.Where(run => Index().TryGetValue(run, out var known) && IsRunning(known.Body)))
                {
                    if (!isAll)
                    {
                        throw Rpc.FailedPrecondition("RUNNING", group.Key, "A run is under way: stop it first", "Đang đo rồi: hãy dừng lần đo này trước");
                    }

                    drafts.Add(EndOf(Index()[running], start, byRole));
                }
            }

            var purpose = isPractice ?? one.IsPractice ? Run.Practice : null;
            var made = starting.ToDictionary(group => group.Key, _ => Id128.New(), StringComparer.Ordinal);
            drafts.AddRange(starting.Select(group => new FactDraft(new Run(made[group.Key], TitleOf(one, group, title, language), group.Channels, start, end, purpose), clock.Now, byRole)));
            facts.Append(drafts);
            return book.Change(session, now => now with { Groups = [.. now.Groups.Select(group => made.TryGetValue(group.Key, out var run) ? group with { Runs = group.Runs.Add(run.ToString()), Armed = null } : group)] });
        }
    }

    /// <summary>Ends the runs of these groups that are under way, and takes back those only announced or waited for. False = there was none.</summary>
    public bool Stop(long session, IReadOnlyList<string> groups, string byRole)
    {
        lock (_gate)
        {
            if (book.Of(session) is not { } one)
            {
                return false;
            }

            var running = one.Groups.Where(group => groups.Contains(group.Key)).SelectMany(group => group.Runs).Where(run => Index().TryGetValue(run, out var known) && IsRunning(known.Body)).ToList();
            if (running.Count == 0 && !one.Groups.Any(group => groups.Contains(group.Key) && group.Armed is not null))
            {
                return false;
            }

            if (running.Count > 0)
            {
                var index = Index();
                facts.Append([.. running.Select(run => EndOf(index[run], clock.Now, byRole))]);
            }

            book.Change(session, now => now with { Groups = [.. now.Groups.Select(group => group with { Armed = groups.Contains(group.Key) ? null : group.Armed, Runs = [.. group.Runs.Where(run => Find(run) is not null)] })] });
            return true;
        }
    }

    /// <summary>Says afterwards what a run was made for: a new fact in place of its newest. The new revision; null = it is so already, or there is no such run.</summary>
    public long? SetPurpose(Id128 run, bool isPractice, string byRole)
    {
        // Within the gate: a run that is stopped at the same moment must not become two.
        lock (_gate)
        {
            if (!Index().TryGetValue(run.ToString(), out var known) || known.Body.IsPractice == isPractice)
            {
                return null;
            }

            var said = facts.Append(new FactDraft(known.Body with { Purpose = isPractice ? Run.Practice : null }, clock.Now, byRole) { Supersedes = [known.Fact.FactId] });
            foreach (var one in book.All.Where(one => one.Groups.Any(group => group.Runs.Contains(run.ToString()))))
            {
                book.Touch(one.Session);
            }

            return said.Revision;
        }
    }

    private FactDraft EndOf((Fact Fact, Run Body) running, Instant end, string byRole)
    {
        var isAnnounced = On(running.Body.Start) > On(end);
        FactBody body = isAnnounced ? new Withdrawal("stopped before it began") : running.Body with { End = end };
        return new FactDraft(body, clock.Now, byRole) { Supersedes = [running.Fact.FactId] };
    }

    private string TitleOf(ClassAtWork one, WorkGroup group, string title, string language)
    {
        if (title.Length > 0)
        {
            return title;
        }

        var lesson = lessons.Of(one).Title;
        return $"{(language == "vi" ? lesson.Vi : lesson.En)} · {BayAnimals.NameOf(group.Key, language)} · {group.Runs.Length + 1}";
    }

    private long On(Instant at) => derivations.Current.Instants.On(clock.BootId, at);

    private ImmutableDictionary<string, (Fact Fact, Run Body)> Index()
    {
        var current = facts.Current;
        var index = _index;
        if (index.Revision != current.Revision)
        {
            _index = index = new RunIndex(current.Revision, current.Of<Run>().GroupBy(run => run.Body.RunId.ToString()).ToImmutableDictionary(group => group.Key, group => group.Last()));
        }

        return index.ById;
    }

    private sealed record RunIndex(long Revision, ImmutableDictionary<string, (Fact Fact, Run Body)> ById);
}
