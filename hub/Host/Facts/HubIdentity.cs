using Microsoft.Data.Sqlite;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>Who this hub is: minted once with its hub.db, global, in every fact it states. Immutable.</summary>
internal sealed record HubIdentity(Id128 HubId)
{
    public static HubIdentity Of(HubDatabase database)
    {
        database.EnsureSchema("CREATE TABLE IF NOT EXISTS hub_identity(one INTEGER PRIMARY KEY CHECK(one = 1), hub_id BLOB NOT NULL) STRICT;");
        return database.Write((connection, transaction) =>
        {
            connection.Run(transaction, "INSERT OR IGNORE INTO hub_identity(one, hub_id) VALUES(1, $id)", ("$id", Id128.New()));
            using SqliteCommand command = connection.Sql(transaction, "SELECT hub_id FROM hub_identity");
            using SqliteDataReader reader = command.ExecuteReader();
            reader.Read();
            return new HubIdentity(reader.Id(0));
        });
    }
}
