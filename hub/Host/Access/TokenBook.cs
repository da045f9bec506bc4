using System.Collections.Immutable;

namespace StemLab.Hub.Access;

/// <summary>Researchers' API tokens and the keys of wall displays. Safe from any thread; state is the credentials'.</summary>
internal sealed class TokenBook(CredentialBook credentials)
{
    public const string ReadScope = "read";
    public const string ExportScope = "export";

    /// <summary>The longest a researcher's token may last, days.</summary>
    public const int MostDays = 3650;

    public ImmutableArray<Credential> All => [.. credentials.All.Where(IsToken).OrderBy(token => token.Id)];

    /// <summary>Makes a token; the secret is shown once.</summary>
    public (Credential Token, string Secret) Research(string name, bool mayExport, TimeSpan lasts) =>
        credentials.Add(CredentialKind.Token, Roles.Researcher, $"researcher:{Secrets.NewCode(6).ToLowerInvariant()}", name, mayExport ? $"{ReadScope} {ExportScope}" : ReadScope, lasts);

    /// <summary>Makes the key of a display that shows one page of this hub.</summary>
    /// <param name="name">For people.</param>
    /// <param name="board">Path of the page, from the first '/' on.</param>
    /// <param name="lasts">Null = until revoked.</param>
    public (Credential Token, string Secret) Display(string name, string board, TimeSpan? lasts) =>
        credentials.Add(CredentialKind.Kiosk, Roles.Kiosk, $"kiosk:{Secrets.NewCode(6).ToLowerInvariant()}", name, board, lasts);

    /// <summary>Takes one back; false when there is none of that id.</summary>
    public bool Revoke(long id) => !credentials.Revoke(token => token.Id == id && IsToken(token)).IsEmpty;

    private static bool IsToken(Credential credential) => credential.Kind is CredentialKind.Token or CredentialKind.Kiosk;
}
