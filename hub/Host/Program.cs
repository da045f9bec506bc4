using StemLab.Hub.Startup;

return await HubCommand.RunAsync(args);
