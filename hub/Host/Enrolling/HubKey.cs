using System.Security.Cryptography;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Enrolling;

/// <summary>The hub's own key, by which its agents recognise it at another address: made once with its hub.db and, like the hub's id, part of every backup. Safe from any thread.</summary>
internal sealed class HubKey : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ECDsa _key;

    public HubKey(HubDatabase database)
    {
        database.EnsureSchema("CREATE TABLE IF NOT EXISTS hub_key(one INTEGER PRIMARY KEY CHECK(one = 1), pkcs8 BLOB NOT NULL) STRICT;");
        _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var kept = database.Write((connection, transaction) =>
        {
            connection.Run(transaction, "INSERT OR IGNORE INTO hub_key(one, pkcs8) VALUES(1, $key)", ("$key", _key.ExportPkcs8PrivateKey()));
            using var command = connection.Sql(transaction, "SELECT pkcs8 FROM hub_key");
            return (byte[])command.ExecuteScalar()!;
        });
        _key.ImportPkcs8PrivateKey(kept, out _);
        PublicKey = _key.ExportSubjectPublicKeyInfo();
    }

    /// <summary>SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; }

    /// <summary>ECDSA, SHA-256, IEEE P1363.</summary>
    public byte[] Sign(ReadOnlySpan<byte> text)
    {
        lock (_gate)
        {
            return _key.SignData(text, HashAlgorithmName.SHA256);
        }
    }

    public void Dispose() => _key.Dispose();
}
