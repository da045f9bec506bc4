using System.Globalization;
using System.Net;
using System.Text.Json;
using StemLab.Hub.Api;
using StemLab.Hub.Facts;
using StemLab.Wire;
using Instant = StemLab.Hub.Facts.Instant;
using Site = StemLab.Hub.Facts.Site;

namespace StemLab.Hub.SensorThings;

/// <summary>The API as clients ask it, over HTTP.</summary>
public sealed class SensorThingsTests
{
    private const int Rows = 250;
    private static readonly string Ph = $"{HubFixture.PiKey}:ph~ph";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_entity_is_found_by_its_links_and_no_link_leads_nowhere()
    {
        await using HubFixture hub = await PondAsync();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>((await GetAsync(hub, "")).GetProperty("value").EnumerateArray().Select(set => set.GetProperty("url").GetString()!));
        Assert.Equal(7, open.Count);
        while (open.TryDequeue(out string? link))
        {
            if (!seen.Add(link) || seen.Count > 400)
            {
                continue;
            }

            JsonElement answer = await GetAsync(hub, link);
            foreach (JsonElement entity in answer.TryGetProperty("value", out JsonElement several) ? several.EnumerateArray().Take(2) : new[] { answer }.AsEnumerable())
            {
                foreach (JsonProperty property in entity.EnumerateObject().Where(property => property.Name == "@iot.selfLink" || property.Name.EndsWith("@iot.navigationLink", StringComparison.Ordinal)))
                {
                    open.Enqueue(property.Value.GetString()!);
                }
            }
        }

        Assert.True(seen.Count > 20);
    }

    [Fact]
    public async Task Pages_give_every_observation_once_in_order_of_time_either_way()
    {
        await using HubFixture hub = await PondAsync();
        foreach (string way in (string[])["asc", "desc"])
        {
            var ids = new List<string>();
            var times = new List<string>();
            string? next = $"Datastreams('{Ph}')/Observations?$top=37&$count=true&$orderby=phenomenonTime {way}";
            while (next is not null)
            {
                JsonElement page = await GetAsync(hub, next);
                Assert.Equal(Rows, page.GetProperty("@iot.count").GetInt32());
                ids.AddRange(page.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("@iot.id").GetString()!));
                times.AddRange(page.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("phenomenonTime").GetString()!));
                next = page.TryGetProperty("@iot.nextLink", out JsonElement link) ? link.GetString() : null;
            }

            Assert.Equal(Rows, ids.Distinct().Count());
            Assert.Equal(Rows, ids.Count);
            Assert.Equal(way == "asc" ? times.Order(StringComparer.Ordinal) : times.OrderDescending(StringComparer.Ordinal), times);
        }

        var all = new List<string>();
        string? more = "Observations?$top=100";
        while (more is not null)
        {
            JsonElement page = await GetAsync(hub, more);
            all.AddRange(page.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("@iot.id").GetString()!));
            more = page.TryGetProperty("@iot.nextLink", out JsonElement link) ? link.GetString() : null;
        }

        Assert.Equal((2 * Rows, 2 * Rows), (all.Count, all.Distinct().Count()));
    }

    [Fact]
    public async Task An_observation_has_value_quality_raw_and_calibration_and_a_missing_one_has_none()
    {
        await using HubFixture hub = await PondAsync();
        JsonElement good = (await GetAsync(hub, $"Datastreams('{Ph}')/Observations?$filter=parameters/flag ne 9&$top=1")).GetProperty("value")[0];
        JsonElement missing = (await GetAsync(hub, $"Datastreams('{Ph}')/Observations?$filter=result eq null&$top=1")).GetProperty("value")[0];

        Assert.Equal((8.25, 7), (good.GetProperty("result").GetDouble(), good.GetProperty("parameters").GetProperty("raw").GetDouble()));
        Assert.Equal(32, good.GetProperty("parameters").GetProperty("calibration").GetString()!.Length);
        Assert.Equal(JsonValueKind.Null, missing.GetProperty("result").ValueKind);
        Assert.Equal(9, missing.GetProperty("resultQuality")[0].GetProperty("DQ_Result").GetProperty("code").GetInt32());
        Assert.Equal("absent", missing.GetProperty("parameters").GetProperty("missing").GetString());
        Assert.Equal(good.GetProperty("@iot.id").GetString(), (await GetAsync(hub, good.GetProperty("@iot.selfLink").GetString()!)).GetProperty("@iot.id").GetString());
    }

    // Recorded from clients people use: FROST-Client, the SensorThings provider of QGIS, Helgoland, and dashboards that ask for the newest value.
    [Theory]
    [InlineData("Things?$expand=Locations&$top=200&$count=true", 1)]
    [InlineData("Things?$expand=Datastreams($select=name,unitOfMeasurement;$top=1),Locations", 1)]
    [InlineData("Datastreams?$expand=Thing,Sensor,ObservedProperty&$count=true", 2)]
    [InlineData("Datastreams?$expand=Observations($orderby=phenomenonTime desc;$top=1)&$filter=ObservedProperty/name eq 'pH'", 1)]
    [InlineData("Locations?$top=0&$count=true&$filter=location/type eq 'Point' or location/geometry/type eq 'Point'", 0)]
    [InlineData("Observations?$orderby=phenomenonTime desc&$top=1&$expand=Datastream", 1)]
    [InlineData("Observations?$filter=Datastream/id eq 'AG:t1~water_temperature' and phenomenonTime ge 2020-01-01T00:00:00.000Z and phenomenonTime le 2099-01-01T00:00:00Z&$select=result,phenomenonTime&$top=200", 200)]
    [InlineData("Observations?$filter=result gt 28 and Datastream/ObservedProperty/id eq 'water_temperature'&$top=3", 3)]
    [InlineData("Observations?$orderby=result desc&$top=2", 2)]
    [InlineData("Sensors?$filter=startswith(name,'EZO')", 1)]
    [InlineData("ObservedProperties?$orderby=name desc&$skip=1", 1)]
    [InlineData("FeaturesOfInterest", 1)]
    public async Task What_known_clients_ask_is_answered(string question, int entities)
    {
        await using HubFixture hub = await PondAsync();

        JsonElement answer = await GetAsync(hub, question.Replace("AG:", $"{HubFixture.PiKey}:", StringComparison.Ordinal));

        Assert.Equal(entities, answer.GetProperty("value").GetArrayLength());
    }

    [Fact]
    public async Task Selected_and_single_properties_and_links_alone_are_given_as_asked()
    {
        await using HubFixture hub = await PondAsync();
        JsonElement selected = (await GetAsync(hub, "Datastreams?$select=id,name&$top=1")).GetProperty("value")[0];
        Assert.Equal(["@iot.id", "name"], selected.EnumerateObject().Select(property => property.Name));
        Assert.Equal("ag-1", (await GetAsync(hub, $"Datastreams('{Ph}')/Thing/name")).GetProperty("name").GetString());
        Assert.Equal("ag-1", await hub.Http.GetStringAsync($"sta/v1.1/Things('{HubFixture.PiKey}')/name/$value", Token));
        Assert.Equal(["@iot.selfLink"], (await GetAsync(hub, "Things/$ref")).GetProperty("value")[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal(107.05, (await GetAsync(hub, $"Things('{HubFixture.PiKey}')/Locations")).GetProperty("value")[0].GetProperty("location").GetProperty("coordinates")[0].GetDouble());
    }

    [Theory]
    [InlineData("Boats", HttpStatusCode.NotFound)]
    [InlineData("Things('x')", HttpStatusCode.NotFound)]
    [InlineData("Things('x'", HttpStatusCode.BadRequest)]
    [InlineData("Things/Datastreams", HttpStatusCode.NotFound)]
    [InlineData("Thing", HttpStatusCode.NotFound)]
    [InlineData("Observations('a:b~c@d.e')", HttpStatusCode.NotFound)]
    [InlineData("Observations('@')", HttpStatusCode.NotFound)]
    [InlineData("Things?$filter=", HttpStatusCode.BadRequest)]
    [InlineData("Things?$top=-1", HttpStatusCode.BadRequest)]
    [InlineData("Things?$top=9999999999", HttpStatusCode.BadRequest)]
    [InlineData("Observations?$skip=20000", HttpStatusCode.BadRequest)]
    [InlineData("Things?$everything=1", HttpStatusCode.BadRequest)]
    [InlineData("Things?$top=1&$top=2", HttpStatusCode.BadRequest)]
    [InlineData("Things?$expand=Boats", HttpStatusCode.BadRequest)]
    [InlineData("Things?$expand=Datastreams(", HttpStatusCode.BadRequest)]
    [InlineData("Things?$expand=Datastreams/Observations", HttpStatusCode.NotImplemented)]
    [InlineData("Things?$expand=Datastreams($expand=Observations)", HttpStatusCode.NotImplemented)]
    [InlineData("Things?$select=secret", HttpStatusCode.BadRequest)]
    [InlineData("Observations?$filter=secret eq 1", HttpStatusCode.BadRequest)]
    [InlineData("Observations?$filter=Datastream/secret eq 1", HttpStatusCode.BadRequest)]
    [InlineData("Things?$filter=nam eq 'pier'", HttpStatusCode.BadRequest)]
    [InlineData("Things?$orderby=nam", HttpStatusCode.BadRequest)]
    [InlineData("Datastreams?$filter=Thing/nam eq 'pier'", HttpStatusCode.BadRequest)]
    [InlineData("Things?$filter=Datastreams/name eq 'ph'", HttpStatusCode.NotImplemented)]
    [InlineData("Things?$filter=properties/nothing eq 1", HttpStatusCode.OK)]
    [InlineData("Observations?$orderby=parameters/raw", HttpStatusCode.NotImplemented)]
    [InlineData("Observations?$skiptoken=x", HttpStatusCode.BadRequest)]
    [InlineData("Observations?$skiptoken=1.2147483647", HttpStatusCode.BadRequest)]
    [InlineData("Observations?$skiptoken=-9223372036854775808.1", HttpStatusCode.OK)]
    [InlineData("Locations?$filter=geo.within(location,geography'POINT(1 1)')", HttpStatusCode.NotImplemented)]
    [InlineData("HistoricalLocations", HttpStatusCode.NotFound)]
    public async Task What_is_wrong_is_answered_with_a_sentence_and_never_a_fault(string question, HttpStatusCode status)
    {
        await using HubFixture hub = await PondAsync();
        using HttpResponseMessage answer = await hub.Http.GetAsync($"sta/v1.1/{question}", Token);

        Assert.Equal(status, answer.StatusCode);
        if (status != HttpStatusCode.OK)
        {
            using JsonDocument told = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
            Assert.True(told.RootElement.GetProperty("message").GetString()!.Length > 10);
        }
    }

    private static async Task<HubFixture> PondAsync()
    {
        HubFixture hub = await HubFixture.StartAsync();
        var probe = new Id128(0x77);
        var site = new Id128(0x51);
        hub.State(new Deployment(HubFixture.PiKey, "ph", probe, "EZO-pH", "S-1", Instant.AtUtc(1)));
        hub.State(new Facts.Calibration(probe, "", "", "", "", 1.25, -0.5, Instant.AtUtc(1), "two buffers"));
        hub.State(new Site(site, "pier", "Pier", "Bến", 20.9, 107.05));
        hub.State(new Placement(HubFixture.PiKey, site, Instant.AtUtc(1)));
        long first = hub.NowUs - (Rows * HubFixture.Second);
        await hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, Rows).Select(i => (first + (i * HubFixture.Second), i % 50 == 7 ? double.NaN : 7 + (0.01 * (i % 40))))]);
        await hub.RowsAsync("t1", "water_temperature", "Cel", [.. Enumerable.Range(0, Rows).Select(i => (first + (i * HubFixture.Second), 28.125 + (0.5 * (i % 3))))]);
        return hub;
    }

    private static async Task<JsonElement> GetAsync(HubFixture hub, string address)
    {
        string path = address.StartsWith("http", StringComparison.Ordinal) ? address : $"sta/v1.1/{address}";
        using HttpResponseMessage answer = await hub.Http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute), Token);
        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, string.Create(CultureInfo.InvariantCulture, $"{path}: {(int)answer.StatusCode} {text}"));
        using JsonDocument json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
