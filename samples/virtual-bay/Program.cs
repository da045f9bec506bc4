using StemLab.Hub.Startup;
using StemLab.VirtualBay;

// Hub, agents and page in one process, over real loopback MQTT: the same rooms a school runs, only the water is not real.
return await CommandLine.RunAsync(BayCommand.Build(), "virtual-bay", args);
