namespace StemLab.Science.Vectors;

/// <summary>Nothing in the folder is passed over.</summary>
public sealed class VectorTopics
{
    [Fact]
    public void Every_file_of_vectors_is_of_a_topic_that_is_run()
    {
        var topics = VectorFiles.Topics();
        foreach (var (topic, cases) in topics)
            Console.WriteLine($"vectors, {topic}: {cases} cases");
        Assert.Empty(topics.Keys.Except(["analysis", "nist-strd", "qartod", "qartod-series", "ucum-units", "water-and-air-physics"]));
    }
}
