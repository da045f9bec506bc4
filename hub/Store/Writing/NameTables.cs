using System.Buffers.Binary;
using System.Collections.Immutable;
using StemLab.Store.Sqlite;

namespace StemLab.Store.Writing;

/// <summary>The dictionary tables of series.db. Writer thread only.</summary>
internal sealed class NameTables
{
    private readonly SqliteSession _session;
    private readonly Dictionary<AgentId, int> _agents = [];
    private readonly Dictionary<BootId, int> _boots = [];
    private readonly Dictionary<(AgentId Agent, InputDeclaration Input), int> _inputs = [];
    private readonly Dictionary<(AgentId Agent, StreamId Stream), LedgerSlot> _slots = [];

    // Ids are given here, not by SQLite, so that staging needs no transaction; a failed commit gives them back.
    private int _lastStream;
    private int _lastCatalog;

    public NameTables(SqliteSession session) => _session = session;

    public LedgerSlot? Slot(AgentId agent, StreamId stream) => _slots.GetValueOrDefault((agent, stream));

    public ImmutableDictionary<(AgentId Agent, StreamId Stream), LedgerSlot> Slots => _slots.ToImmutableDictionary();

    /// <summary>Reads everything at opening.</summary>
    public StoreDictionary Load()
    {
        var draft = StoreDictionary.Empty.Draft();
        var agents = new Dictionary<long, AgentId>();
        Read("SELECT id, agent_id FROM agent", row =>
        {
            var agent = new AgentId(BinaryPrimitives.ReadUInt128BigEndian(row.Blob(1)));
            agents[row.Int64(0)] = agent;
            _agents[agent] = (int)row.Int64(0);
            draft.Add(agent);
        });
        var boots = LoadBoots(draft, agents);
        var inputs = LoadInputs(draft, agents);
        Read("SELECT boot, input FROM series ORDER BY id", row =>
        {
            var (agent, input) = inputs[row.Int64(1)];
            draft.Add(boots[row.Int64(0)], agent, input);
        });
        LoadStreams(draft, agents, boots);
        return draft.Freeze();
    }

    /// <summary>Stages what is new in a declaration; returns what contradicts.</summary>
    public ImmutableArray<string> Stage(StagedCommit commit, Declarations declarations)
    {
        var refused = ImmutableArray.CreateBuilder<string>();
        Agent(commit, declarations.Agent);
        foreach (var boot in declarations.Boots)
        {
            StageBoot(commit, declarations.Agent, boot, refused);
        }

        foreach (var catalog in declarations.Catalogs)
        {
            StageCatalog(commit, declarations.Agent, catalog, refused);
        }

        foreach (var stream in declarations.Streams)
        {
            StageStream(commit, declarations.Agent, stream, refused);
        }

        return refused.ToImmutable();
    }

    /// <summary>The series of an input during a boot, made when it is new.</summary>
    public SeriesId Series(StagedCommit commit, BootId boot, AgentId agent, InputDeclaration input)
    {
        var isThere = commit.Names is { } draft
            ? draft.TryFind(boot, agent, input, out var id)
            : commit.Before.TryFind(boot, agent, input, out id);
        if (isThere)
        {
            return id;
        }

        var inputId = Input(commit, agent, input);
        var bootId = _boots[boot];
        id = commit.ChangeNames().Add(boot, agent, input).Id;
        Insert(commit, "INSERT INTO series VALUES(?1, ?2, ?3)", id.Value, row => row.Bind(2, bootId).Bind(3, inputId));
        return id;
    }

    /// <summary>The slot of a foreign agent's rows, which have no stream.</summary>
    public LedgerSlot ForeignSlot(StagedCommit commit, AgentId agent) =>
        Slot(agent, default) ?? MakeSlot(commit, agent, default, boot: null, durableNextSeq: null, isComplete: false);

    private void StageBoot(StagedCommit commit, AgentId agent, BootDeclaration boot, ImmutableArray<string>.Builder refused)
    {
        if (boot.Agent != agent)
        {
            refused.Add($"boots[{boot.Id}]: declared by agent {agent}, belongs to {boot.Agent}");
            return;
        }

        var isThere = commit.Names is { } draft ? draft.TryFind(boot.Id, out var known) : commit.Before.TryFind(boot.Id, out known);
        if (isThere)
        {
            if (known != boot)
            {
                refused.Add($"boots[{boot.Id}]: was declared as {known}, now {boot}; a boot never changes");
            }

            return;
        }

        var agentId = Agent(commit, agent);
        var id = _boots.Count + 1;
        _boots[boot.Id] = id;
        commit.Undo(() => _boots.Remove(boot.Id));
        commit.ChangeNames().Add(boot);
        Insert(commit, "INSERT INTO boot(id, boot_id, agent, kind, boot_no, previous) VALUES(?1, ?2, ?3, ?4, ?5, ?6)", id, row =>
        {
            row.Bind(2, Bytes(boot.Id.Value)).Bind(3, agentId).Bind(4, (long)boot.Kind).Bind(5, boot.BootNo);
            _ = boot.Previous is { } previous ? row.Bind(6, Bytes(previous.Value)) : row.BindNull(6);
        });
    }

    private void StageCatalog(StagedCommit commit, AgentId agent, CatalogDeclaration catalog, ImmutableArray<string>.Builder refused)
    {
        var isThere = commit.Names is { } draft ? draft.TryFind(agent, catalog.Hash, out var known) : commit.Before.TryFind(agent, catalog.Hash, out known);
        if (isThere)
        {
            if (!known!.Inputs.SequenceEqual(catalog.Inputs))
            {
                refused.Add($"catalogs[{catalog.Hash:x16}]: other inputs were declared under this hash");
            }

            return;
        }

        var agentId = Agent(commit, agent);
        var id = ++_lastCatalog;
        commit.Undo(() => _lastCatalog--);
        commit.ChangeNames().Add(agent, catalog);
        Insert(commit, "INSERT INTO catalog VALUES(?1, ?2, ?3)", id, row => row.Bind(2, agentId).Bind(3, unchecked((long)catalog.Hash)));
        for (var i = 0; i < catalog.Inputs.Length; i++)
        {
            var (position, input) = (i, Input(commit, agent, catalog.Inputs[i]));
            Insert(commit, "INSERT INTO catalog_input VALUES(?1, ?2, ?3)", id, row => row.Bind(2, position).Bind(3, input));
        }
    }

    private void StageStream(StagedCommit commit, AgentId agent, StreamDeclaration stream, ImmutableArray<string>.Builder refused)
    {
        stream = stream.DurableNextSeq is null ? stream with { IsComplete = false } : stream;
        if (stream.Id.Value == 0 || !_boots.TryGetValue(stream.Boot, out var bootId))
        {
            refused.Add($"streams[{stream.Id}]: its boot {stream.Boot} is not declared, or the id is 0");
            return;
        }

        var isThere = commit.Names is { } draft ? draft.TryFind(agent, stream.Id, out var known) : commit.Before.TryFind(agent, stream.Id, out known);
        if (!isThere)
        {
            MakeSlot(commit, agent, stream.Id, bootId, stream.DurableNextSeq, stream.IsComplete);
            commit.ChangeNames().Set(agent, stream);
            return;
        }

        if (known!.Declaration.Boot != stream.Boot)
        {
            refused.Add($"streams[{stream.Id}]: was declared in boot {known.Declaration.Boot}, now {stream.Boot}; a stream belongs to one boot");
            return;
        }

        if (known.Declaration.IsComplete)
        {
            if (stream.IsComplete && stream.DurableNextSeq != known.Declaration.DurableNextSeq)
            {
                refused.Add($"streams[{stream.Id}]: was complete with {known.Declaration.DurableNextSeq} rows, now with {stream.DurableNextSeq}; a stream ends once");
            }

            // What is known to be complete stays so, also where a damaged outbox has forgotten it.
            return;
        }

        if (stream.DurableNextSeq is { } next && stream != known.Declaration)
        {
            commit.ChangeNames().Set(agent, stream);
            Insert(commit, "UPDATE stream SET durable_next_seq = ?2, complete = ?3 WHERE id = ?1", Slot(agent, stream.Id)!.LocalId, row => row.Bind(2, unchecked((long)next)).Bind(3, stream.IsComplete ? 1 : 0));
        }
    }

    private LedgerSlot MakeSlot(StagedCommit commit, AgentId agent, StreamId stream, int? boot, ulong? durableNextSeq, bool isComplete)
    {
        var agentId = Agent(commit, agent);
        var slot = new LedgerSlot(agent, stream, ++_lastStream);
        _slots[(agent, stream)] = slot;
        commit.HasNewSlots = true;
        commit.Undo(() =>
        {
            _lastStream--;
            _slots.Remove((agent, stream));
        });
        Insert(commit, "INSERT INTO stream VALUES(?1, ?2, ?3, ?4, ?5, ?6)", slot.LocalId, row =>
            row.Bind(2, agentId).Bind(3, unchecked((long)stream.Value)).Bind(4, boot).Bind(5, unchecked((long?)durableNextSeq)).Bind(6, isComplete ? 1 : 0));
        return slot;
    }

    private int Agent(StagedCommit commit, AgentId agent)
    {
        if (_agents.TryGetValue(agent, out var id))
        {
            return id;
        }

        id = _agents.Count + 1;
        _agents[agent] = id;
        commit.Undo(() => _agents.Remove(agent));
        commit.ChangeNames().Add(agent);
        Insert(commit, "INSERT INTO agent VALUES(?1, ?2)", id, row => row.Bind(2, Bytes(agent.Value)));
        return id;
    }

    private int Input(StagedCommit commit, AgentId agent, InputDeclaration input)
    {
        if (_inputs.TryGetValue((agent, input), out var id))
        {
            return id;
        }

        var agentId = Agent(commit, agent);
        id = _inputs.Count + 1;
        _inputs[(agent, input)] = id;
        commit.Undo(() => _inputs.Remove((agent, input)));
        Insert(commit, "INSERT INTO input VALUES(?1, ?2, ?3, ?4, ?5, ?6)", id, row =>
            row.Bind(2, agentId).Bind(3, input.Port).Bind(4, input.Quantity).Bind(5, input.UnitUcum).Bind(6, input.ConfigRev));
        return id;
    }

    private Dictionary<long, BootId> LoadBoots(DictionaryDraft draft, Dictionary<long, AgentId> agents)
    {
        var boots = new Dictionary<long, BootId>();
        Read("SELECT id, boot_id, agent, kind, boot_no, previous FROM boot", row =>
        {
            var id = new BootId(BinaryPrimitives.ReadUInt128BigEndian(row.Blob(1)));
            BootId? previous = row.IsNull(5) ? null : new BootId(BinaryPrimitives.ReadUInt128BigEndian(row.Blob(5)));
            boots[row.Int64(0)] = id;
            _boots[id] = (int)row.Int64(0);
            draft.Add(new BootDeclaration(id, agents[row.Int64(2)], (BootKind)row.Int64(3), (uint)row.Int64(4), previous));
        });
        return boots;
    }

    private Dictionary<long, (AgentId Agent, InputDeclaration Input)> LoadInputs(DictionaryDraft draft, Dictionary<long, AgentId> agents)
    {
        var inputs = new Dictionary<long, (AgentId, InputDeclaration)>();
        Read("SELECT id, agent, port, quantity, unit, config_rev FROM input", row =>
        {
            var input = (agents[row.Int64(1)], new InputDeclaration(row.Text(2), row.Text(3), row.Text(4), (uint)row.Int64(5)));
            inputs[row.Int64(0)] = input;
            _inputs[input] = (int)row.Int64(0);
        });
        var catalogs = new SortedDictionary<long, (AgentId Agent, ulong Hash, List<InputDeclaration> Inputs)>();
        Read("SELECT id, agent, hash FROM catalog", row =>
            catalogs[row.Int64(0)] = (agents[row.Int64(1)], unchecked((ulong)row.Int64(2)), []));
        Read("SELECT catalog, input FROM catalog_input ORDER BY catalog, position", row =>
            catalogs[row.Int64(0)].Inputs.Add(inputs[row.Int64(1)].Item2));
        foreach (var (id, catalog) in catalogs)
        {
            draft.Add(catalog.Agent, new CatalogDeclaration(catalog.Hash, [.. catalog.Inputs]));
            _lastCatalog = (int)id;
        }

        return inputs;
    }

    private void LoadStreams(DictionaryDraft draft, Dictionary<long, AgentId> agents, Dictionary<long, BootId> boots)
    {
        Read("SELECT s.id, s.agent, s.stream, s.boot, s.durable_next_seq, l.state, s.complete FROM stream s LEFT JOIN ledger l ON l.stream = s.id ORDER BY s.id", row =>
        {
            var agent = agents[row.Int64(1)];
            var stream = new StreamId(unchecked((ulong)row.Int64(2)));
            var slot = new LedgerSlot(agent, stream, (int)row.Int64(0));
            slot.Draft = slot.Published = row.IsNull(5)
                ? StreamLedger.Empty
                : StreamLedger.TryRead(row.Blob(5)) ?? throw new StoreUnavailableException($"{_session.Path}: the ledger of stream {stream} cannot be read; restore the file from a backup");
            _slots[(agent, stream)] = slot;
            _lastStream = slot.LocalId;
            if (!row.IsNull(3))
            {
                ulong? next = row.IsNull(4) ? null : unchecked((ulong)row.Int64(4));
                draft.Set(agent, new StreamDeclaration(stream, boots[row.Int64(3)], next) { IsComplete = row.Int64(6) != 0 });
            }
        });
    }

    private void Read(string sql, Action<SqliteStatement> row)
    {
        using var statement = _session.PrepareOnce(sql);
        while (statement.Step())
        {
            row(statement);
        }
    }

    private void Insert(StagedCommit commit, string sql, long id, Action<SqliteStatement> bind) => commit.Sql.Add(() =>
    {
        using var statement = _session.PrepareOnce(sql);
        bind(statement.Bind(1, id));
        statement.Step();
    });

    private static byte[] Bytes(UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return bytes;
    }
}
