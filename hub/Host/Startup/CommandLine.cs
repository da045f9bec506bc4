using System.CommandLine;
using System.CommandLine.Parsing;

namespace StemLab.Hub.Startup;

/// <summary>Runs a command line: what cannot be understood or started is one sentence on the errors and exit code 2.</summary>
internal static class CommandLine
{
    /// <summary>How long a program may take to end after Ctrl+C before it is ended.</summary>
    private static readonly TimeSpan TerminationLimit = TimeSpan.FromSeconds(30);

    /// <param name="root">All commands.</param>
    /// <param name="program">What people type to start it, for the sentence.</param>
    /// <param name="args">What they typed after it.</param>
    public static async Task<int> RunAsync(RootCommand root, string program, string[] args)
    {
        try
        {
            var asked = root.Parse(args);
            if (Refusal(asked, program) is { } wrong)
            {
                throw new StartRefusedException(wrong);
            }

            return await asked.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TerminationLimit });
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 2;
        }
        catch (Exception failed) when (DiskRefusal.OfCommand(failed) is { } refusal)
        {
            await Console.Error.WriteLineAsync(refusal);
            return 2;
        }
    }

    /// <summary>What is wrong with what was typed, and where to read what there is; null = nothing.</summary>
    public static string? Refusal(ParseResult asked, string program) => asked.Errors.Count == 0
        ? null
        : $"{string.Join(" ", asked.Errors.Select(TypedWrong.Told))} `{string.Join(' ', PathOf(asked, program))} --help` lists what there is";

    private static Stack<string> PathOf(ParseResult asked, string program)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = asked.CommandResult; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: var command })
            {
                names.Push(command is RootCommand ? program : command.Name);
            }
        }

        return names;
    }
}
