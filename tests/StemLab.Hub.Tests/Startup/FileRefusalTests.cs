using System.CommandLine;
using StemLab.Hub.Operations;
using StemLab.TestKit;

namespace StemLab.Hub.Startup;

/// <summary>A path that cannot be used is told in a person's words, whatever command it was given to: the runtime's own words are none.</summary>
public sealed class FileRefusalTests
{
    private static readonly string[] RuntimeWords = ["Could not find", "Access to the path", "is denied", "No space left", "Read-only file system", "Not a directory", "Is a directory"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_that_are_not_there_or_are_folders_are_told_in_plain_words()
    {
        using var folder = new TempFolder();
        var absent = folder.File("absent.csv");
        var deep = folder.File("none/absent.csv");
        var here = folder.File("a-folder");
        Directory.CreateDirectory(here);
        var file = folder.File("a-file.csv");
        await File.WriteAllTextAsync(file, "time,ph\n2026-11-25T10:00:00Z,7.1\n", Stop);
        var options = new HubOptions { DataFolder = folder.File("hub"), HttpPort = 0, GrpcPort = 0, MqttPort = 0 };
        await using var hub = await HubHost.StartAsync(options, Stop);
        (Command Command, string Path, string Why, string[] Args)[] asked =
        [
            (ImportCommand.Build(), absent, "there is no such file", [absent]),
            (ImportCommand.Build(), deep, "there is no such folder", [deep]),
            (ImportCommand.Build(), here, "it is a folder", [here]),
            (ImportCommand.Build(), absent, "there is no such file", [file, "--mapping", absent]),
            (ImportCommand.Build(), here, "it is a folder", [file, "--mapping", here]),
            (BundleCommand.Build(), absent, "there is no such file", ["merge", absent]),
            (BundleCommand.Build(), here, "folder", ["merge", here]),
            (AccessCommand.BuildAudit(), deep, "there is no such folder", ["--out", deep]),
            (AccessCommand.BuildAudit(), here, "it is a folder", ["--out", here]),
            (AgentCommand.Build(), deep, "there is no such folder", ["add", "pond", "--out", deep]),
            (StoreCommand.Build(), absent, "there is no such file", ["restore", absent]),
            (StoreCommand.Build(), here, "it is a folder", ["restore", here]),
            (LanguageCommand.Build(), deep, "there is no such folder", ["--out", deep]),
        ];
        foreach (var (command, path, why, args) in asked)
        {
            string[] words = command.Name == "language" ? args : args[0] is "restore" ? [.. args, "--data", folder.File("other")] : [.. args, "--data", options.DataFolder];
            var told = await RefusalAsync(command, words);
            Assert.True(told.Contains(why, StringComparison.Ordinal) && told.Contains(path, StringComparison.Ordinal), $"{string.Join(' ', words)}: {told}");
            Assert.DoesNotContain(RuntimeWords, word => told.Contains(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_disk_that_is_full_or_only_read_is_told_in_plain_words()
    {
        await using var disk = await SmallDisk.TryMountAsync("64k");
        Assert.SkipUnless(disk is not null, "needs root and Linux");
        await File.WriteAllBytesAsync(disk.File("filler"), new byte[60 * 1024], Stop);
        var told = await RefusalAsync(LanguageCommand.Build(), "--out", disk.File("vi.json"));
        Assert.Contains("the disk is full", told, StringComparison.Ordinal);
        Assert.DoesNotContain(RuntimeWords, word => told.Contains(word, StringComparison.Ordinal));

        await disk.MakeReadOnlyAsync();
        told = await RefusalAsync(LanguageCommand.Build(), "--out", disk.File("en.json"));
        Assert.Contains("the disk can only be read", told, StringComparison.Ordinal);
        Assert.DoesNotContain(RuntimeWords, word => told.Contains(word, StringComparison.Ordinal));
    }

    private static async Task<string> RefusalAsync(Command command, params string[] args)
    {
        var output = new StringWriter();
        try
        {
            var code = await command.Parse(args).InvokeAsync(new InvocationConfiguration { Output = output, Error = output, EnableDefaultExceptionHandler = false }, Stop);
            return $"{string.Join(' ', args)} ended with {code}";
        }
        catch (StartRefusedException refused)
        {
            return refused.Message;
        }
        catch (Exception failed) when (DiskRefusal.OfCommand(failed) is { } refusal)
        {
            return refusal;
        }
    }
}
