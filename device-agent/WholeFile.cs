namespace StemLab.Agent;

/// <summary>Files that are replaced whole or not at all, whatever happens meanwhile. Stateless.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside, to the disk, then renames; for the owner only.</summary>
    /// <exception cref="IOException">The folder cannot be written; what was there is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written; what was there is as it was.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var beside = path + ".new";
        File.Delete(beside);
        using (var file = new FileStream(beside, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
