using System.CommandLine;
using StemLab.Hub.Operations;

var root = new RootCommand("StemLab hub: keeps what classroom and field probes measure, and serves it to lesson apps")
{
    ServeCommand.Build(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) }) switch
    {
        // System.CommandLine's own code for a wrong command line is 1; ours for a refused start is 2.
        1 when root.Parse(args).Errors.Count > 0 => 2,
        var code => code,
    };
}
catch (StartRefusedException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}
