using StemLab.Hub.Startup;
using StemLab.VirtualBay;

// A native package holds one program under two names (hub/packaging): called stemlab it is the hub alone.
if (Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]) == HubCommand.Name)
{
    return await HubCommand.RunAsync(args);
}

// Hub, agents and page in one process, over real loopback MQTT: the same rooms a school runs, only the water is not real.
return await CommandLine.RunAsync(BayCommand.Build(), "virtual-bay", args);
