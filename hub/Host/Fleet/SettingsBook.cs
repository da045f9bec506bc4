using System.Collections.Immutable;
using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Fleet;

/// <summary>
/// What agents are to measure: each wish is numbered and kept in hub.db, sent when the agent is there and again whenever it comes back without it, until it is in force or refused. Safe from any thread.
/// </summary>
internal sealed class SettingsBook
{
    private const int MostKinds = 128;
    private const int MostFound = 64;
    private const int LongestWord = 400;
    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS agent_settings(
            agent_id BLOB PRIMARY KEY, revision INTEGER NOT NULL, wanted BLOB NOT NULL, state INTEGER NOT NULL, refusal_en TEXT NOT NULL, refusal_vi TEXT NOT NULL) STRICT;
        """;

    /// <summary>How long an agent has to take a command, and its answer to come.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly HubDatabase _database;
    private readonly AgentCommandDoor _commands;
    private readonly HubClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<SettingsBook> _logger;
    private readonly Lock _gate = new();

    // Under _gate; what agents report is not kept: they say it with every Birth.
    private readonly Dictionary<AgentId, AgentSettings> _settings = [];

    public SettingsBook(HubDatabase database, AgentCommandDoor commands, HubClock clock, TimeProvider time, ILogger<SettingsBook> logger)
    {
        (_database, _commands, _clock, _time, _logger) = (database, commands, clock, time, logger);
        database.EnsureSchema(Ddl);
        foreach (var (agent, settings) in database.Read(Load))
        {
            _settings[agent] = settings;
        }
    }

    public AgentSettings Of(AgentId agent)
    {
        lock (_gate)
        {
            return _settings.GetValueOrDefault(agent) ?? AgentSettings.None;
        }
    }

    /// <summary>Asks for settings; null where another change came in between. They are kept, whether the agent is there or not.</summary>
    public AgentSettings? Want(AgentId agent, ulong fromRevision, SettingsContent content)
    {
        lock (_gate)
        {
            AgentSettings before = _settings.GetValueOrDefault(agent) ?? AgentSettings.None;
            if (before.Revision != fromRevision)
            {
                return null;
            }

            // An agent that comes from another hub has counted there.
            ulong revision = Math.Max(before.Revision, before.ReportedRevision) + 1;
            return Save(agent, before with { Revision = revision, Wanted = content, State = SettingsState.Waiting, RefusalEn = "", RefusalVi = "" });
        }
    }

    /// <summary>Takes over what a Birth says about settings.</summary>
    public void Report(AgentId agent, SettingsReport? report)
    {
        if (report?.Settings is not { } said)
        {
            return;
        }

        lock (_gate)
        {
            AgentSettings before = _settings.GetValueOrDefault(agent) ?? AgentSettings.None;
            AgentSettings now = before with
            {
                ReportedRevision = said.Revision,
                Reported = said.Format == SettingsContent.Format ? SettingsContent.Read(said.Content.Span) : null,
                Kinds = said.Format == SettingsContent.Format ? [.. report.Kinds.Take(MostKinds).Select(kind => (Clip(kind.Name), kind.Keys.Select(Clip).ToImmutableArray()))] : [],
                Found = [.. report.Found.Take(MostFound).Select(found => (new SourceSetting { Kind = Clip(found.Kind), Serial = Clip(found.Serial), Bus = found.Kind.StartsWith("ezo-", StringComparison.Ordinal) ? (int)found.Bus : 1, Address = (int)found.Address }, Clip(found.Description)))],
            };
            _settings[agent] = now.Revision > 0 ? Compared(agent, now, report) : now;
        }
    }

    /// <summary>Under _gate: a wish beside what the agent says it does.</summary>
    private AgentSettings Compared(AgentId agent, AgentSettings now, SettingsReport report)
    {
        ulong runs = report.Settings.Revision;
        if (report.RefusedRevision == now.Revision)
        {
            return now.State == SettingsState.Refused ? now : Save(agent, now with { State = SettingsState.Refused, RefusalEn = Clip(report.RefusedEn), RefusalVi = Clip(report.RefusedVi) });
        }

        if (runs == now.Revision)
        {
            return now.State == SettingsState.Applied ? now : Save(agent, now with { State = SettingsState.Applied, RefusalEn = "", RefusalVi = "" });
        }

        if (runs > now.Revision)
        {
            // It was set by another hub since.
            return Save(agent, now with { Revision = runs, Wanted = now.Reported ?? now.Wanted, State = SettingsState.Applied, RefusalEn = "", RefusalVi = "" });
        }

        // A new card knows nothing of what was set: it is told again.
        return now.State == SettingsState.Applied ? Save(agent, now with { State = SettingsState.Waiting }) : now;
    }

    /// <summary>Sends what an agent has not taken yet and waits for its word; nothing where nothing is wanted or it is not there.</summary>
    public async Task DeliverAsync(AgentId agent, CancellationToken cancellationToken)
    {
        AgentSettings settings = Of(agent);
        if (settings is not { State: SettingsState.Waiting, Wanted: { } wanted })
        {
            return;
        }

        byte[] content = wanted.Bytes();
        var command = Command();
        command.Configure = new Configure
        {
            Settings = new Settings { Format = SettingsContent.Format, Revision = settings.Revision, Content = ByteString.CopyFrom(content), Sha256 = ByteString.CopyFrom(SHA256.HashData(content)) },
        };
        if (await _commands.AskAsync(agent, command, Patience, _time, cancellationToken) is not { } answer)
        {
            FleetLog.NotAnswered(_logger, agent, settings.Revision);
            return;
        }

        lock (_gate)
        {
            AgentSettings now = _settings[agent];
            if (now.Revision == settings.Revision)
            {
                _settings[agent] = Save(agent, answer.Ok
                    ? now with { State = SettingsState.Applied, RefusalEn = "", RefusalVi = "" }
                    : now with { State = SettingsState.Refused, RefusalEn = Clip(answer.Error), RefusalVi = Clip(answer.ErrorVi.Length > 0 ? answer.ErrorVi : answer.Error) });
            }
        }

        FleetLog.SettingsAnswered(_logger, agent, settings.Revision, answer.Ok);
    }

    /// <summary>Has an agent ask its buses; the Birth that follows tells. Null where it is not there or did not answer.</summary>
    public async Task<Result?> FindProbesAsync(AgentId agent, CancellationToken cancellationToken)
    {
        var command = Command();
        command.FindProbes = new FindProbes();
        return await _commands.AskAsync(agent, command, Patience, _time, cancellationToken);
    }

    private Command Command() => new()
    {
        Id = Id128.New().ToByteString(),
        DeadlineBoot = _clock.BootId.ToByteString(),
        DeadlineTUs = _clock.NowUs() + (long)Patience.TotalMicroseconds,
    };

    private static string Clip(string text) => text.Length <= LongestWord ? text : text[..LongestWord];

    /// <summary>Under _gate: hub.db first.</summary>
    private AgentSettings Save(AgentId agent, AgentSettings settings)
    {
        _database.Write((connection, transaction) =>
        {
            connection.Run(
                transaction,
                "INSERT OR REPLACE INTO agent_settings(agent_id, revision, wanted, state, refusal_en, refusal_vi) VALUES($id, $revision, $wanted, $state, $en, $vi)",
                ("$id", new Id128(agent.Value)),
                ("$revision", (long)settings.Revision),
                ("$wanted", settings.Wanted!.Bytes()),
                ("$state", (int)settings.State),
                ("$en", settings.RefusalEn),
                ("$vi", settings.RefusalVi));
            return true;
        });
        _settings[agent] = settings;
        return settings;
    }

    private static List<(AgentId, AgentSettings)> Load(SqliteConnection connection)
    {
        using SqliteCommand command = connection.Sql(null, "SELECT agent_id, revision, wanted, state, refusal_en, refusal_vi FROM agent_settings");
        using SqliteDataReader reader = command.ExecuteReader();
        var loaded = new List<(AgentId, AgentSettings)>();
        while (reader.Read())
        {
            loaded.Add((new AgentId(reader.Id(0).Value), AgentSettings.None with
            {
                Revision = (ulong)reader.GetInt64(1),
                Wanted = SettingsContent.Read((byte[])reader.GetValue(2)),
                State = (SettingsState)reader.GetInt32(3),
                RefusalEn = reader.GetString(4),
                RefusalVi = reader.GetString(5),
            }));
        }

        return loaded;
    }
}
