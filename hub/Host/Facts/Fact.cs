using System.Collections.Immutable;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>One statement, for ever. Immutable; only a later fact that supersedes it takes it out of force.</summary>
/// <param name="FactId">Random, global.</param>
/// <param name="HubId">The hub that stated it.</param>
/// <param name="MadeAt">When, on that hub's boot clock.</param>
/// <param name="ByRole">"hub", "agent", "student", "teacher", "admin": a role, never a person.</param>
/// <param name="Supersedes">Facts it puts out of force; may name facts not yet merged.</param>
/// <param name="Revision">Revision of this hub's hub.db in which it arrived; local, not part of the fact's identity.</param>
internal sealed record Fact(Id128 FactId, Id128 HubId, Instant MadeAt, string ByRole, FactBody Body, ImmutableArray<Id128> Supersedes, long Revision)
{
    public string Kind => Body.Kind;
}

/// <summary>A fact about to be stated by this hub.</summary>
internal sealed record FactDraft(FactBody Body, Instant MadeAt, string ByRole)
{
    public ImmutableArray<Id128> Supersedes { get; init; } = [];
}

/// <summary>What a transaction of facts did. <paramref name="Stated"/> is empty and <paramref name="Revision"/> unchanged when nothing was new.</summary>
internal sealed record FactCommit(long Revision, ImmutableArray<Fact> Stated);

/// <summary>One thing wrong with a draft: where, what was found, what to do.</summary>
internal readonly record struct FactProblem(string Path, string Text);

/// <summary>The roles that may stand in <see cref="Fact.ByRole"/>.</summary>
internal static class FactRoles
{
    public const string Hub = "hub";
    public const string Agent = "agent";
    public const string Teacher = "teacher";
    public const string Admin = "admin";
    public const string Student = "student";

    public static bool IsKnown(string role) => role is Hub or Agent or Teacher or Admin or Student;
}
