using System.CommandLine;
using StemLab.Hub.Translating;
using StemLab.Hub.Web;

namespace StemLab.Hub.Startup;

/// <summary><c>stemlab language</c>: writes the key file a translator begins with.</summary>
internal static class LanguageCommand
{
    public static Command Build()
    {
        var file = new Option<FileInfo>("--out") { Description = "file to write, named by the language's code: tay.json", Required = true };
        var command = new Command("language", "Write every text of pages, lessons and the hub itself with its key, in English, for a translation; drop the result into the folder languages of the data folder") { file };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            var path = arguments.GetRequiredValue(file).FullName;
            if (File.Exists(path))
            {
                throw new StartRefusedException($"{path} exists already; choose another name");
            }

            try
            {
                await File.WriteAllTextAsync(path, Languages.Template(), cancellationToken);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                throw new StartRefusedException($"{path} cannot be written: {FileWords.Why(failed)}", failed);
            }

            await arguments.InvocationConfiguration.Output.WriteLineAsync($"{path}: {Languages.Keys().Count} texts. Put it into the folder {KeyFiles.Folder} of the data folder and start the hub again");
            return 0;
        });
        return command;
    }
}
