using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>A frozen version as writers of files see it: they read nothing else, so what a file says can be made again years later. Immutable.</summary>
/// <param name="About">Name, selection, revision, commit, and what the dataset says of itself.</param>
/// <param name="Tables">Channels, stretches, counts.</param>
/// <param name="RowsPath">File of the rows.</param>
/// <param name="HubName">Name of the hub for people.</param>
/// <param name="LocalZone">Zone of local times in files made for spreadsheets.</param>
internal sealed record FrozenVersion(DatasetVersion About, FrozenTables Tables, string RowsPath, string HubName, TimeZoneInfo LocalZone)
{
    /// <summary>"{dataset}-v{number}": what files are called.</summary>
    public string Stem
    {
        get
        {
            string[] parts = About.Name.Split('/');
            return $"{parts[1]}-v{parts[3]}";
        }
    }

    /// <summary>All rows, batch by batch; the same object each time.</summary>
    public IEnumerable<ExportRows> Rows() => FrozenReader.Read(RowsPath);

    public FrozenChannel ChannelOf(ExportRows rows) => Tables.Channels[rows.Channel];

    /// <summary>The stretches a channel's rows lie in.</summary>
    public IEnumerable<FrozenStretch> StretchesOf(int channel) => Tables.Channels[channel].Stretches.Select(number => Tables.Stretches[number]);

    public FrozenStretch StretchOf(ExportRows rows) => Tables.Stretches[rows.Stretch];
}

/// <summary>Writes a version in one format. Stateless; streams in bounded memory.</summary>
internal interface IExportWriter
{
    DatasetFormat Format { get; }

    /// <summary>Writes the files into a folder and returns their names, in order.</summary>
    /// <param name="written">Told rows written so far, now and then.</param>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    IReadOnlyList<string> Write(FrozenVersion version, string folder, Action<long> written, CancellationToken cancellationToken);
}
