using StemLab.Hub.Facts;

namespace StemLab.Hub.Access;

/// <summary>What somebody shows to be let in, without its secret. Immutable.</summary>
/// <param name="Id">Never given twice; survives the secret.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
/// <param name="Owner">Whose it is, and the name in the audit: "admin", "teacher:3", "researcher:7", "seat:octopus-4".</param>
/// <param name="Name">A name for people; of a seat its alias.</param>
/// <param name="Scope">Of a token its scopes ("read" or "read export"), of a kiosk the path of its board, of a seat its session's id.</param>
/// <param name="Made">When, on the hub's clock.</param>
/// <param name="MadeUtcUs">UTC µs; null = was not known.</param>
/// <param name="Lifetime">When it ends; null = when it is revoked.</param>
internal sealed record Credential(long Id, CredentialKind Kind, string Role, string Owner, string Name, string Scope, Instant Made, long? MadeUtcUs, Lifetime? Lifetime);

/// <summary>What a secret is for; one of a kind is not taken for another.</summary>
internal enum CredentialKind
{
    /// <summary>A signed-in browser or app of a teacher or the admin.</summary>
    SignIn,

    /// <summary>A researcher's API token.</summary>
    Token,

    /// <summary>A wall display.</summary>
    Kiosk,

    /// <summary>A student's seat.</summary>
    Seat,

    /// <summary>A link that makes somebody a teacher, once. Opens nothing else.</summary>
    Invite,
}
