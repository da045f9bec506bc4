using System.CommandLine;
using StemLab.Hub.Startup;

SocketThreads.TakeWhereWoken();
var root = new RootCommand("StemLab hub: keeps what classroom and field probes measure, and serves it to lesson apps")
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
// Started by a double click, it is a hub.
return await CommandLine.RunAsync(root, "stemlab", args.Length == 0 ? ["serve", "--open"] : args);
