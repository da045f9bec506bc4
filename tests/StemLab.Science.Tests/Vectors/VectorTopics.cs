using StemLab.TestKit;

namespace StemLab.Science.Vectors;

/// <summary>Nothing in the folder is passed over.</summary>
public sealed class VectorTopics
{
    [Fact]
    public void Every_file_of_vectors_can_be_read_and_is_of_a_topic_that_is_run()
    {
        var files = VectorFiles.All();
        foreach (var topic in VectorFiles.Topics)
            Console.WriteLine($"vectors, {topic}: {VectorFiles.Cases(topic).Count} cases in {files.Count(file => file.Topic == topic)} files");
        Assert.Empty(files.Where(file => file.Fault is not null).Select(file => $"{file.Name} {file.Fault}"));
        Assert.True(files.Any(file => file.Topic is not null), $"{VectorFiles.Folder} holds no vectors");
    }

    [Fact]
    public void A_file_is_found_by_what_is_in_it_whatever_its_name_its_folder_and_its_spaces()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("later"));
        File.WriteAllText(folder.File("later/Batch 7.JSON"), "\uFEFF\r\n{ \"cases\" :\t[ { \"note\": {}, \"code\": \"Cel\", \"valid\": true } , /* a remark */ {\"valid\":false,\"code\":\"no unit\"}, ],\n\n \"extra\": [1], \"topic\" : \" UCUM-units \" }");
        File.WriteAllText(folder.File("registry.json"), """{"format":"stemlab-properties/1","properties":[]}""");
        Assert.Equal(2, VectorFiles.Cases("ucum-units", folder.Path).Count);
        Assert.All(VectorFiles.All(folder.Path), file => Assert.Null(file.Fault));
    }

    [Theory]
    [InlineData("""{"topic":"ucum-units","cases":[{"code":"Cel"}""", "cannot be read")]
    [InlineData("""{"topic":"tides","cases":[]}""", "its topic is 'tides'")]
    [InlineData("""{"cases":[]}""", "its topic is ''")]
    [InlineData("""{"topic":"qartod","cases":{}}""", "its cases are no list")]
    public void A_file_whose_cases_cannot_be_run_is_named(string text, string why)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("a.json"), text);
        Assert.StartsWith(why, Assert.Single(VectorFiles.All(folder.Path)).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("analysis", """{"id":"bad","function":"describe","inputs":{"y":[1,2,3]},"expected":{"mean":2.1},"tolerance":{"abs":1e-9}}""")]
    [InlineData("analysis", """{"id":"bad","function":"a new one","inputs":{"y":[1,2,3]},"expected":{},"tolerance":{}}""")]
    [InlineData("nist-strd", """{"id":"bad","kind":"univariate","certified":{"mean":2.0001,"sd":1},"y":[1,2,3]}""")]
    [InlineData("qartod", """{"id":"bad","function":"spike_test","inputs":{"values":[1,2,1],"suspect_threshold":9,"fail_threshold":10},"expected":{"flags":[2,3,2]}}""")]
    [InlineData("qartod-series", """{"id":"bad","file":"not-there.csv","time_column":"t","value_column":"v","rows":1,"config":{},"expected":{}}""")]
    [InlineData("ucum-units", """{"id":"bad","code":"Cel","valid":false}""")]
    [InlineData("water-and-air-physics", """{"id":"bad","quantity":"tds_mgL","inputs":{"specific_conductance_25_uScm":100},"expected":66,"tolerance":{"abs":0.1}}""")]
    [InlineData("water-and-air-physics", """{"id":"bad"}""")]
    public void A_case_that_is_not_met_or_not_understood_fails_by_its_name(string topic, string one)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("a.json"), $$"""{"topic":"{{topic}}","cases":[{{one}}]}""");
        var misses = Assert.ThrowsAny<Exception>(() => RunOf(topic)(folder.Path)).Message;
        Assert.Contains("bad: ", misses, StringComparison.Ordinal);
        Assert.Contains("1 misses", misses, StringComparison.Ordinal);
    }

    private static Action<string?> RunOf(string topic) => topic switch
    {
        "analysis" => AnalysisVectors.Run,
        "nist-strd" => NistVectors.Run,
        "qartod" => QartodVectors.Run,
        "qartod-series" => QartodSeriesVectors.Run,
        "ucum-units" => UnitVectors.Run,
        _ => PhysicsVectors.Run,
    };
}
