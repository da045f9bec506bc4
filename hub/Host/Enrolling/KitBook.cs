using System.Collections.Immutable;
using System.Security.Cryptography;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Wire;

namespace StemLab.Hub.Enrolling;

/// <summary>One file for many cards. Immutable.</summary>
/// <param name="Id">Who.</param>
/// <param name="PublicKey">Of the key whose other half lies on the cards; the hub does not keep that half.</param>
/// <param name="Agents">How many it lets in.</param>
/// <param name="Used">How many it has let in.</param>
/// <param name="IsWithdrawn">Somebody took it back.</param>
/// <param name="Life">When it ends.</param>
internal sealed record Kit(Id128 Id, byte[] PublicKey, int Agents, int Used, bool IsWithdrawn, Lifetime Life);

/// <summary>Kits in hub.db. Safe from any thread; rare writes.</summary>
internal sealed class KitBook
{
    public const int MostAgents = 200;
    public const int MostHours = 168;

    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS enrol_kit(
            kit_id BLOB PRIMARY KEY, public_key BLOB NOT NULL, agents INTEGER NOT NULL, used INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
            end_boot BLOB NOT NULL, end_us INTEGER NOT NULL, end_utc INTEGER) STRICT;
        """;

    private readonly HubDatabase _database;
    private readonly AccessClock _clock;
    private readonly Lock _gate = new();

    public KitBook(HubDatabase database, AccessClock clock)
    {
        _database = database;
        _clock = clock;
        database.EnsureSchema(Ddl);
    }

    /// <summary>In the order they were made.</summary>
    public ImmutableArray<Kit> Kits => _database.Read(connection =>
    {
        using var command = connection.Sql(null, "SELECT kit_id, public_key, agents, used, withdrawn, end_boot, end_us, end_utc FROM enrol_kit ORDER BY rowid");
        using var reader = command.ExecuteReader();
        var kits = ImmutableArray.CreateBuilder<Kit>();
        while (reader.Read())
        {
            kits.Add(new Kit(
                reader.Id(0), (byte[])reader.GetValue(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetBoolean(4),
                new Lifetime(reader.Id(5), reader.GetInt64(6), reader.IsDBNull(7) ? null : reader.GetInt64(7))));
        }

        return kits.ToImmutable();
    });

    /// <summary>A new kit, and the half of its key that goes onto the cards (PKCS #8).</summary>
    /// <param name="agents">1 to <see cref="MostAgents"/>.</param>
    /// <param name="life">How long.</param>
    public (Kit Kit, byte[] PrivateKey) Make(int agents, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var kit = new Kit(Id128.New(), key.ExportSubjectPublicKeyInfo(), agents, 0, false, _clock.Lasting(life));
        _database.Write((connection, transaction) => connection.Run(
            transaction,
            "INSERT INTO enrol_kit(kit_id, public_key, agents, used, withdrawn, end_boot, end_us, end_utc) VALUES($id, $key, $agents, 0, 0, $boot, $us, $utc)",
            ("$id", kit.Id),
            ("$key", kit.PublicKey),
            ("$agents", (long)agents),
            ("$boot", kit.Life.Boot),
            ("$us", kit.Life.EndUs),
            ("$utc", kit.Life.EndUtcUs)));
        return (kit, key.ExportPkcs8PrivateKey());
    }

    /// <summary>Counts one more agent; None = it may come in.</summary>
    public KnockTrouble Use(Id128 id, ReadOnlySpan<byte> proof, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> challenge)
    {
        lock (_gate)
        {
            if (Kits.FirstOrDefault(one => one.Id == id) is not { } kit || !SealedLetter.IsSigned(kit.PublicKey, SealedLetter.ProofText("kit", publicKey, challenge), proof))
            {
                return KnockTrouble.KitUnknown;
            }

            if (IsOver(kit))
            {
                return KnockTrouble.KitExpired;
            }

            if (kit.Used >= kit.Agents)
            {
                return KnockTrouble.KitUsedUp;
            }

            _database.Write((connection, transaction) => connection.Run(transaction, "UPDATE enrol_kit SET used = used + 1 WHERE kit_id = $id", ("$id", id)));
            return KnockTrouble.None;
        }
    }

    /// <summary>Takes a kit back; false when there is none of that id.</summary>
    public bool Withdraw(Id128 id) =>
        _database.Write((connection, transaction) => connection.Run(transaction, "UPDATE enrol_kit SET withdrawn = 1 WHERE kit_id = $id", ("$id", id))) == 1;

    public bool IsOver(Kit kit) => kit.IsWithdrawn || _clock.IsOver(kit.Life);

    /// <summary>How long it lets in yet, µs; null when over.</summary>
    public long? LeftUs(Kit kit) => IsOver(kit) ? null
        : kit.Life.Boot == _clock.Now.Boot ? kit.Life.EndUs - _clock.Now.Us
        : kit.Life.EndUtcUs - _clock.UtcUs;
}
