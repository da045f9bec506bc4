using System.Globalization;
using StemLab.Wire.V1;

namespace StemLab.Agent.Updating;

/// <summary>
/// Programs beside the installed one, each in a folder named by its version; the files trial, chosen and failed say which runs. The script `start` reads and writes the same files: it gives a trial three starts
/// and so many seconds, and goes back by itself. One thread at a time.
/// </summary>
/// <param name="path">The folder; made when something is put there.</param>
internal sealed class ProgramFolder(string path)
{
    /// <summary>Where `start` says which folder it looks into; without, nobody would start what is put there.</summary>
    public const string Variable = "STEMLAB_AGENT_PROGRAMS";

    private const int LongestVersion = 32;

    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    private string TrialPath => System.IO.Path.Combine(Path, "trial");

    private string ChosenPath => System.IO.Path.Combine(Path, "chosen");

    private string FailedPath => System.IO.Path.Combine(Path, "failed");

    /// <summary>True for what a version may be: it names a folder.</summary>
    public static bool IsVersion(string text) =>
        text.Length is >= 1 and <= LongestVersion && char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+');

    /// <summary>Where a program of that version lies.</summary>
    public string FolderOf(string version) => System.IO.Path.Combine(Path, version);

    /// <summary>From the next start on that program runs, until it proves itself or is given up.</summary>
    public void Try(string version, uint withinSeconds)
    {
        File.Delete(FailedPath);
        Write(TrialPath, string.Create(CultureInfo.InvariantCulture, $"{version} 0 {withinSeconds}\n"));
    }

    /// <summary>The running program got a receipt: it stays. True where it was on trial.</summary>
    public bool Prove(string running)
    {
        if (Words(TrialPath) is not [var version, ..] || version != running)
        {
            return false;
        }

        Write(ChosenPath, running + "\n");
        File.Delete(TrialPath);
        Sweep(running);
        return true;
    }

    /// <summary>What became of the latest update; null where there was none.</summary>
    public UpdateReport? Report(string running)
    {
        if (Words(TrialPath) is [var tried, ..] && tried == running)
        {
            return new UpdateReport { Version = tried, State = UpdateReport.Types.State.Trial };
        }

        if (Words(FailedPath) is [var given, var why, ..])
        {
            var isSilent = why == "receipt";
            return new UpdateReport
            {
                Version = given,
                State = UpdateReport.Types.State.RolledBack,
                En = isSilent ? "it got no receipt from the hub in time; the program before runs again" : "it did not stay up at three starts; the program before runs again",
                Vi = isSilent ? "nó không nhận được biên nhận nào của trạm kịp hạn; chương trình trước đang chạy lại" : "nó khởi động ba lần đều không chạy được; chương trình trước đang chạy lại",
            };
        }

        return Words(ChosenPath) is [var chosen, ..] && chosen == running ? new UpdateReport { Version = chosen, State = UpdateReport.Types.State.Proven } : null;
    }

    /// <summary>Deletes every program but the given ones and the chosen one.</summary>
    public void Sweep(params ReadOnlySpan<string> keep)
    {
        var chosen = Words(ChosenPath) is [var version, ..] ? version : "";
        foreach (var folder in Directory.Exists(Path) ? Directory.EnumerateDirectories(Path) : [])
        {
            var name = System.IO.Path.GetFileName(folder);
            if (name != chosen && !keep.Contains(name))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Write(string path, string text) => WholeFile.Write(path, System.Text.Encoding.ASCII.GetBytes(text));

    private static string[] Words(string path)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length < 256 ? File.ReadAllText(path).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
