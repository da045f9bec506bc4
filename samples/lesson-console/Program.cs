using StemLab.LessonConsole;

return await new LessonCommands().Build().Parse(args).InvokeAsync();
