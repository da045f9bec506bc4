using StemLab.Hub.Startup;
using StemLab.VirtualBay;

// Hub, agents and page in one process, over real loopback MQTT: the same rooms a school runs, only the water is not real.
try
{
    return await BayCommand.Build().Parse(args).InvokeAsync(new System.CommandLine.InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
}
catch (StartRefusedException refused)
{
    await Console.Error.WriteLineAsync(refused.Message);
    return 2;
}
