using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Export;

/// <summary>Reads a selection as the API gives it: all that is wrong with it, or the request. Pure.</summary>
internal static class SelectionCheck
{
    /// <param name="isDemo">The hub holds nothing but simulated data, so "unspecified" means any.</param>
    public static FreezeRequest Read(DatasetSelection selection, Derivation derivation, bool isDemo, int? placeDecimals, List<(string Field, string Text)> wrong)
    {
        ChannelSelection channels = ChannelSelection.Parse(selection.Channels, out ImmutableArray<string> malformed);
        wrong.AddRange(malformed.Select(name => ("selection.channels", $"'{name}' is not agents/ID/channels/CHANNEL; agents/-/channels/- means all")));
        wrong.AddRange(channels.Names.Where(name => !derivation.TryFindChannel(name, out _)).Select(name => ("selection.channels", $"'{name}' does not exist in this hub")));
        var slugs = derivation.Inputs.Facts.Of<Site>().Select(site => site.Body.Slug).ToHashSet(StringComparer.Ordinal);
        wrong.AddRange(selection.Sites.Where(site => !slugs.Contains(site)).Select(site => ("selection.sites", $"'{site}' is no site of this hub; there are: {Listed(slugs)}")));
        if (selection.EndTimeUs != 0 && selection.EndTimeUs <= selection.StartTimeUs)
        {
            wrong.Add(("selection.end_time_us", $"{selection.EndTimeUs} is not after start_time_us {selection.StartTimeUs}"));
        }

        if (selection.AsOfRevision < 0 || selection.AsOfRevision > derivation.Revision)
        {
            wrong.Add(("selection.as_of_revision", $"{selection.AsOfRevision} is not a revision; 0 means the newest, {derivation.Revision}"));
        }

        wrong.AddRange(selection.Flags.Where(flag => (int)flag is not (1 or 2 or 3 or 4 or 9)).Select(flag => ("selection.flags", $"{(int)flag} is not a QARTOD flag: 1, 2, 3, 4 or 9")));
        var runs = ImmutableArray.CreateBuilder<Id128>();
        foreach (string text in selection.Runs)
        {
            if (Id128.TryParse(text, out Id128 run) && derivation.Inputs.Facts.Of<Run>().Any(known => known.Body.RunId == run))
            {
                runs.Add(run);
            }
            else
            {
                wrong.Add(("selection.runs", $"'{text}' is no run of this hub"));
            }
        }

        if (!Enum.IsDefined(selection.Purpose))
        {
            wrong.Add(("selection.purpose", $"{(int)selection.Purpose} is not 0 (usual), 1 (real), 2 (practice) or 3 (any)"));
        }

        // Whoever names a run means it, practice or not.
        bool isAnyPurpose = selection.Purpose == DatasetSelection.Types.Purpose.Any || (selection.Purpose == DatasetSelection.Types.Purpose.Unspecified && selection.Runs.Count > 0);
        bool isAny = selection.Origin == DatasetSelection.Types.Origin.Any || (selection.Origin == DatasetSelection.Types.Origin.Unspecified && isDemo);
        return new FreezeRequest(
            [.. selection.Channels],
            [.. selection.Sites],
            selection.StartTimeUs == 0 ? long.MinValue : selection.StartTimeUs,
            selection.EndTimeUs == 0 ? long.MaxValue : selection.EndTimeUs,
            [.. selection.Flags.Select(flag => (byte)flag)],
            isAny || selection.Origin != DatasetSelection.Types.Origin.Simulated,
            isAny || selection.Origin == DatasetSelection.Types.Origin.Simulated,
            runs.ToImmutable(),
            isAnyPurpose || selection.Purpose != DatasetSelection.Types.Purpose.Practice,
            isAnyPurpose || selection.Purpose == DatasetSelection.Types.Purpose.Practice,
            selection.AsOfRevision,
            placeDecimals);
    }

    /// <summary>What is wrong with a dataset's description.</summary>
    public static void Check(Dataset dataset, List<(string Field, string Text)> wrong)
    {
        CheckName("dataset", dataset.Name, wrong);
        CheckWords("dataset", dataset.Licence, dataset.Creator, dataset.HasPlaceDecimals ? dataset.PlaceDecimals : null, wrong);
        CheckTexts("dataset", [("title", dataset.Title, 200), ("description", dataset.Description, 4_000), ("creator", dataset.Creator, 200), ("project", dataset.Project, 200), ("doi", dataset.Doi, 200)], wrong);
        if (dataset.Doi.Length > 0 && !dataset.Doi.StartsWith("10.", StringComparison.Ordinal))
        {
            wrong.Add(("dataset.doi", $"'{dataset.Doi}' is not a DOI like 10.5281/zenodo.1234567"));
        }
    }

    /// <summary>What is wrong with a campaign's description.</summary>
    public static void Check(Campaign campaign, Derivation derivation, bool isDemo, List<(string Field, string Text)> wrong)
    {
        CheckName("campaign", campaign.Name, wrong);
        CheckWords("campaign", campaign.Licence, campaign.Creator, campaign.HasPlaceDecimals ? campaign.PlaceDecimals : null, wrong);
        CheckTexts("campaign", [("title", campaign.Title, 200), ("description", campaign.Description, 4_000), ("creator", campaign.Creator, 200)], wrong);
        DatasetSelection selection = campaign.Selection ?? new DatasetSelection();
        if (selection.Campaign.Length > 0 || selection.AsOfRevision != 0)
        {
            wrong.Add(("campaign.selection", "names a campaign or a revision: a campaign says which readings, a version as of when"));
        }

        var inside = new List<(string Field, string Text)>();
        Read(selection, derivation, isDemo, null, inside);
        wrong.AddRange(inside.Select(one => ($"campaign.{one.Field}", one.Text)));
    }

    private static void CheckName(string what, string name, List<(string Field, string Text)> wrong)
    {
        if (name.Split('/') is not [var kind, var slug] || kind != $"{what}s" || !Fleet.Slug.IsValid(slug))
        {
            wrong.Add(($"{what}.name", $"'{name}' is not {what}s/NAME with a NAME of 1 to 32 of a-z, 0-9 and -"));
        }
    }

    private static void CheckWords(string what, string licence, string creator, int? placeDecimals, List<(string Field, string Text)> wrong)
    {
        if (!DatasetWords.KnownLicences.Contains(licence))
        {
            wrong.Add(($"{what}.licence", $"'{licence}' is not one of {string.Join(", ", DatasetWords.KnownLicences)}; CC-BY-4.0 lets everybody use the data who names you"));
        }

        if (creator.Length == 0)
        {
            wrong.Add(($"{what}.creator", "is empty: name the organisation to cite, for example the school"));
        }

        if (placeDecimals is < 0 or > 8)
        {
            wrong.Add(($"{what}.place_decimals", $"{placeDecimals} is not 0 to 8"));
        }
    }

    private static void CheckTexts(string what, (string Field, string Text, int Most)[] texts, List<(string Field, string Text)> wrong)
    {
        foreach ((string field, string text, int most) in texts)
        {
            if (text.Length > most || text.Any(letter => char.IsControl(letter) && letter is not '\n'))
            {
                wrong.Add(($"{what}.{field}", $"is longer than {most} letters, or holds control characters"));
            }
        }
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal).Take(20)) is { Length: > 0 } some ? some : "none yet";
}
