using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Fleet;

/// <summary>The agents' rows in hub.db. No state of its own; <see cref="FleetBook"/> is the one caller.</summary>
internal sealed class FleetTable
{
    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS agent(
            agent_id BLOB PRIMARY KEY, slug TEXT NOT NULL UNIQUE, description TEXT NOT NULL, software TEXT NOT NULL,
            simulated INTEGER NOT NULL, is_foreign INTEGER NOT NULL, adopted INTEGER NOT NULL,
            token_sha256 BLOB UNIQUE, foreign_key TEXT UNIQUE) STRICT;
        CREATE TABLE IF NOT EXISTS agent_input(
            agent_id BLOB NOT NULL REFERENCES agent(agent_id), port TEXT NOT NULL, quantity TEXT NOT NULL,
            interval_us INTEGER NOT NULL, label TEXT NOT NULL, probe_model TEXT NOT NULL, probe_serial TEXT NOT NULL,
            PRIMARY KEY(agent_id, port, quantity)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS agent_access(
            agent_id BLOB PRIMARY KEY REFERENCES agent(agent_id), standing INTEGER NOT NULL, public_key TEXT NOT NULL, board TEXT NOT NULL, label_code TEXT NOT NULL) STRICT;
        """;

    private readonly HubDatabase _database;

    public FleetTable(HubDatabase database)
    {
        _database = database;
        database.EnsureSchema(Ddl);
    }

    public ImmutableArray<FleetRow> Load() => _database.Read(connection =>
    {
        ILookup<Id128, (string Port, string Quantity, AgentInput Input)> inputs = Inputs(connection).ToLookup(row => row.Agent, row => (row.Port, row.Quantity, row.Input));
        using SqliteCommand command = connection.Sql(
            null,
            """
            SELECT agent.agent_id, slug, description, software, simulated, is_foreign, adopted, token_sha256, foreign_key, standing, public_key, board, label_code
            FROM agent LEFT JOIN agent_access ON agent_access.agent_id = agent.agent_id
            """);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = ImmutableArray.CreateBuilder<FleetRow>();
        while (reader.Read())
        {
            Id128 id = reader.Id(0);
            var agent = new FleetAgent
            {
                Id = new AgentId(id.Value),
                Slug = reader.GetString(1),
                Description = reader.GetString(2),
                Software = reader.GetString(3),
                Simulated = reader.GetBoolean(4),
                Foreign = reader.GetBoolean(5),
                Adopted = reader.GetBoolean(6),
                HasToken = !reader.IsDBNull(7),
                Standing = reader.IsDBNull(9) ? AgentStanding.Active : (AgentStanding)reader.GetInt32(9),
                PublicKey = reader.IsDBNull(10) ? "" : reader.GetString(10),
                Board = reader.IsDBNull(11) ? "" : reader.GetString(11),
                LabelCode = reader.IsDBNull(12) ? "" : reader.GetString(12),
                Topic = reader.IsDBNull(8) ? "" : reader.GetString(8),
                Inputs = inputs[id].ToImmutableDictionary(row => (row.Port, row.Quantity), row => row.Input),
            };
            rows.Add(new FleetRow(agent, reader.IsDBNull(7) ? null : (byte[])reader.GetValue(7), reader.IsDBNull(8) ? null : reader.GetString(8)));
        }

        return rows.ToImmutable();
    });

    /// <summary>Inserts or replaces the agent with its inputs, durable when it returns.</summary>
    public void Save(FleetRow row) => _database.Write((connection, transaction) =>
    {
        Id128 id = new(row.Agent.Id.Value);
        connection.Run(
            transaction,
            """
            INSERT INTO agent(agent_id, slug, description, software, simulated, is_foreign, adopted, token_sha256, foreign_key)
            VALUES($id, $slug, $description, $software, $simulated, $foreign, $adopted, $token, $key)
            ON CONFLICT(agent_id) DO UPDATE SET slug = excluded.slug, description = excluded.description, software = excluded.software,
                simulated = excluded.simulated, is_foreign = excluded.is_foreign, adopted = excluded.adopted,
                token_sha256 = excluded.token_sha256, foreign_key = excluded.foreign_key
            """,
            ("$id", id),
            ("$slug", row.Agent.Slug),
            ("$description", row.Agent.Description),
            ("$software", row.Agent.Software),
            ("$simulated", row.Agent.Simulated),
            ("$foreign", row.Agent.Foreign),
            ("$adopted", row.Agent.Adopted),
            ("$token", row.TokenSha256),
            ("$key", row.ForeignKey));
        connection.Run(
            transaction,
            "INSERT OR REPLACE INTO agent_access(agent_id, standing, public_key, board, label_code) VALUES($id, $standing, $publicKey, $board, $label)",
            ("$id", id),
            ("$standing", (int)row.Agent.Standing),
            ("$publicKey", row.Agent.PublicKey),
            ("$board", row.Agent.Board),
            ("$label", row.Agent.LabelCode));
        foreach (((string port, string quantity), AgentInput input) in row.Agent.Inputs)
        {
            connection.Run(
                transaction,
                "INSERT OR REPLACE INTO agent_input(agent_id, port, quantity, interval_us, label, probe_model, probe_serial) VALUES($id, $port, $quantity, $interval, $label, $model, $serial)",
                ("$id", id),
                ("$port", port),
                ("$quantity", quantity),
                ("$interval", input.IntervalUs),
                ("$label", input.Label),
                ("$model", input.ProbeModel),
                ("$serial", input.ProbeSerial));
        }

        return true;
    });

    private static IEnumerable<(Id128 Agent, string Port, string Quantity, AgentInput Input)> Inputs(SqliteConnection connection)
    {
        using SqliteCommand command = connection.Sql(null, "SELECT agent_id, port, quantity, interval_us, label, probe_model, probe_serial FROM agent_input");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (reader.Id(0), reader.GetString(1), reader.GetString(2), new AgentInput(reader.GetInt64(3), reader.GetString(4), reader.GetString(5), reader.GetString(6)));
        }
    }
}

/// <summary>An agent with what must not leave the room.</summary>
internal sealed record FleetRow(FleetAgent Agent, byte[]? TokenSha256, string? ForeignKey);
