using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Screens;

/// <summary>The settings of the public board, in hub.db, and the screens that are attached, as credentials of Access. Safe from any thread; a snapshot, swapped whole.</summary>
internal sealed class ScreenBook
{
    /// <summary>Page of an attached screen; its credential opens no other.</summary>
    public const string Page = "/screen";

    public const int LongestCity = 80;
    public const int MostChannels = 60;
    public const int MostCampaigns = 20;
    public const int MostLogoBytes = 200_000;

    /// <summary>How long a screen's cookie lasts; it is given anew whenever the page is opened. Browsers keep none longer than 400 days.</summary>
    public static readonly TimeSpan CookieLasts = TimeSpan.FromDays(400);

    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS screen_settings(
            one INTEGER PRIMARY KEY CHECK(one = 1), city TEXT NOT NULL, channels TEXT NOT NULL, logo BLOB NOT NULL, limits TEXT NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS screen_campaigns(one INTEGER PRIMARY KEY CHECK(one = 1), names TEXT NOT NULL) STRICT;
        """;

    private readonly HubDatabase _database;
    private readonly CredentialBook _credentials;
    private readonly TokenBook _tokens;
    private readonly Lock _gate = new();

    // Under _gate for writing.
    private volatile ScreenSettings? _settings;

    public ScreenBook(HubDatabase database, CredentialBook credentials, TokenBook tokens)
    {
        (_database, _credentials, _tokens) = (database, credentials, tokens);
        database.EnsureSchema(Ddl);
        _settings = database.Read(Load);
    }

    /// <summary>Null until somebody has chosen: then nothing is public.</summary>
    public ScreenSettings? Settings => _settings;

    public ImmutableArray<Credential> Attached => [.. _credentials.All.Where(IsScreen).OrderBy(screen => screen.Id)];

    public static bool IsScreen(Credential credential) => credential.Kind == CredentialKind.Kiosk && credential.Scope == Page;

    /// <summary>Makes a screen's credential.</summary>
    public (Credential Screen, string Secret) Attach(string name) => _tokens.Display(name, Page, null);

    /// <summary>Takes it back; false when there is none of that id.</summary>
    public bool Detach(long id) => !_credentials.Revoke(one => one.Id == id && IsScreen(one)).IsEmpty;

    /// <summary>Keeps what was chosen.</summary>
    /// <param name="change">From what stands, or from nothing, to what shall stand.</param>
    public ScreenSettings Change(Func<ScreenSettings, ScreenSettings> change)
    {
        lock (_gate)
        {
            var next = change(_settings ?? new ScreenSettings("", [], [], ""));
            _database.Write((connection, transaction) =>
            {
                connection.Run(
                    transaction,
                    "INSERT INTO screen_settings(one, city, channels, logo, limits) VALUES(1, $city, $channels, $logo, $limits) ON CONFLICT(one) DO UPDATE SET city = $city, channels = $channels, logo = $logo, limits = $limits",
                    ("$city", next.CityName),
                    ("$channels", JsonSerializer.Serialize(next.Channels, ScreenJson.Default.ImmutableArrayString)),
                    ("$logo", next.Logo.ToArray()),
                    ("$limits", next.ConfirmedLimits));
                return connection.Run(
                    transaction,
                    "INSERT INTO screen_campaigns(one, names) VALUES(1, $names) ON CONFLICT(one) DO UPDATE SET names = $names",
                    ("$names", JsonSerializer.Serialize(next.Campaigns, ScreenJson.Default.ImmutableArrayString)));
            });
            return _settings = next;
        }
    }

    private static ScreenSettings? Load(SqliteConnection connection)
    {
        using var command = connection.Sql(null, "SELECT city, channels, logo, limits, names FROM screen_settings LEFT JOIN screen_campaigns USING(one)");
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new ScreenSettings(reader.GetString(0), JsonSerializer.Deserialize(reader.GetString(1), ScreenJson.Default.ImmutableArrayString), [.. (byte[])reader.GetValue(2)], reader.GetString(3))
            {
                Campaigns = reader.IsDBNull(4) ? [] : JsonSerializer.Deserialize(reader.GetString(4), ScreenJson.Default.ImmutableArrayString),
            }
            : null;
    }
}
