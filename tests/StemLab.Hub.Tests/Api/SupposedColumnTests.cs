using Grpc.Core;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>A column computed for one question: as a derived channel would be, and nothing of it is kept.</summary>
public sealed class SupposedColumnTests
{
    private static readonly string Temperature = HubFixture.Channel("t", "water_temperature");
    private static readonly string Ph = HubFixture.Channel("ph", "ph");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statistics_slope_integral_fit_and_line_of_a_column_are_those_of_its_values_and_no_channel_appears()
    {
        await using var hub = await HubFixture.StartAsync();
        var first = hub.NowUs - (60 * HubFixture.Second);
        await hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(0, 60).Select(i => (first + (i * HubFixture.Second), 20 + (0.1 * i)))]);
        var client = new AnalysisService.AnalysisServiceClient(hub.Grpc);
        var channels = (await new CatalogService.CatalogServiceClient(hub.Grpc).ListChannelsAsync(new ListChannelsRequest(), cancellationToken: Stop)).Channels.Count;
        var span = new ReadingSpan { Definition = Column("3 * number(a)", ("a", Temperature)) };

        var told = await client.DescribeReadingsAsync(new DescribeReadingsRequest { Span = span }, cancellationToken: Stop);
        Assert.Equal((60L, 60.0, 77.7), (told.Read.Count, Math.Round(told.Min, 6), Math.Round(told.Max, 6)));
        var fit = await client.FitReadingsAsync(new FitReadingsRequest { Span = span, Kind = CurveKind.Linear }, cancellationToken: Stop);
        Assert.Equal(0.3, fit.Parameters.Single(one => one.Name == "slope").Value, 6);
        Assert.Equal(59 * (60 + 77.7) / 2, (await client.IntegrateReadingsAsync(new IntegrateReadingsRequest { Span = span }, cancellationToken: Stop)).Integral, 3);
        Assert.Equal(60, (await client.ThinReadingsAsync(new ThinReadingsRequest { Span = span }, cancellationToken: Stop)).Value.Count);
        Assert.Equal(channels, (await new CatalogService.CatalogServiceClient(hub.Grpc).ListChannelsAsync(new ListChannelsRequest(), cancellationToken: Stop)).Channels.Count);
        Assert.Empty(hub.Facts.Current.Of<Facts.DerivedChannelBody>());

        // The same by the JSON face, as the student's page asks.
        var asked = $"{{\"span\": {{\"definition\": {{\"expression\": \"number(a) + 1\", \"inputs\": [{{\"name\": \"a\", \"channel\": \"{Temperature}\"}}]}}}}}}";
        using var answer = await hub.Http.PostAsync("v1/analysis:describe", new StringContent(asked, System.Text.Encoding.UTF8, "application/json"), Stop);
        Assert.Equal(21, System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("min").GetDouble(), 6);
    }

    [Theory]
    [InlineData("3 *", "span.definition.expression")]
    [InlineData("3", "span.definition.inputs")]
    [InlineData("a + z", "span.definition")]
    public async Task What_is_wrong_with_a_column_is_said(string expression, string field)
    {
        await using var hub = await HubFixture.StartAsync();
        await hub.SteadyAsync("t", "water_temperature", "Cel", 5, HubFixture.Second, _ => 20);
        var column = expression == "3" ? new DerivedChannelDefinition { Expression = expression } : Column(expression, ("a", Temperature));

        var refused = await HubFixture.RefusedAsync(new AnalysisService.AnalysisServiceClient(hub.Grpc).DescribeReadingsAsync(new DescribeReadingsRequest { Span = new ReadingSpan { Definition = column } }, cancellationToken: Stop));

        Assert.Contains(HubFixture.Fields(refused), one => one.StartsWith(field, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_column_stands_in_the_place_of_a_channel_and_follows_a_calibration_that_is_stated_later()
    {
        await using var hub = await HubFixture.StartAsync();
        var probe = new Wire.Id128(0x77);
        hub.State(new Facts.Deployment(HubFixture.PiKey, "ph", probe, "EZO-pH", "S-1", Facts.Instant.AtUtc(1)));
        await hub.SteadyAsync("ph", "ph", "[pH]", 5, HubFixture.Second, _ => 7);
        var client = new AnalysisService.AnalysisServiceClient(hub.Grpc);
        var span = new ReadingSpan { Definition = Column("2 * number(a)", ("a", Ph)) };
        Assert.Equal(14, (await client.DescribeReadingsAsync(new DescribeReadingsRequest { Span = span }, cancellationToken: Stop)).Mean, 6);
        hub.State(new Facts.Calibration(probe, "", "", "", "", 1, 0.5, Facts.Instant.AtUtc(1), "one buffer"));
        Assert.Equal(15, (await client.DescribeReadingsAsync(new DescribeReadingsRequest { Span = span }, cancellationToken: Stop)).Mean, 6);

        var both = await HubFixture.RefusedAsync(client.DescribeReadingsAsync(new DescribeReadingsRequest { Span = new ReadingSpan(span) { Channel = Ph } }, cancellationToken: Stop));
        Assert.Equal(StatusCode.InvalidArgument, both.StatusCode);
    }

    private static DerivedChannelDefinition Column(string expression, params (string Name, string Channel)[] inputs)
    {
        var column = new DerivedChannelDefinition { Expression = expression };
        column.Inputs.AddRange(inputs.Select(input => new DerivedInputBinding { Name = input.Name, Channel = input.Channel }));
        return column;
    }
}
