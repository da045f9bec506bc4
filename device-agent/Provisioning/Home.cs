using System.Security.Cryptography;
using System.Text;
using StemLab.Agent.Operations;
using StemLab.Wire;

namespace StemLab.Agent.Provisioning;

/// <summary>
/// Who this agent is, as files of its data folder: joined.json and agent.key; earlier.json and earlier.key while the card has been put into another board or the agent moves to
/// another hub, until it is let in again. One thread at a time.
/// </summary>
/// <param name="folder">The data folder; it is there.</param>
/// <param name="board">The board this runs on.</param>
internal sealed class Home(string folder, Board board)
{
    private static readonly string[] KeptBooks = ["outbox.db", "outbox.db-wal", "outbox.db-shm", "agent.db", "agent.db-wal", "agent.db-shm"];

    private Membership? next;

    /// <summary>True while the books in the folder are open.</summary>
    public bool IsMeasuring { get; set; }

    private string JoinedPath => Path.Combine(folder, "joined.json");

    private string KeyPath => Path.Combine(folder, "agent.key");

    private string EarlierPath => Path.Combine(folder, "earlier.json");

    private string EarlierKeyPath => Path.Combine(folder, "earlier.key");

    /// <summary>The board this runs on.</summary>
    public Board Board => board;

    /// <summary>Who it was before the card was moved or it left its hub; null = nobody.</summary>
    public Membership? Earlier => Membership.Load(EarlierPath);

    /// <summary>Who it is; null = nobody yet. A card that was let in on another board is somebody else's from here on.</summary>
    /// <param name="given">Identity and token of a join file or of agent.json; null = none. Each text counts once: what the hub says later wins over it.</param>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public Membership? Open(AgentOptions? given)
    {
        Settle();
        var joined = Membership.Load(JoinedPath);
        var text = given is null ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{given.AgentId} {given.Token} {given.HubAddress} {given.Slug}")));
        if (given is not null && text != (joined ?? Earlier)?.Given)
        {
            joined = new Membership
            {
                AgentId = given.AgentId,
                Token = given.Token,
                Slug = given.Slug,
                HubAddress = given.HubAddress,
                Tls = given.Tls,
                AuthorityPem = given.AuthorityPem,
                Board = board.Hex,
                Given = text,
            };
            Admit(joined);
            return joined;
        }

        if (joined is null)
        {
            return null;
        }

        if (joined.Board == board.Hex)
        {
            File.Delete(EarlierPath);
            File.Delete(EarlierKeyPath);
            return joined;
        }

        joined.Save(EarlierPath);
        NewKey();
        File.Delete(JoinedPath);
        return null;
    }

    /// <summary>The board's key pair; made when there is none.</summary>
    public KeyFile Key() => KeyFile.OpenOrMake(KeyPath);

    /// <summary>The key pair of who it was, where it has another now.</summary>
    public KeyFile? EarlierKey() => File.Exists(EarlierKeyPath) ? KeyFile.Open(EarlierKeyPath) : null;

    /// <summary>The key belongs to another board: it is kept as proof of where the card comes from, and this board gets one of its own.</summary>
    public void NewKey()
    {
        if (File.Exists(KeyPath))
        {
            File.Move(KeyPath, EarlierKeyPath, overwrite: true);
        }

        Key().Dispose();
    }

    /// <summary>A hub has let it in. What was measured as somebody else is set aside, never sent as this one's; while it still measures as that one, at the next <see cref="Open"/>.</summary>
    public void Admit(Membership joined)
    {
        var before = Earlier ?? Membership.Load(JoinedPath);
        if (before is not null && before.AgentId != joined.AgentId)
        {
            if (IsMeasuring)
            {
                next = joined;
                return;
            }

            SetAside($"of-{before.AgentId}");
        }

        // A join file has counted once, whoever let it in since.
        (joined.Given.Length > 0 ? joined : joined with { Given = before?.Given ?? "" }).Save(JoinedPath);
        File.Delete(EarlierPath);
        File.Delete(EarlierKeyPath);
    }

    /// <summary>It leaves its hub: the identity stays, the token goes. Null where it is not with that hub as that agent (any more).</summary>
    public Membership? Leave(Id128 agent)
    {
        if (Membership.Load(JoinedPath) is not { } joined || joined.AgentId != agent)
        {
            return null;
        }

        joined = joined with { Token = "", HubAddress = "", HubKey = "", Pages = [] };
        joined.Save(EarlierPath);
        File.Delete(JoinedPath);
        return joined;
    }

    private void Settle()
    {
        IsMeasuring = false;
        if (next is { } joined)
        {
            next = null;
            Admit(joined);
        }
    }

    private void SetAside(string name)
    {
        var aside = Path.Combine(folder, name);
        Directory.CreateDirectory(aside);
        foreach (var book in KeptBooks.Where(book => File.Exists(Path.Combine(folder, book))))
        {
            File.Move(Path.Combine(folder, book), Path.Combine(aside, book), overwrite: true);
        }
    }
}
