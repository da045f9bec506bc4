using System.Text.Json.Nodes;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Bundles;

/// <summary>Parts that are whole but lack a key, or hold null where something belongs: what is not in form is left out and said, all else is taken.</summary>
public sealed class BundleFormTests
{
    private const int Rows = 50;

    [Theory]
    [InlineData("Id")]
    [InlineData("Hub")]
    [InlineData("MadeBoot")]
    [InlineData("MadeUs")]
    [InlineData("Role")]
    [InlineData("Kind")]
    [InlineData("Body")]
    [InlineData("Supersedes")]
    public async Task A_fact_that_lacks_a_key_is_refused_and_the_others_are_taken(string key)
    {
        foreach (var change in Spoils(key))
        {
            var report = await MergeAsync(PartKind.Facts, part => change(part[0]!.AsObject()));
            Assert.Equal((1, 1, Rows, true), (report.FactsRefused, report.FactsNew, report.New, report.IsWhole));
        }

        var empty = await MergeAsync(PartKind.Facts, part => part[0] = null);
        Assert.Equal((1, 1), (empty.FactsRefused, empty.FactsNew));
    }

    [Theory]
    [InlineData("Id")]
    [InlineData("Slug")]
    [InlineData("Description")]
    [InlineData("Software")]
    [InlineData("Simulated")]
    [InlineData("Inputs")]
    public async Task An_agent_that_lacks_a_key_is_damage_and_the_rest_is_taken(string key)
    {
        foreach (var change in Spoils(key))
        {
            Damaged(await MergeAsync(PartKind.Names, part => change(part["Agents"]![0]!.AsObject())), agents: 0);
        }

        Damaged(await MergeAsync(PartKind.Names, part => part["Agents"]![0] = null), agents: 0);
    }

    [Theory]
    [InlineData("Port")]
    [InlineData("Quantity")]
    [InlineData("Label")]
    [InlineData("ProbeSerial")]
    public async Task An_input_that_lacks_a_key_is_damage_of_its_agent(string key)
    {
        foreach (var change in Spoils(key))
        {
            Damaged(await MergeAsync(PartKind.Names, part => change(Input(part))), agents: 0);
        }

        Damaged(await MergeAsync(PartKind.Names, part =>
        {
            Input(part);
            part["Agents"]![0]!["Inputs"]!.AsArray().Add(null);
        }), agents: 0);
    }

    [Theory]
    [InlineData("Boots", "Id", Rows)]
    [InlineData("Boots", "Agent", Rows)]
    [InlineData("Streams", "Agent", 0)]
    [InlineData("Streams", "Boot", 0)]
    public async Task A_boot_or_stream_that_lacks_a_key_or_is_null_is_damage(string list, string key, int unplaced)
    {
        foreach (var change in Spoils(key))
        {
            Unplaced(await MergeAsync(PartKind.Names, part => change(part[list]![0]!.AsObject()), list));
        }

        Unplaced(await MergeAsync(PartKind.Names, part => part[list]![0] = null, list));
        Unplaced(await MergeAsync(PartKind.Names, part => part.AsObject().Remove(list), list));

        void Unplaced(MergeReport report)
        {
            Damaged(report, agents: 1);
            Assert.Equal(unplaced, report.Unplaced);
        }
    }

    [Theory]
    [InlineData("Hub")]
    [InlineData("Name")]
    [InlineData("Commit")]
    public async Task A_manifest_that_lacks_a_key_is_damage_and_the_rest_is_taken(string key)
    {
        foreach (var change in Spoils(key))
        {
            var report = await MergeAsync(PartKind.Manifest, part => change(part.AsObject()));
            Damaged(report, agents: 1);
            Assert.Equal(("", Rows), (report.From, report.New));
        }
    }

    [Theory]
    [InlineData("", "SinceUtcUs")]
    [InlineData("Boots", "Previous")]
    [InlineData("Streams", "DurableNextSeq")]
    [InlineData("Streams", "Complete")]
    public async Task What_may_be_absent_or_older_hubs_did_not_write_is_no_damage(string list, string key)
    {
        var report = await MergeAsync(list.Length == 0 ? PartKind.Manifest : PartKind.Names, part => Assert.True((list.Length == 0 ? part : part[list]![0]!).AsObject().Remove(key)), list);

        Assert.Equal((true, Rows, 1, 2L), (report.IsWhole, report.New, report.AgentsNew, report.FactsNew));
    }

    [Fact]
    public async Task A_ledger_that_lacks_its_state_is_damage()
    {
        foreach (var change in Spoils("State"))
        {
            Damaged(await MergeAsync(PartKind.Ledgers, part => change(part[0]!.AsObject())), agents: 1);
        }
    }

    private static void Damaged(MergeReport report, int agents)
    {
        Assert.Single(report.Damaged);
        Assert.Equal((false, 0, agents, 2L), (report.IsWhole, report.Ledgers, report.AgentsNew, report.FactsNew));
    }

    private static Action<JsonObject>[] Spoils(string key) => [part => Assert.True(part.Remove(key)), part => part[key] = null];

    private static JsonObject Input(JsonNode names)
    {
        var input = new JsonObject { ["Port"] = "ph", ["Quantity"] = "ph", ["IntervalUs"] = 1, ["Label"] = "", ["ProbeModel"] = "", ["ProbeSerial"] = "" };
        names["Agents"]![0]!["Inputs"]!.AsArray().Add(input);
        return input;
    }

    /// <summary>Merges a bundle of one agent, its readings and two facts, into an empty hub, after the first part of a kind (that has something in a list) was changed.</summary>
    private static async Task<MergeReport> MergeAsync(PartKind kind, Action<JsonNode> change, string list = "Agents")
    {
        await using var boat = new BundleHub();
        await boat.DeclareAsync(1);
        await boat.SendAsync(1, 0, 0, Rows, i => i);
        boat.State(new ClockTie(new Wire.Id128(BundleHub.Boot(1).Value), 1, boat.Clock.BootId, 1, 1000));
        boat.State(new HumanFlag($"agents/{new Wire.Id128(BundleHub.Agent(1).Value)}/channels/ph~ph", Instant.AtBoot(new Wire.Id128(BundleHub.Boot(1).Value), 5), Instant.AtBoot(new Wire.Id128(BundleHub.Boot(1).Value), 9), 4, "a fish bit it"));
        await using var school = new BundleHub();
        return await school.MergeAsync(Changed(boat.Bundle(), kind, list, change));
    }

    private static byte[] Changed(byte[] bundle, PartKind wanted, string list, Action<JsonNode> change)
    {
        List<byte> made = [.. BundleFormat.Head()];
        List<byte> hashes = [];
        var isChanged = false;
        for (var at = BundleFormat.HeadBytes; at < bundle.Length;)
        {
            Assert.True(BundleFormat.TryPartHead(bundle.AsSpan(at), out var kind, out var length, out _));
            var payload = kind == PartKind.End ? [.. hashes] : bundle[(at + BundleFormat.PartHeadBytes)..(at + BundleFormat.PartHeadBytes + length)];
            if (!isChanged && kind == wanted && JsonNode.Parse(payload) is { } part && (kind != PartKind.Names || part[list]!.AsArray().Count > 0))
            {
                change(part);
                (payload, isChanged) = (System.Text.Encoding.UTF8.GetBytes(part.ToJsonString()), true);
            }

            made.AddRange([.. BundleFormat.PartHead(kind, payload, out var hash), .. payload]);
            hashes.AddRange(hash);
            at += BundleFormat.PartHeadBytes + length;
        }

        Assert.True(isChanged);
        return [.. made];
    }
}
