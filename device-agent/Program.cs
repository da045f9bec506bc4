using System.CommandLine;
using StemLab.Agent.Operations;

return await RunCommand.Root().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
