namespace StemLab.Hub.Access;

/// <summary>An adult with a passphrase: the admin, a teacher. Immutable.</summary>
/// <param name="Id">Never given twice.</param>
/// <param name="Role"><see cref="Roles.Admin"/> or <see cref="Roles.Teacher"/>.</param>
/// <param name="Name">What the person signs in with; unique without regard to case.</param>
/// <param name="PassphraseHash">PBKDF2, as Identity's hasher writes it; null = invited, has none yet.</param>
internal sealed record Person(long Id, string Role, string Name, string? PassphraseHash)
{
    /// <summary>In the audit log and as owner of credentials: "admin", "teacher:3".</summary>
    public string Who => Role == Roles.Admin ? Roles.Admin : $"{Role}:{Id}";
}
