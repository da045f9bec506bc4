namespace StemLab.Agent.Operations;

/// <summary>The sample file is the reference: it names every option, shows every kind, and is accepted once the hub has given an identity.</summary>
public sealed class SampleFileTests
{
    private static readonly string Sample = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "agent.sample.json"));

    [Fact]
    public void Every_option_is_in_it() =>
        Assert.All(AgentConfiguration.KeyNames, key => Assert.Contains($"\"{key.Split('.')[^1]}\":", Sample, StringComparison.Ordinal));

    [Fact]
    public void It_lacks_nothing_but_an_identity_and_says_the_defaults()
    {
        _ = AgentConfiguration.Read(Sample, null, out var problems);
        Assert.Equal(["AgentId", "Token"], problems.Select(problem => problem.Split(':')[0]));
        var options = AgentConfiguration.Read(Sample, """{ "AgentId": "0123456789abcdef0123456789abcdef", "Token": "x" }""", out problems);
        Assert.Empty(problems);
        Assert.Equal(new AgentOptions { AgentId = options.AgentId, Token = "x", Sources = [] }, options with { Sources = [] });
    }

    /// <summary>But those of the optional package, which the sample must do without.</summary>
    [Fact]
    public void Every_kind_is_shown() =>
        Assert.Equal(SourceKinds.All.Where(kind => !kind.StartsWith("iot", StringComparison.Ordinal)).Order(), AgentConfiguration.Read(Sample, null, out _).Sources.Select(source => source.Kind).Distinct().Order());
}
