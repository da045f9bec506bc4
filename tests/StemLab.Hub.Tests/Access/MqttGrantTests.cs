using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Access;

public sealed class MqttGrantTests
{
    private static readonly Id128 Me = Id128.New();
    private static readonly Id128 Other = Id128.New();
    private static readonly MqttGrant Agent = new(new AgentId(Me.Value));
    private static readonly MqttGrant Maker = new(null);

    [Fact]
    public void An_agent_publishes_on_its_own_topics_and_nowhere_else()
    {
        Assert.True(Agent.MayPublish(Topics.Up(Me)));
        Assert.True(Agent.MayPublish(Topics.Time(Me)));
        Assert.False(Agent.MayPublish(Topics.Up(Other)));
        Assert.False(Agent.MayPublish(Topics.Ack(Me)));
        Assert.False(Agent.MayPublish("lab/pond/ph"));
    }

    [Theory]
    [InlineData("lab/pond/ph", true)]
    [InlineData("ph", true)]
    [InlineData("sl/1/00000000000000000000000000000001/up", false)]
    [InlineData("sl/anything", false)]
    [InlineData("sl", false)]
    [InlineData("stemlab/pond/ph", false)]
    [InlineData("stemlab", false)]
    [InlineData("$SYS/broker", false)]
    [InlineData("slow/lab", true)]
    public void A_makers_device_publishes_on_open_topics_only(string topic, bool allowed) => Assert.Equal(allowed, Maker.MayPublish(topic));

    [Theory]
    [InlineData("stemlab/#", true)]
    [InlineData("lab/+/ph", true)]
    [InlineData("#", false)]
    [InlineData("+/1/#", false)]
    [InlineData("sl/#", false)]
    [InlineData("$SYS/#", false)]
    [InlineData("$share/g/lab/#", false)]
    public void A_maker_listens_to_everything_but_native_and_system_topics(string filter, bool allowed) => Assert.Equal(allowed, Maker.MaySubscribe(filter));

    [Fact]
    public void An_agent_listens_to_its_own_subtree_only()
    {
        Assert.True(Agent.MaySubscribe(Topics.Ack(Me)));
        Assert.True(Agent.MaySubscribe($"sl/1/{Me}/#"));
        Assert.False(Agent.MaySubscribe(Topics.Ack(Other)));
        Assert.False(Agent.MaySubscribe("stemlab/#"));
        Assert.False(Agent.MaySubscribe("sl/1/+/ack"));
    }
}
