using System.Collections.Immutable;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>Campaigns: field trips and seasons whose readings, licence and organisation are said once for all their datasets. Kept in hub.db as the API shows them; safe from any thread.</summary>
internal sealed class CampaignBook
{
    private const string Ddl = "CREATE TABLE IF NOT EXISTS campaign(slug TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;";

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly HubDatabase _database;

    public CampaignBook(HubDatabase database)
    {
        _database = database;
        database.EnsureSchema(Ddl);
    }

    /// <summary>All, by name.</summary>
    public ImmutableArray<Campaign> Campaigns() => _database.Read(connection =>
    {
        using SqliteCommand command = connection.Sql(null, "SELECT body FROM campaign ORDER BY slug");
        using SqliteDataReader reader = command.ExecuteReader();
        var campaigns = ImmutableArray.CreateBuilder<Campaign>();
        while (reader.Read())
        {
            campaigns.Add(Parser.Parse<Campaign>(reader.GetString(0)));
        }

        return campaigns.ToImmutable();
    });

    /// <summary>Says what a campaign is; versions made before keep what was said then.</summary>
    public void Describe(Campaign campaign) => _database.Write((connection, transaction) => connection.Run(
        transaction,
        "INSERT INTO campaign(slug, body) VALUES($slug, $body) ON CONFLICT(slug) DO UPDATE SET body = excluded.body",
        ("$slug", SlugOf(campaign.Name)),
        ("$body", JsonFormatter.Default.Format(campaign))));

    /// <summary>The campaign somebody named; null, and said where it does not exist.</summary>
    /// <param name="name">"campaigns/{slug}"; empty = none.</param>
    /// <param name="field">Where it was named.</param>
    public Campaign? Named(string name, string field, List<(string Field, string Text)> wrong)
    {
        if (name.Length == 0)
        {
            return null;
        }

        ImmutableArray<Campaign> known = Campaigns();
        Campaign? found = known.FirstOrDefault(campaign => campaign.Name == name);
        if (found is null)
        {
            wrong.Add((field, $"'{name}' is no campaign of this hub; there are: {(known.IsEmpty ? "none yet" : string.Join(", ", known.Select(campaign => campaign.Name)))}"));
        }

        return found;
    }

    /// <summary>What a selection comes to within a campaign: what it leaves empty is the campaign's, and its times lie within the campaign's.</summary>
    public static DatasetSelection Within(DatasetSelection selection, Campaign campaign)
    {
        DatasetSelection of = campaign.Selection ?? new DatasetSelection();
        var whole = new DatasetSelection(selection)
        {
            Campaign = campaign.Name,
            StartTimeUs = Both(selection.StartTimeUs, of.StartTimeUs, Math.Max),
            EndTimeUs = Both(selection.EndTimeUs, of.EndTimeUs, Math.Min),
        };
        whole.Channels.AddRange(whole.Channels.Count == 0 ? of.Channels : []);
        whole.Sites.AddRange(whole.Sites.Count == 0 ? of.Sites : []);
        whole.Runs.AddRange(whole.Runs.Count == 0 ? of.Runs : []);
        whole.Flags.AddRange(whole.Flags.Count == 0 ? of.Flags : []);
        whole.Origin = whole.Origin == DatasetSelection.Types.Origin.Unspecified ? of.Origin : whole.Origin;
        whole.Purpose = whole.Purpose == DatasetSelection.Types.Purpose.Unspecified ? of.Purpose : whole.Purpose;
        return whole;
    }

    /// <summary>A dataset of a campaign, with what it leaves empty as the campaign says.</summary>
    public static Dataset Described(Dataset dataset, Campaign campaign)
    {
        var whole = new Dataset(dataset);
        whole.Title = Or(whole.Title, campaign.Title);
        whole.Description = Or(whole.Description, campaign.Description);
        whole.Licence = Or(whole.Licence, campaign.Licence);
        whole.Creator = Or(whole.Creator, campaign.Creator);
        whole.Project = Or(whole.Project, campaign.Title);
        whole.Keywords.AddRange(whole.Keywords.Count == 0 ? campaign.Keywords : []);
        if (!whole.HasPlaceDecimals && campaign.HasPlaceDecimals)
        {
            whole.PlaceDecimals = campaign.PlaceDecimals;
        }

        return whole;
    }

    /// <summary>0 is no bound.</summary>
    private static long Both(long one, long other, Func<long, long, long> choose) => one == 0 ? other : other == 0 ? one : choose(one, other);

    private static string Or(string said, string otherwise) => said.Length > 0 ? said : otherwise;

    private static string SlugOf(string name) => name.Split('/') is ["campaigns", var slug] ? slug : "";
}
