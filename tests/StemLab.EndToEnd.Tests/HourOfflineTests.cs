using Microsoft.Data.Sqlite;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>
/// An hour without a hub, as whole programs: the agent's clocks run <see cref="Speed"/> times faster (libfaketime), and its machine starts anew in between as far as a program can see it, by the kernel's boot id.
/// </summary>
public sealed class HourOfflineTests
{
    private const int Speed = 240;
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    /// <summary>What the ways of a reading may take, s; the machine's own pauses come on top.</summary>
    private const double Near = 2;

    private static readonly TimeSpan Half = TimeSpan.FromMinutes(30);

    [ServerFact(["faketime", "unshare", "mount"])]
    public async Task An_agent_an_hour_without_a_hub_with_two_reboots_drains_in_order_and_the_fleet_view_says_what_is_stored_lost_and_missing()
    {
        using var folder = new TempFolder();
        using var card = new TempFolder();
        using var time = new FakeTime();
        await using var thermometer = new Thermometer();
        await RebootsCanBeShownAsync(card);
        var port = FixedPort.Choose();
        EnrolAgentResponse enrolled;
        await using (var before = await HubProcess.StartInAsync(time.Machine(TimeSpan.Zero), folder.Path, mqttPort: port))
        {
            enrolled = await before.Api.Fleet.EnrolAgentAsync(new EnrolAgentRequest { Slug = "raft" }, cancellationToken: Cancelled);
            MeasuringAgent.Configure(card.Path, enrolled, $"127.0.0.1:{port}", 1, bootPerProcess: false);

            // :: Step 1: it has been with its hub; then the hub is gone
            await using var first = Start(card, thermometer, time.Machine(TimeSpan.Zero), 1);
            await Eventually.Get(async () => await AgentAsync(before, enrolled), agent => agent is { Account.Stored: > 0, TimeState: TimeState.Anchored }, "it measures, and its hub knows its clock");
            await before.KillAsync();
            Assert.Equal(0, await first.StopAsync(RealProcess.Patience));
        }

        // :: Step 2: half an hour, a reboot in order, half an hour, a reboot by the plug
        var passed = TimeSpan.Zero;
        foreach (var boot in (int[])[2, 3])
        {
            await using var alone = Start(card, thermometer, time.Machine(passed, Speed), boot);
            var (startedAt, earlier) = (thermometer.Now, Kept(card)?.Stream);
            await Eventually.Get(() => Task.FromResult(Kept(card)), kept => kept.Stream != earlier && kept.Life >= Half, $"boot {boot}: half an hour of readings on the card");
            if (boot == 2)
            {
                // The ten seconds it gives itself to end in are 42 ms here, as its clock runs; when they are over it ends all the same, by the signal (128 + 15).
                Assert.Contains(await alone.StopAsync(RealProcess.Patience), (int[])[0, 128 + 15]);
            }
            else
            {
                await alone.KillAsync();
            }

            passed += (thermometer.Now - startedAt + thermometer.LongestPause) * Speed * TimeSpan.FromSeconds(1);
        }

        // :: Step 3: the hub is there again, on a machine for which that hour has passed too
        await using var hub = await HubProcess.StartInAsync(time.Machine(passed), folder.Path, mqttPort: port);
        var kept = (await Eventually.Get(() => Task.FromResult(Kept(card)), _ => true, "the card can be read")).Rows;
        await using var last = Start(card, thermometer, time.Machine(passed), 4);
        await Eventually.Get(async () => await AgentAsync(hub, enrolled), agent => agent is { State: V1.Agent.Types.State.Online, Account: { Missing: 0, TailUnknown: true } } && agent.Account.Stored > kept, $"{kept} rows and more stored, none missing");
        Assert.Equal(0, await last.StopAsync(RealProcess.Patience));
        var account = (await AgentAsync(hub, enrolled)).Account;
        Assert.Equal((0L, 0L, 0L, 0L), (account.Missing, account.Lost, account.Conflict, account.Rejected));
        Assert.Equal(account.Expected, account.Stored);

        // Each reading says itself when it was taken: their order is the true one, over all four starts of the machine; each is there once.
        var rows = Assert.Single(await hub.Api.RowsAsync($"{enrolled.Agent.Name}/channels/-")).Value;
        Assert.Equal(account.Stored, rows.Raw.Count);
        var raw = rows.Raw.Where(double.IsFinite).ToList();
        Assert.Equal(raw.Order(), raw);
        Assert.Equal(rows.TimeUs.Order(), rows.TimeUs);
        var boots = (await hub.Api.Time.ListBootsAsync(new ListBootsRequest(), cancellationToken: Cancelled)).Boots.Where(boot => boot.Owner == enrolled.Agent.Name && boot.Kind == BootClock.Types.Kind.Device).ToList();
        Assert.Equal([1U, 2U, 3U, 4U], boots.Select(boot => boot.BootNo));
        Assert.All(boots.Skip(1).Take(2), boot => Assert.InRange(boot.LastTUs - boot.FirstTUs, Half.TotalMicroseconds * 0.95, Half.TotalMicroseconds * 2));

        // When it was with its hub is known; the hour lies in between, and no bound says more than that.
        var pause = Near + thermometer.LongestPause;
        Assert.InRange(((rows.TimeUs[0] - thermometer.BeganUtcUs) / 1e6) - rows.Raw[0], -pause, pause);
        Assert.InRange(((rows.TimeUs[^1] - thermometer.BeganUtcUs) / 1e6) - rows.Raw[^1] - passed.TotalSeconds, -pause, pause);
        Assert.All(rows.SigmaUs, sigma => Assert.InRange(sigma, 1, (passed + Half).TotalMicroseconds));
        await FleetViewAsync(hub, account);
        FaultReport.Line("an hour without a hub, two reboots", 1, account.Stored);
        TestContext.Current.TestOutputHelper?.WriteLine($"{account.Stored} readings over {boots.Count} boots, {passed.TotalMinutes:F0} min of the agent's time, {raw.Count} of them with a value");
    }

    /// <summary>What the agents page shows, as the hub draws it and as a program reads it.</summary>
    private static async Task FleetViewAsync(HubProcess hub, Account account)
    {
        var page = await hub.Http.GetStringAsync("/agents", Cancelled);
        Assert.Contains("raft", page, StringComparison.Ordinal);
        Assert.Contains("class=\"missing\">0<", page, StringComparison.Ordinal);
        Assert.Contains("class=\"lost\">0<", page, StringComparison.Ordinal);
        Assert.Contains($"{account.Stored}", page.Replace(" ", "", StringComparison.Ordinal).Replace(",", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task<V1.Agent> AgentAsync(HubProcess hub, EnrolAgentResponse enrolled) =>
        (await hub.Api.Fleet.GetAgentAsync(new GetAgentRequest { Name = enrolled.Agent.Name }, cancellationToken: Cancelled)).Agent;

    /// <summary>The agent on a machine whose kernel says it is another start of it. Only this program sees that.</summary>
    private static RealProcess Start(TempFolder card, Thermometer thermometer, IReadOnlyDictionary<string, string> clocks, int boot)
    {
        var (program, before) = Programs.Of("stemlab-agent");
        File.WriteAllText(card.File("boot_id"), $"b0070000-0000-4000-8000-{boot:D12}\n");
        return RealProcess.Start("unshare", [.. OtherBoot(card), "env", .. clocks.Select(clock => $"{clock.Key}={clock.Value}"), program, .. before, .. MeasuringAgent.Arguments(card.Path, thermometer)]);
    }

    private static string[] OtherBoot(TempFolder card) =>
        ["-m", "sh", "-c", "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && exec \"$@\"", card.File("boot_id")];

    /// <summary>Needs root, which cannot be installed: without it the test is skipped by name.</summary>
    private static async Task RebootsCanBeShownAsync(TempFolder card)
    {
        await File.WriteAllTextAsync(card.File("boot_id"), "b0070000-0000-4000-8000-000000000000\n", Cancelled);
        var (code, said, why) = await RealProcess.RunAsync("unshare", [.. OtherBoot(card), "cat", "/proc/sys/kernel/random/boot_id"]);
        Assert.SkipUnless(code == 0 && said.StartsWith("b007", StringComparison.Ordinal), $"a program cannot be shown another boot id here (needs root): {why.Trim()}");
    }

    /// <summary>What the card holds; null while it holds nothing, or is being opened.</summary>
    private static KeptOnCard? Kept(TempFolder card)
    {
        try
        {
            using var connection = new SqliteConnection($"Data Source={card.File("data/outbox.db")};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT sum(block.count), newest.stream, (SELECT max(opened_us) - min(opened_us) FROM block WHERE stream = newest.stream)
                FROM block, (SELECT stream FROM block ORDER BY id DESC LIMIT 1) newest
                """;
            using var row = command.ExecuteReader();
            return row.Read() && !row.IsDBNull(0) ? new KeptOnCard(row.GetInt64(0), row.GetInt64(1), TimeSpan.FromMicroseconds(row.GetInt64(2))) : null;
        }
        catch (SqliteException)
        {
            // The agent is just opening it.
            return null;
        }
    }

    /// <param name="Rows">All readings.</param>
    /// <param name="Stream">The newest start of the agent.</param>
    /// <param name="Life">How long that one has measured, by its own clock.</param>
    private sealed record KeptOnCard(long Rows, long Stream, TimeSpan Life);
}
