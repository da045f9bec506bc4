using System.CommandLine;
using StemLab.Hub.Startup;

var root = new RootCommand("StemLab hub: keeps what classroom and field probes measure, and serves it to lesson apps")
{
    ServeCommand.Build(),
    AgentCommand.Build(),
    StoreCommand.Build(),
};

try
{
    var asked = root.Parse(args);
    if (asked.Errors.Count > 0)
    {
        throw new StartRefusedException($"{string.Join(" ", asked.Errors.Select(error => error.Message))} `{string.Join(' ', CommandPath(asked))} --help` lists what there is");
    }

    return await asked.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
}
catch (StartRefusedException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}

static IEnumerable<string> CommandPath(ParseResult asked)
{
    for (var (at, names) = ((System.CommandLine.Parsing.SymbolResult?)asked.CommandResult, new Stack<string>()); ; at = at.Parent)
    {
        if (at is null)
        {
            return names;
        }

        if (at is System.CommandLine.Parsing.CommandResult { Command: var command })
        {
            names.Push(command is RootCommand ? "stemlab" : command.Name);
        }
    }
}
