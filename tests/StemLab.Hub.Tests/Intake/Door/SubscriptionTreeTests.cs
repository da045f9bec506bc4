using CsCheck;

namespace StemLab.Hub.Intake.Door;

public sealed class SubscriptionTreeTests
{
    [Fact]
    public void It_hears_what_the_standard_says_a_filter_matches()
    {
        var level = Gen.OneOfConst("a", "b", "", "$x");
        var topics = level.Array[1, 4].Select(levels => string.Join('/', levels)).Where(topic => topic.Length > 0);
        var filters = Gen.Select(Gen.OneOfConst("a", "b", "", "+", "$x").Array[1, 4], Gen.Bool).Select((levels, hash) => string.Join('/', levels) + (hash ? "/#" : "")).Where(filter => filter.Length > 0);
        Gen.Select(filters.Array[0, 5], topics).Sample((all, topic) =>
        {
            var tree = new SubscriptionTree();
            foreach (var filter in all)
            {
                tree.Add("client", filter);
            }

            Assert.Equal(all.Any(filter => Matches(filter.Split('/'), topic.Split('/'))), tree.Hears(topic));
        });
    }

    [Fact]
    public void What_a_client_leaves_nobody_hears_any_more()
    {
        var tree = new SubscriptionTree();
        tree.Add("1", "lab/#");
        tree.Add("2", "lab/+/ph");
        var version = tree.Version;
        tree.Remove("1", "lab/#");
        Assert.True(tree.Hears("lab/pond/ph"));
        Assert.False(tree.Hears("lab/pond/temp"));
        Assert.NotEqual(version, tree.Version);
        tree.RemoveAll("2");
        Assert.False(tree.Hears("lab/pond/ph"));
    }

    [Theory]
    [InlineData("stemlab/#", true)]
    [InlineData("stemlab/pond/ph", true)]
    [InlineData("+/pond/ph", true)]
    [InlineData("#", true)]
    [InlineData("lab/#", false)]
    public void It_knows_whether_anybody_listens_below_a_first_level(string filter, bool heard)
    {
        var tree = new SubscriptionTree();
        tree.Add("1", filter);
        Assert.Equal(heard, tree.HearsBelow("stemlab/"));
    }

    /// <summary>MQTT 5.0 section 4.7, word by word. (MQTTnet's own comparer lets "+/#" not match its parent level.)</summary>
    private static bool Matches(string[] filter, string[] topic)
    {
        if (topic[0].StartsWith('$') && (filter[0] is "+" or "#"))
        {
            return false;
        }

        for (var i = 0; i < filter.Length; i++)
        {
            if (filter[i] == "#")
            {
                return true;
            }

            if (i == topic.Length || (filter[i] != "+" && filter[i] != topic[i]))
            {
                return false;
            }

            if (i == topic.Length - 1 && i == filter.Length - 2 && filter[i + 1] == "#")
            {
                return true;
            }
        }

        return filter.Length == topic.Length;
    }
}
