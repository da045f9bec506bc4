using StemLab.Hub.Facts;

namespace StemLab.Hub.Access;

/// <summary>One thing somebody did. Immutable.</summary>
/// <param name="Id">Grows by one.</param>
/// <param name="Who">Role and stable name: "teacher:3", "seat:octopus-4", "admin", "machine". Never a person's name or address.</param>
/// <param name="Action">A word in the form area.verb: "agent.enrol".</param>
/// <param name="Subject">What it was done to: a resource name; empty = the hub.</param>
/// <param name="FromRevision">The revision before; null = no facts were stated.</param>
/// <param name="ToRevision">The revision after.</param>
/// <param name="At">On the hub's boot clock.</param>
/// <param name="UtcUs">UTC µs as known then; null = not known.</param>
internal sealed record AuditEntry(long Id, string Who, string Action, string Subject, long? FromRevision, long? ToRevision, Instant At, long? UtcUs);
