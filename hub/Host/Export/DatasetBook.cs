using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>Datasets and their versions, kept in hub.db as the API shows them. Safe from any thread; what it hands out is the caller's own copy.</summary>
internal sealed class DatasetBook
{
    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS dataset(slug TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS dataset_version(slug TEXT NOT NULL, number INTEGER NOT NULL, state INTEGER NOT NULL, rows_sha256 TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY(slug, number)) STRICT;
        """;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly HubDatabase _database;
    private readonly Lock _gate = new();

    // Under _gate: versions on their way, whose progress is not worth writing down.
    private readonly Dictionary<string, DatasetVersion> _running = new(StringComparer.Ordinal);
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DatasetBook(HubDatabase database)
    {
        _database = database;
        database.EnsureSchema(Ddl);
    }

    public ImmutableArray<Dataset> Datasets() => _database.Read(connection => List(connection, "SELECT body FROM dataset ORDER BY slug", Parser.Parse<Dataset>));

    public Dataset? Find(string slug) => _database.Read(connection => List(connection, "SELECT body FROM dataset WHERE slug = $slug", Parser.Parse<Dataset>, ("$slug", slug))).FirstOrDefault();

    /// <summary>Says what a dataset is; versions made before keep what was said then.</summary>
    public void Describe(Dataset dataset) => _database.Write((connection, transaction) => connection.Run(
        transaction, "INSERT INTO dataset(slug, body) VALUES($slug, $body) ON CONFLICT(slug) DO UPDATE SET body = excluded.body", ("$slug", SlugOf(dataset.Name)), ("$body", Text(dataset))));

    /// <summary>Takes the next number for a version that is about to be made, and keeps it.</summary>
    public DatasetVersion Begin(Dataset dataset, DatasetSelection selection)
    {
        string slug = SlugOf(dataset.Name);
        var version = new DatasetVersion { Selection = selection, Dataset = dataset, State = DatasetVersion.Types.State.Running, ProgressStep = "waiting" };
        _database.Write((connection, transaction) =>
        {
            using SqliteCommand next = connection.Sql(transaction, "SELECT coalesce(max(number), 0) + 1 FROM dataset_version WHERE slug = $slug", ("$slug", slug));
            long number = (long)next.ExecuteScalar()!;
            version.Name = string.Create(CultureInfo.InvariantCulture, $"datasets/{slug}/versions/{number}");
            return connection.Run(
                transaction,
                "INSERT INTO dataset_version(slug, number, state, rows_sha256, body) VALUES($slug, $number, $state, '', $body)",
                ("$slug", slug),
                ("$number", number),
                ("$state", (long)version.State),
                ("$body", Text(version)));
        });
        Tell(version);
        return version;
    }

    /// <summary>Progress: seen by who asks, not written down.</summary>
    public void Tell(DatasetVersion version)
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            _running[version.Name] = version.Clone();
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.SetResult();
    }

    /// <summary>The version is what it will be; on disk when this returns.</summary>
    public void Settle(DatasetVersion version)
    {
        (string slug, long number) = Parts(version.Name);
        _database.Write((connection, transaction) => connection.Run(
            transaction,
            "UPDATE dataset_version SET state = $state, rows_sha256 = $rows, body = $body WHERE slug = $slug AND number = $number",
            ("$state", (long)version.State),
            ("$rows", version.RowsSha256),
            ("$body", Text(version)),
            ("$slug", slug),
            ("$number", number)));
        Tell(version);
        lock (_gate)
        {
            _running.Remove(version.Name);
        }
    }

    /// <summary>The version as it is now, and a task that ends when any version has moved.</summary>
    public (DatasetVersion? Version, Task Moved) State(string name)
    {
        Task moved;
        lock (_gate)
        {
            moved = _moved.Task;
            if (_running.TryGetValue(name, out DatasetVersion? running))
            {
                return (running.Clone(), moved);
            }
        }

        (string slug, long number) = Parts(name);
        return (_database.Read(connection => List(connection, "SELECT body FROM dataset_version WHERE slug = $slug AND number = $number", Parser.Parse<DatasetVersion>, ("$slug", slug), ("$number", number))).FirstOrDefault(), moved);
    }

    /// <summary>Versions of a dataset, or of all ("-"), newest first.</summary>
    public ImmutableArray<DatasetVersion> Versions(string slug)
    {
        ImmutableArray<DatasetVersion> stored = _database.Read(connection => List(
            connection, "SELECT body FROM dataset_version WHERE $slug = '-' OR slug = $slug ORDER BY slug, number DESC", Parser.Parse<DatasetVersion>, ("$slug", slug)));
        lock (_gate)
        {
            return [.. stored.Select(version => _running.TryGetValue(version.Name, out DatasetVersion? running) ? running.Clone() : version)];
        }
    }

    /// <summary>"datasets/{slug}…" → slug.</summary>
    public static string SlugOf(string name) => name.Split('/') is ["datasets", var slug, ..] ? slug : "";

    /// <summary>Slug and number of a version's name; number 0 where it is none.</summary>
    public static (string Slug, long Number) Parts(string name) =>
        name.Split('/') is ["datasets", var slug, "versions", var text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? (slug, number) : ("", 0);

    private static string Text(IMessage message) => JsonFormatter.Default.Format(message);

    private static ImmutableArray<T> List<T>(SqliteConnection connection, string sql, Func<string, T> parse, params (string Name, object Value)[] values)
    {
        using SqliteCommand command = connection.Sql(null, sql, [.. values.Select(value => (value.Name, (object?)value.Value))]);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = ImmutableArray.CreateBuilder<T>();
        while (reader.Read())
        {
            rows.Add(parse(reader.GetString(0)));
        }

        return rows.ToImmutable();
    }
}
