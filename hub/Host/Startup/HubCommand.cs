using System.CommandLine;

namespace StemLab.Hub.Startup;

/// <summary>The program <c>stemlab</c>: all its commands.</summary>
internal static class HubCommand
{
    /// <summary>Runs what was typed; gives the exit code. Started by a double click, it is a hub.</summary>
    /// <param name="args">What was typed after the program's name.</param>
    public static Task<int> RunAsync(string[] args)
    {
        SocketThreads.TakeWhereWoken();
        return CommandLine.RunAsync(Build(), "stemlab", args.Length == 0 ? ["serve", "--open"] : args);
    }

    /// <summary>All commands.</summary>
    public static RootCommand Build() => new("StemLab hub: keeps what classroom and field probes measure, and serves it to lesson apps")
    {
        ServeCommand.Build(),
        AgentCommand.Build(),
        StoreCommand.Build(),
        AccessCommand.Build(),
        AccessCommand.BuildAudit(),
        ExportCommand.Build(),
        BundleCommand.Build(),
        HotspotCommand.Build(),
        LanguageCommand.Build(),
        ImportCommand.Build(),
    };
}
