using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>Boards that nobody has told who they are, copied cards, hubs that move: real programs, real files.</summary>
public sealed class EnrolmentTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_board_that_knocks_is_accepted_sends_and_is_still_there_after_a_power_cut()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        string name;
        await using (var agent = KnockingAgent.Start(card.Path, "board-1", PageOf(hub)))
        {
            var knock = await WaitingAsync(hub, 1);
            var (_, label, _) = await KnockingAgent.RunAsync(card.Path, "board-1", PageOf(hub), ["label"]);
            Assert.StartsWith(knock[0].LabelCode, label, StringComparison.Ordinal);
            Assert.Empty(await hub.Api.AgentsAsync());

            var accepted = await hub.Api.Enrolment.AcceptKnockAsync(new AcceptKnockRequest { Name = knock[0].Name, Slug = "pond" }, cancellationToken: Cancelled);
            Assert.Equal(label.Trim(), accepted.Agent.LabelCode);
            name = accepted.Agent.Name;
            await StoredAsync(hub, name, 100);
            Assert.Empty((await hub.Api.Enrolment.ListKnocksAsync(new ListKnocksRequest(), cancellationToken: Cancelled)).Knocks);
            await agent.KillAsync();
        }

        await using var again = KnockingAgent.Start(card.Path, "board-1", PageOf(hub));
        var before = (await AgentAsync(hub, name)).Account.Stored;
        await StoredAsync(hub, name, before + 100);
        Assert.Equal("pond", Assert.Single(await hub.Api.AgentsAsync()).Slug);
        Assert.Equal(0, await again.StopAsync());
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(card.Path, "data", "joined.json")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_kit_lets_in_as_many_as_it_says_each_as_itself_and_the_next_one_waits_with_the_reason()
    {
        using var folder = new TempFolder();
        using var cards = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var kit = await hub.Api.Enrolment.CreateKitAsync(new CreateKitRequest { Agents = 3 }, cancellationToken: Cancelled);
        var file = cards.File("stemlab-join.json");
        await File.WriteAllTextAsync(file, kit.File, Cancelled);

        var agents = new List<KnockingAgent>();
        try
        {
            for (var i = 1; i <= 3; i++)
            {
                agents.Add(KnockingAgent.Start(Directory.CreateDirectory(cards.File($"card-{i}")).FullName, $"board-{i}", "", file, slug: "bay"));
            }

            var enrolled = await Eventually.Get(async () => (IReadOnlyList<V1.Agent>?)await hub.Api.AgentsAsync(), all => all.Count == 3 && all.All(one => one.Account.Stored > 0), "three agents of one kit send");
            Assert.Equal(["bay", "bay-2", "bay-3"], enrolled.Select(one => one.Slug).Order());
            Assert.Equal(3, enrolled.Select(one => one.LabelCode).Distinct().Count());

            agents.Add(KnockingAgent.Start(Directory.CreateDirectory(cards.File("card-4")).FullName, "board-4", "", file, slug: "bay"));
            Assert.Equal(KnockResponse.Types.Trouble.KitUsedUp, Assert.Single(await WaitingAsync(hub, 1)).Trouble);
            Assert.Equal(3, Assert.Single((await hub.Api.Enrolment.ListKitsAsync(new ListKitsRequest(), cancellationToken: Cancelled)).Kits).Used);
        }
        finally
        {
            foreach (var agent in agents)
            {
                await agent.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_copied_card_in_another_board_waits_as_a_new_agent_and_nothing_of_it_is_mixed_in()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        using var copy = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        string name;
        await using (var first = KnockingAgent.Start(card.Path, "board-1", PageOf(hub)))
        {
            name = await AcceptAsync(hub, "pond");
            await StoredAsync(hub, name, 50);
            await first.StopAsync();
        }

        KnockingAgent.Copy(card.Path, copy.Path);
        await using var original = KnockingAgent.Start(card.Path, "board-1", PageOf(hub));
        await using var cloned = KnockingAgent.Start(copy.Path, "board-2", PageOf(hub));
        var knock = Assert.Single(await WaitingAsync(hub, 1));
        Assert.Equal((name, "pond"), (knock.CopyOf, knock.CopyOfSlug));

        var accepted = await hub.Api.Enrolment.AcceptKnockAsync(new AcceptKnockRequest { Name = knock.Name, Slug = "pond-copy" }, cancellationToken: Cancelled);
        Assert.NotEqual(name, accepted.Agent.Name);
        await StoredAsync(hub, accepted.Agent.Name, 50);
        await StoredAsync(hub, name, (await AgentAsync(hub, name)).Account.Stored + 50);
        Assert.All(await hub.Api.AgentsAsync(), one => Assert.Equal((0L, 0L), (one.Account.Conflict, one.Account.Rejected)));
        Assert.Single(Directory.GetDirectories(Path.Combine(copy.Path, "data"), "of-*"));
    }

    [Fact]
    public async Task A_card_moved_to_a_new_board_goes_on_as_the_agent_it_was_where_a_person_says_so()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        string name;
        await using (var first = KnockingAgent.Start(card.Path, "board-1", PageOf(hub)))
        {
            name = await AcceptAsync(hub, "pond");
            await StoredAsync(hub, name, 50);
        }

        await using var moved = KnockingAgent.Start(card.Path, "board-2", PageOf(hub));
        var knock = Assert.Single(await WaitingAsync(hub, 1));
        var accepted = await hub.Api.Enrolment.AcceptKnockAsync(new AcceptKnockRequest { Name = knock.Name, GoesOn = true }, cancellationToken: Cancelled);
        Assert.Equal((name, "pond"), (accepted.Agent.Name, accepted.Agent.Slug));
        await StoredAsync(hub, name, accepted.Agent.Account.Stored + 50);
    }

    [Fact]
    public async Task Revoked_in_mid_stream_it_is_silent_at_once_and_taken_back_it_loses_nothing()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        await using var agent = KnockingAgent.Start(card.Path, "board-1", PageOf(hub));
        var name = await AcceptAsync(hub, "pond");
        await StoredAsync(hub, name, 50);

        await hub.Api.Enrolment.SetStandingAsync(new SetStandingRequest { Name = name, Standing = V1.Agent.Types.Standing.Revoked }, cancellationToken: Cancelled);
        await Eventually.True(async () => (await AgentAsync(hub, name)).State == V1.Agent.Types.State.Offline, "the connection ends");
        var silent = (await AgentAsync(hub, name)).Account.Stored;
        var knock = Assert.Single(await WaitingAsync(hub, 1));
        Assert.Equal(name, knock.ShutAgent);
        Assert.Equal(silent, (await AgentAsync(hub, name)).Account.Stored);

        await hub.Api.Enrolment.AcceptKnockAsync(new AcceptKnockRequest { Name = knock.Name, GoesOn = true }, cancellationToken: Cancelled);
        await StoredAsync(hub, name, silent + 100);
        var account = (await AgentAsync(hub, name)).Account;
        Assert.Equal((0L, 0L, 0L), (account.Lost, account.Conflict, account.Rejected));
    }

    [Fact]
    public async Task A_replaced_token_is_fetched_by_the_agent_itself()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        await using var agent = KnockingAgent.Start(card.Path, "board-1", PageOf(hub));
        var name = await AcceptAsync(hub, "pond");
        await StoredAsync(hub, name, 20);
        var before = await File.ReadAllTextAsync(Path.Combine(card.Path, "data", "joined.json"), Cancelled);

        var rotated = await hub.Api.Enrolment.RotateTokenAsync(new RotateTokenRequest { Name = name }, cancellationToken: Cancelled);
        Assert.Empty(rotated.Token);
        await StoredAsync(hub, name, (await AgentAsync(hub, name)).Account.Stored + 100);
        Assert.NotEqual(before, await File.ReadAllTextAsync(Path.Combine(card.Path, "data", "joined.json"), Cancelled));
    }

    [Fact]
    public async Task A_hub_that_moved_to_other_ports_is_found_again_by_its_name_on_the_network()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        var hub = await HubProcess.StartAsync(folder.Path);
        await using var agent = KnockingAgent.Start(card.Path, "board-1", PageOf(hub));
        var name = await AcceptAsync(hub, "pond");
        await StoredAsync(hub, name, 20);
        await hub.StopAsync();
        await hub.DisposeAsync();

        // All ports are other ones now; hub.db is what a backup would have brought.
        await using var moved = await HubProcess.StartAsync(folder.Path);
        await StoredAsync(moved, name, (await AgentAsync(moved, name)).Account.Stored + 50);
    }

    [Fact]
    public async Task A_code_typed_on_the_agent_lets_it_in_once_and_every_wrong_one_has_its_sentence()
    {
        using var folder = new TempFolder();
        using var cards = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        var code = (await hub.Api.Enrolment.CreateJoinCodeAsync(new CreateJoinCodeRequest(), cancellationToken: Cancelled)).Code;
        string Card(int number) => Directory.CreateDirectory(cards.File($"card-{number}")).FullName;

        var (wrong, wrongWords, _) = await KnockingAgent.RunAsync(Card(1), "board-1", PageOf(hub), ["join", code == "2222-2222" ? "3333-3333" : "2222-2222"]);
        Assert.Equal(1, wrong);
        Assert.Contains("No hub here knows this code", wrongWords, StringComparison.Ordinal);
        var (none, _, _) = await KnockingAgent.RunAsync(Card(1), "board-1", PageOf(hub), ["join", "0O1I"]);
        Assert.Equal(2, none);

        var (joined, words, _) = await KnockingAgent.RunAsync(Card(1), "board-1", PageOf(hub), ["join", code.ToLowerInvariant()]);
        Assert.Equal((0, true), (joined, words.Contains("Joined", StringComparison.Ordinal)));
        var (used, usedWords, _) = await KnockingAgent.RunAsync(Card(2), "board-2", PageOf(hub), ["join", code], "vi_VN.UTF-8");
        Assert.Equal((1, true), (used, usedWords.Contains("Mã này đã được dùng", StringComparison.Ordinal)));
        var (already, alreadyWords, _) = await KnockingAgent.RunAsync(Card(1), "board-1", PageOf(hub), ["join", code]);
        Assert.Equal((2, true), (already, alreadyWords.Contains("has joined already", StringComparison.Ordinal)));

        await using var agent = KnockingAgent.Start(Card(1), "board-1", PageOf(hub));
        await StoredAsync(hub, Assert.Single(await hub.Api.AgentsAsync()).Name, 20);
    }

    [Fact]
    public async Task Transferred_it_knocks_at_the_other_hub_and_goes_on_there_as_the_same_agent()
    {
        using var folder = new TempFolder();
        using var otherFolder = new TempFolder();
        using var card = new TempFolder();
        await using var hub = await HubProcess.StartAsync(folder.Path);
        string name;
        await using (var agent = KnockingAgent.Start(card.Path, "board-1", PageOf(hub)))
        {
            name = await AcceptAsync(hub, "pond");
            await StoredAsync(hub, name, 20);
            await hub.Api.Enrolment.SetStandingAsync(new SetStandingRequest { Name = name, Standing = V1.Agent.Types.Standing.Transferred }, cancellationToken: Cancelled);
            await Eventually.True(() => Task.FromResult(File.Exists(Path.Combine(card.Path, "data", "earlier.json"))), "it leaves");
        }

        await using var other = await HubProcess.StartAsync(otherFolder.Path);
        await using var there = KnockingAgent.Start(card.Path, "board-1", PageOf(other));
        var knock = Assert.Single(await WaitingAsync(other, 1));
        Assert.True(knock.MovesHere);
        Assert.Equal(name, await AcceptAsync(other, "pond"));
        await StoredAsync(other, name, 20);
        Assert.Equal(V1.Agent.Types.Standing.Transferred, (await AgentAsync(hub, name)).Standing);
    }

    private static string PageOf(HubProcess hub) => $"http://127.0.0.1:{hub.Where.HttpPort}/";

    private static async Task<IReadOnlyList<Knocking>> WaitingAsync(HubProcess hub, int many) => await Eventually.Get(
        async () => (IReadOnlyList<Knocking>)(await hub.Api.Enrolment.ListKnocksAsync(new ListKnocksRequest(), cancellationToken: Cancelled)).Knocks, all => all.Count == many, $"{many} waiting");

    private static async Task<string> AcceptAsync(HubProcess hub, string slug)
    {
        var knock = Assert.Single(await WaitingAsync(hub, 1));
        return (await hub.Api.Enrolment.AcceptKnockAsync(new AcceptKnockRequest { Name = knock.Name, Slug = slug }, cancellationToken: Cancelled)).Agent.Name;
    }

    private static async Task<V1.Agent> AgentAsync(HubProcess hub, string name) =>
        (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = name }, cancellationToken: Cancelled)).Agent;

    private static Task<V1.Agent> StoredAsync(HubProcess hub, string name, long rows) =>
        Eventually.Get(async () => (V1.Agent?)await AgentAsync(hub, name), one => one.Account.Stored >= rows, $"{rows} readings of {name} stored");
}
