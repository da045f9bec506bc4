using System.Text.Json;
using StemLab.Hub.Operations;

namespace StemLab.House;

/// <summary>The sample file is the reference: it names every option, and nothing that is none.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Every_hub_option_is_in_the_sample_file()
    {
        var text = Repository.Read("hub/stemlab.json");
        Offenders.None(HubConfiguration.KeyNames.Where(key => !text.Contains($"\"{key}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_sample_file_is_accepted_and_says_the_defaults()
    {
        var options = HubConfiguration.Read(Repository.Read("hub/stemlab.json"), out var problems);
        Assert.Empty(problems);
        Assert.Equal(new HubOptions(), options);
    }

    [Fact]
    public void An_unknown_key_is_refused_with_the_nearest_known_one()
    {
        _ = HubConfiguration.Read("""{ "HttpProt": 1 }""", out var problems);
        Assert.Equal(["HttpProt: no such option; nearest is HttpPort"], problems);
    }

    [Theory]
    [InlineData("""{ "HttpPort": "many" }""", "HttpPort")]
    [InlineData("""{ "HttpPort": 70000, "UtcSource": "sundial" }""", "UtcSource")]
    [InlineData("[]", "object")]
    [InlineData("{", "line 1")]
    public void A_wrong_file_says_what_is_wrong(string json, string word)
    {
        _ = HubConfiguration.Read(json, out var problems);
        Assert.Contains(problems, problem => problem.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public void Options_survive_a_round_trip_through_json() =>
        Assert.Equal(new HubOptions { HttpPort = 1 }, HubConfiguration.Read(JsonSerializer.Serialize(new HubOptions { HttpPort = 1 }), out _));
}
