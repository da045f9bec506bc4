using StemLab.Hub.Startup;
using StemLab.VirtualBay;

// Hub, agents and page in one process, over real loopback MQTT: the same rooms a school runs, only the water is not real.
// A native package holds one program under two names (hub/packaging): by any name but its own it is the hub alone, which invents no data.
return Path.GetFileNameWithoutExtension(Environment.GetCommandLineArgs()[0]) == BayCommand.Name
    ? await CommandLine.RunAsync(BayCommand.Build(), BayCommand.Name, args)
    : await HubCommand.RunAsync(args);
