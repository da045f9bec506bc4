using Microsoft.Extensions.Time.Testing;
using StemLab.Hub.Facts;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire.V1;

namespace StemLab.Hub.Fleet;

public sealed class FleetBookTests : IDisposable
{
    private readonly FactFixture _hub = new();
    private readonly FakeTimeProvider _time = new();
    private FleetBook _fleet;

    public FleetBookTests() => _fleet = Open();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void An_enrolled_agent_is_known_by_its_token_also_after_a_restart()
    {
        Enrolment enrolled = _fleet.Enrol("ag-1");
        _fleet = Open();

        Assert.True(_fleet.TryAuthenticate(enrolled.Token!, out AgentId id));
        Assert.Equal(enrolled.Agent!.Id, id);
        Assert.Equal(43, enrolled.Token!.Length);
        Assert.False(_fleet.TryAuthenticate(enrolled.Token + "x", out _));
        Assert.True(_fleet.Current.TryFindBySlug("ag-1", out FleetAgent? agent));
        Assert.Equal(id, agent.Id);
    }

    [Fact]
    public void Only_a_hash_of_the_token_is_kept()
    {
        string token = _fleet.Enrol("ag-1").Token!;
        _hub.Database.Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM agent WHERE instr(CAST(token_sha256 AS TEXT), $token) OR length(token_sha256) <> 32";
            command.Parameters.AddWithValue("$token", token);
            Assert.Equal(0L, command.ExecuteScalar());
            return 0;
        });
    }

    [Fact]
    public void Enrolling_again_keeps_the_identity_and_replaces_the_token()
    {
        Enrolment first = _fleet.Enrol("ag-1");
        Enrolment second = _fleet.Enrol("ag-1", first.Agent!.Id);

        Assert.Equal(first.Agent.Id, second.Agent!.Id);
        Assert.False(_fleet.TryAuthenticate(first.Token!, out _));
        Assert.True(_fleet.TryAuthenticate(second.Token!, out _));
    }

    [Fact]
    public void A_label_belongs_to_one_agent()
    {
        _fleet.Enrol("ag-1");

        Assert.Equal(FleetRefusal.SlugTaken, _fleet.Enrol("ag-1").Refusal);
        Assert.Equal(FleetRefusal.BadSlug, _fleet.Enrol("Ag 1").Refusal);
        Assert.Equal(FleetRefusal.BadSlug, _fleet.Enrol("").Refusal);
        Assert.Equal(FleetRefusal.BadSlug, _fleet.Enrol(new string('a', 33)).Refusal);
    }

    [Fact]
    public void A_foreign_publisher_appears_unclaimed_once_and_can_be_adopted_once()
    {
        AgentId id = _fleet.EnsureForeign("lab/pond")!.Value;
        Assert.Equal(id, _fleet.EnsureForeign("lab/pond"));
        AgentId other = _fleet.EnsureForeign("Lab/Pond")!.Value;
        _fleet = Open();
        Assert.Equal(id, _fleet.EnsureForeign("lab/pond"));

        Assert.True(_fleet.Current.TryFind(id, out FleetAgent? agent) && agent.Unclaimed);
        Assert.Equal("lab-pond", agent!.Slug);
        Assert.True(_fleet.Current.TryFind(other, out FleetAgent? second));
        Assert.Equal("lab-pond-2", second.Slug);
        Assert.Equal(FleetRefusal.None, _fleet.Adopt(id, "ao-truong"));
        Assert.Equal(FleetRefusal.NotUnclaimed, _fleet.Adopt(id, "ao"));
        Assert.Equal(FleetRefusal.SlugTaken, _fleet.Adopt(other, "ao-truong"));
        Assert.Equal(FleetRefusal.UnknownAgent, _fleet.Adopt(new AgentId(1), "ao"));
        Assert.True(_fleet.Current.TryFindBySlug("ao-truong", out agent) && !agent.Unclaimed);
    }

    [Fact]
    public void A_stranger_cannot_fill_the_table()
    {
        int taken = Enumerable.Range(0, FleetBook.MostUnclaimed + 5).Count(i => _fleet.EnsureForeign($"x/{i}") is not null);

        Assert.Equal(FleetBook.MostUnclaimed, taken);
        Assert.Null(_fleet.EnsureForeign(new string('k', 300)));
        Assert.Null(_fleet.EnsureForeign(""));
    }

    [Fact]
    public void A_birth_tells_what_the_agent_is_and_a_second_one_changes_nothing()
    {
        AgentId id = _fleet.Enrol("ag-1").Agent!.Id;
        var birth = new Birth { SoftwareVersion = "1.0", Simulated = true, Description = "bay", Catalogs = { new Catalog { Inputs = { new Input { Port = "ph", Quantity = "ph", IntervalUs = 1_000_000, Label = "pH" } } } } };

        Assert.True(_fleet.ReportBirth(id, birth));
        long version = _fleet.Current.Version;
        Assert.True(_fleet.ReportBirth(id, birth));
        Assert.False(_fleet.ReportBirth(new AgentId(9), birth));
        Assert.Equal(version, _fleet.Current.Version);
        _fleet = Open();

        Assert.True(_fleet.Current.TryFind(id, out FleetAgent? agent));
        Assert.Equal(("1.0", true, "bay"), (agent.Software, agent.Simulated, agent.Description));
        Assert.Equal(new AgentInput(1_000_000, "pH", "", ""), agent.Inputs[("ph", "ph")]);
        Assert.True(_fleet.Current.Simulated(id));
    }

    [Fact]
    public void Presence_follows_connections_and_the_hubs_clock()
    {
        AgentId id = _fleet.Enrol("ag-1").Agent!.Id;
        Assert.Equal(default, _fleet.PresenceOf(id));

        _fleet.Connected(id);
        _fleet.Connected(id);
        _fleet.Disconnected(id);
        _time.Advance(TimeSpan.FromSeconds(3));
        _fleet.ReportHealth(id, new Health { OldestUnreceiptedUs = 7 });

        AgentPresence presence = _fleet.PresenceOf(id);
        Assert.True(presence.Online);
        Assert.Equal(7, presence.OldestUnreceiptedUs);
        _fleet.Disconnected(id);
        Assert.False(_fleet.PresenceOf(id).Online);
        Assert.Equal(default, _fleet.PresenceOf(new AgentId(3)));
    }

    private FleetBook Open()
    {
        _hub.Reopen();
        return new FleetBook(_hub.Database, new HubClock(_hub.Database, _hub.Identity, BootSource.From(_time, "kernel")));
    }
}
