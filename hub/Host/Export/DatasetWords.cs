using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using StemLab.Science.Properties;
using StemLab.V1;
using ObservedProperty = StemLab.Science.Properties.ObservedProperty;

namespace StemLab.Hub.Export;

/// <summary>What a version says of itself, in words and in the vocabularies others read. Pure; the same version gives the same words.</summary>
internal static class DatasetWords
{
    private static readonly (byte Flag, string En, string Vi)[] Flags =
        [(1, "good", "tốt"), (2, "not evaluated", "chưa đánh giá"), (3, "suspect", "nghi ngờ"), (4, "fail", "hỏng"), (9, "missing", "thiếu")];

    private static readonly (string Id, string Title, string Url)[] Licences =
    [
        ("CC-BY-4.0", "Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
        ("CC0-1.0", "Creative Commons Zero 1.0 (public domain)", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("CC-BY-SA-4.0", "Creative Commons Attribution Share Alike 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
        ("CC-BY-NC-4.0", "Creative Commons Attribution Non Commercial 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
        ("ODbL-1.0", "Open Data Commons Open Database License 1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
        ("ODC-By-1.0", "Open Data Commons Attribution 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
        ("PDDL-1.0", "Open Data Commons Public Domain Dedication 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"),
    ];

    /// <summary>SPDX identifiers a dataset may bear.</summary>
    public static IEnumerable<string> KnownLicences => Licences.Select(licence => licence.Id);

    public static (string Id, string Title, string Url) Licence(string id) => Licences.Where(licence => licence.Id == id).DefaultIfEmpty((id, id, $"https://spdx.org/licenses/{id}.html")).First();

    /// <summary>A QARTOD flag in a word.</summary>
    public static string Flag(int flag, bool vi)
    {
        (byte _, string en, string word) = Array.Find(Flags, known => known.Flag == flag);
        return (vi ? word : en) ?? flag.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>UTC µs as ISO 8601 to the second; empty for null.</summary>
    public static string Time(long? utcUs) => utcUs is { } known ? DateTimeOffset.UnixEpoch.AddTicks(known * 10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";

    public static string Title(DatasetVersion about) => about.Dataset.Title.Length > 0 ? about.Dataset.Title : about.Name.Split('/')[1];

    public static string Number(DatasetVersion about) => about.Name.Split('/')[3];

    /// <summary>How to cite it, in one line.</summary>
    public static string Citation(DatasetVersion about)
    {
        string year = about.HasFrozenTimeUs ? $" ({Time(about.FrozenTimeUs)[..4]})" : "";
        string doi = about.Dataset.Doi.Length > 0 ? $" https://doi.org/{about.Dataset.Doi}." : "";
        return $"{(about.Dataset.Creator.Length > 0 ? about.Dataset.Creator : "(organisation not stated)")}{year}. {Title(about)}, version {Number(about)} [data set].{doi} Rows SHA-256 {about.RowsSha256}.";
    }

    /// <summary>The practice among the readings asked for, as the API says it; null for none.</summary>
    public static DatasetPractice? Practice(FrozenPractice? practice) => practice is null ? null : new DatasetPractice
    {
        LeftOut = practice.IsLeftOut,
        RowCount = practice.Rows,
        Runs = { practice.Runs.Select(run => new DatasetPracticeRun { Run = run.Run, StartTimeUs = run.FromUtcUs, EndTimeUs = run.ToUtcUs == long.MaxValue ? 0 : run.ToUtcUs, RowCount = run.Rows }) },
    };

    /// <summary>Not measured, or for practice: said first wherever the version is described.</summary>
    public static string Origin(FrozenVersion version) => Simulated(version) + (version.Tables.Practice is { IsLeftOut: false } ? "Contains readings of PRACTICE runs. " : "");

    private static string Simulated(FrozenVersion version) =>
        version.Tables.Channels.All(channel => channel.Simulated) ? "SIMULATED DATA: nothing in it was measured. "
        : version.Tables.Channels.Any(channel => channel.Simulated) ? "Contains simulated channels, marked so. " : "";

    public static string Summary(FrozenVersion version)
    {
        DatasetVersion about = version.About;
        string described = about.Dataset.Description.Length > 0 ? about.Dataset.Description.TrimEnd() + " " : "";
        return $"{Origin(version)}{described}{version.Tables.Rows.ToString("N0", CultureInfo.InvariantCulture)} readings of {version.Tables.Channels.Length} channels from {Time(about.HasFirstTimeUs ? about.FirstTimeUs : null)} to {Time(about.HasLastTimeUs ? about.LastTimeUs : null)}, with raw and calibrated values, uncertainty, time bounds and QARTOD flags.{LeftOut(version)}";
    }

    private static string LeftOut(FrozenVersion version) =>
        version.Tables.Practice is { IsLeftOut: true } practice ? string.Create(CultureInfo.InvariantCulture, $" Left out: {practice.Rows:N0} readings of practice runs ({practice.Runs.Length}).") : "";

    /// <summary>Key-value metadata for formats that have room for it.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(FrozenVersion version) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["title"] = Title(version.About),
        ["summary"] = Summary(version),
        ["citation"] = Citation(version.About),
        ["licence"] = version.About.Dataset.Licence,
        ["rows_sha256"] = version.About.RowsSha256,
        ["datapackage.json"] = DataPackage.Of(version, []).ToJsonString(DataPackage.Readable),
        ["provenance.json"] = Provenance.Of(version).ToJsonString(DataPackage.Readable),
    };

    /// <summary>Global attributes of a NetCDF file, CF-1.8 and ACDD-1.3.</summary>
    public static IEnumerable<(string Name, object Value)> Acdd(FrozenVersion version, string property, ImmutableArray<int> channels, string featureType)
    {
        DatasetVersion about = version.About;
        ObservedProperty? registered = ObservedProperties.Default.Find(property);
        (string id, string licence, string url) = Licence(about.Dataset.Licence);
        PlaceBox? box = BoxOf(channels.Select(number => version.Tables.Channels[number]));
        long? first = channels.Select(number => version.Tables.Channels[number].FirstUtcUs).Cast<long?>().Min();
        long? last = channels.Select(number => version.Tables.Channels[number].LastUtcUs).Cast<long?>().Max();
        yield return ("Conventions", "CF-1.8, ACDD-1.3");
        yield return ("featureType", featureType);
        yield return ("title", $"{Title(about)}: {registered?.NameEn ?? property}");
        yield return ("summary", Summary(version));
        yield return ("keywords", string.Join(", ", about.Dataset.Keywords.Append(registered?.NameEn ?? property)));
        yield return ("id", about.Dataset.Doi.Length > 0 ? about.Dataset.Doi : about.Name);
        yield return ("naming_authority", about.Dataset.Doi.Length > 0 ? "doi.org" : "stemlab");
        yield return ("product_version", Number(about));
        yield return ("history", $"{Time(about.HasFrozenTimeUs ? about.FrozenTimeUs : null)} frozen by StemLab {Provenance.Software} at facts revision {about.Revision}, commit {about.Commit}; rows SHA-256 {about.RowsSha256}".TrimStart());
        yield return ("source", $"{(version.Tables.Channels[channels[0]].Simulated ? "simulated" : "in-situ")} observations: {string.Join(", ", channels.SelectMany(version.StretchesOf).Select(stretch => stretch.ProbeModel).Where(model => model.Length > 0).Distinct())}");
        yield return ("processing_level", "calibrated and quality-controlled values beside raw ones");
        yield return ("comment", "Times are UTC; time_uncertainty bounds each. Flags are QARTOD's. " + Origin(version));
        yield return ("standard_name_vocabulary", "CF Standard Name Table v79");
        yield return ("date_created", Time(about.HasFrozenTimeUs ? about.FrozenTimeUs : null));
        yield return ("creator_name", about.Dataset.Creator);
        yield return ("creator_type", "institution");
        yield return ("institution", about.Dataset.Creator);
        yield return ("publisher_name", about.Dataset.Creator);
        yield return ("project", about.Dataset.Project);
        yield return ("license", $"{licence} ({id}) {url}");
        yield return ("time_coverage_start", Time(first == long.MaxValue ? null : first));
        yield return ("time_coverage_end", Time(last == long.MinValue ? null : last));
        if (box is { } known)
        {
            yield return ("geospatial_lat_min", known.South);
            yield return ("geospatial_lat_max", known.North);
            yield return ("geospatial_lon_min", known.West);
            yield return ("geospatial_lon_max", known.East);
            yield return ("geospatial_bounds_crs", "EPSG:4326");
        }
    }

    /// <summary>The box all known places of some channels lie in; null where none is known.</summary>
    public static PlaceBox? BoxOf(IEnumerable<FrozenChannel> channels)
    {
        PlaceBox? box = null;
        foreach (FrozenChannel channel in channels)
        {
            if (channel.Box is { } known)
            {
                box = PlaceBox.With(PlaceBox.With(box, known.South, known.West), known.North, known.East);
            }
        }

        return box;
    }

    /// <summary>The README of a bundle: what it is, how whole it is, how to read and cite it.</summary>
    public static string Readme(FrozenVersion version)
    {
        DatasetVersion about = version.About;
        (string id, string licence, string url) = Licence(about.Dataset.Licence);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Title(about)}, version {Number(about)}\n{new string('=', 72)}\n{Summary(version)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Cite as:   {Citation(about)}\nLicence:   {licence} ({id}) {url}\nFrozen:    {Time(about.HasFrozenTimeUs ? about.FrozenTimeUs : null)} by {version.HubName}, facts revision {about.Revision}, commit {about.Commit}\n\n");
        text.Append("How whole it is (stored / expected from the declared interval; of these without a value)\n");
        foreach (FrozenChannel channel in version.Tables.Channels)
        {
            string expected = channel.Expected is { } rows ? $" of {rows}" : "";
            text.Append(CultureInfo.InvariantCulture, $"  {channel.Station} {channel.Port} {channel.Property} [{channel.UnitUcum}]{(channel.Simulated ? " (simulated)" : "")}: {channel.Rows}{expected}, {channel.MissingValues} missing; {Time(channel.FirstUtcUs)} to {Time(channel.LastUtcUs)}\n");
        }

        text.Append("\nFlags (QARTOD): ").AppendJoin(", ", version.Tables.ByFlag.Select(of => $"{of.Key} {Flag(of.Key, false)}: {of.Value}")).Append('\n');
        if (version.Tables.Practice is { } practice)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nPractice runs, {(practice.IsLeftOut ? "left out" : "in it")} (readings, before flags are looked at): {practice.Rows}\n");
            foreach (FrozenPracticeRun run in practice.Runs)
            {
                text.Append(CultureInfo.InvariantCulture, $"  run {run.Run}: {run.Rows}; {Time(run.FromUtcUs)} to {Time(run.ToUtcUs == long.MaxValue ? null : run.ToUtcUs)}\n");
            }
        }

        text.Append("\nColumns of data.csv\n");
        foreach ((string name, string meaning) in DataPackage.Meanings)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {name,-16} {meaning}\n");
        }

        text.Append("\nEmpty = not known or missing, never 0. provenance.json holds the calibrations, rules and words of people the values rest on, by id.\n");
        text.Append("card.html shows all this to people, in Vietnamese and English. GET-A-DOI.txt tells how to get a DOI.\n");
        return text.ToString();
    }
}
