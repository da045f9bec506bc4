using StemLab.LessonConsole;

var asked = new LessonCommands().Build().Parse(args);
if (asked.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync($"{string.Join(" ", asked.Errors.Select(TypedWrong.Told))} `lesson-console --help` lists what there is");
    return 2;
}

return await asked.InvokeAsync(new System.CommandLine.InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
