namespace StemLab.TestKit;

/// <summary>A folder of its own under the system's temp folder, removed on dispose. One test owns one.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>Full path; exists until dispose.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("stemlab-").FullName;

    /// <summary>Path of a file in the folder (not created).</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test removed it itself.
        }
    }
}
