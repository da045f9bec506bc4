namespace StemLab.EndToEnd;

/// <summary>How a program refuses what it was asked for.</summary>
internal static class Refused
{
    /// <summary>Exit code 2, nothing on the output, one line on the errors that holds these words.</summary>
    public static void InOneSentence((int Code, string Output, string Errors) run, params string[] words)
    {
        Assert.Equal((2, ""), (run.Code, run.Output));
        var line = Assert.Single(run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Could not find", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Access to the path", line, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }
}
