using StemLab.Hub.Access;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Classroom;

/// <summary>One meeting of a class. Immutable; forgotten when it ends.</summary>
/// <param name="Id">Never given twice.</param>
/// <param name="Code">Six letters and digits, shown by the teacher.</param>
/// <param name="OpenedBy">As in the audit log: "teacher:3".</param>
/// <param name="Opened">When, on the hub's clock.</param>
/// <param name="Lifetime">When it ends by itself.</param>
internal sealed record ClassSession(long Id, string Code, string OpenedBy, Instant Opened, Lifetime Lifetime)
{
    /// <summary>As resource name.</summary>
    public string Name => $"classSessions/{Id}";
}
