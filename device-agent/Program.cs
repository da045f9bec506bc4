using System.CommandLine;
using StemLab.Agent;

var asked = RunCommand.Root().Parse(args);
if (asked.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync($"{string.Join(" ", asked.Errors.Select(TypedWrong.Told))} `stemlab-agent --help` lists what there is");
    return RunCommand.Unusable;
}

return await asked.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
