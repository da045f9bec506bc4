namespace StemLab.Agent.Provisioning;

/// <summary>Files whose reader could send as this agent: for the owner only from their first byte on, and never half written.</summary>
internal static class SecretFile
{
    /// <summary>Replaces the file whole; on disk when it returns.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
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
