// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using System.Net;
using System.Text.Json;
using Grpc.Core;
using StemLab.Hub.Facts;
using StemLab.V1;
using static StemLab.Hub.Api.HubFixture;

namespace StemLab.Hub.Api;

public sealed class AnalysisRpcTests : IAsyncLifetime
{
    private static readonly string Temperature = Channel("t", "water_temperature");

    private HubFixture _hub = null!;
    private AnalysisService.AnalysisServiceClient _analysis = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await StartAsync();

        // Invented water moves as no water does: nobody is to judge it.
        _hub.State(new QualityRules("water_temperature", "", null, "", QualityFactCheck.Tests));
        _hub.State(new QualityRules("electrical_conductivity", "", null, "", QualityFactCheck.Tests));
        _analysis = new AnalysisService.AnalysisServiceClient(_hub.Grpc);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task A_span_is_described_by_its_good_readings_and_says_what_was_left_out()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", (Second, 20), (2 * Second, 21), (3 * Second, double.NaN), (4 * Second, 25));
        DescribeReadingsResponse about = await _analysis.DescribeReadingsAsync(new DescribeReadingsRequest { Span = new ReadingSpan { Channel = Temperature } });

        Assert.Equal((3, 22.0, 21.0, 20.0, 25.0), (about.Read.Count, about.Mean, about.Median, about.Min, about.Max));
        Assert.Equal(Math.Sqrt(7), about.Sd, 12);
        Assert.Equal(1, about.Read.CountByFlag[9]);
        Assert.Equal("Cel", about.Read.UnitUcum);
        Assert.Null(about.Refusal);
    }

    [Fact]
    public async Task A_line_is_fitted_with_the_uncertainty_of_its_parameters_and_drawn()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(1, 60).Select(i => (i * Second, 20 + (0.5 * i) + (i % 2 == 0 ? 0.01 : -0.01)))]);
        FitReadingsResponse fit = await _analysis.FitReadingsAsync(new FitReadingsRequest { Span = new ReadingSpan { Channel = Temperature }, Kind = CurveKind.Linear });

        Assert.Equal(["intercept", "slope"], fit.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(0.5, fit.Parameters[1].Value, 3);
        Assert.Equal("Cel/s", fit.Parameters[1].UnitUcum);
        Assert.True(fit.Parameters[1].HasStandardError);
        Assert.True(fit.RSquared > 0.999);
        Assert.Equal(200, fit.CurveX.Count);
        Assert.Equal(20.5, fit.CurveY[0], 1);
    }

    [Theory]
    [InlineData(CurveKind.Proportional)]
    [InlineData(CurveKind.Quadratic)]
    [InlineData(CurveKind.Cubic)]
    [InlineData(CurveKind.Exponential)]
    [InlineData(CurveKind.Power)]
    [InlineData(CurveKind.Inverse)]
    [InlineData(CurveKind.Sine)]
    [InlineData(CurveKind.NaturalLog)]
    [InlineData(CurveKind.Gaussian)]
    public async Task Every_kind_of_curve_is_drawn_or_says_why_not(CurveKind kind)
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(1, 40).Select(i => (i * Second, 20 + Math.Sin(i / 4.0)))]);
        var request = new FitReadingsRequest { Span = new ReadingSpan { Channel = Temperature }, Kind = kind, XZeroUs = Utc0 };
        FitReadingsResponse fit = await _analysis.FitReadingsAsync(request);

        Assert.True(fit.Refusal is null ? fit.Parameters.Count > 0 && fit.CurveX.Count > 100 : fit.Refusal.Vi.Length > 0);
        if (kind == CurveKind.Sine)
        {
            Assert.Equal(0.25, fit.Parameters.Single(parameter => parameter.Name == "angular_frequency").Value, 3);
        }
    }

    [Fact]
    public async Task One_channel_is_fitted_against_another()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(1, 20).Select(i => (i * Second, (double)i))]);
        await _hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", [.. Enumerable.Range(1, 20).Select(i => ((i * Second) + 300_000, 5 + (2.0 * i)))]);
        FitReadingsResponse fit = await _analysis.FitReadingsAsync(new FitReadingsRequest { Span = new ReadingSpan { Channel = Channel("ec", "electrical_conductivity") }, Kind = CurveKind.Linear, XChannel = Temperature });

        Assert.Equal((20, "Cel"), (fit.Points, fit.XUnitUcum));
        Assert.Equal([5, 2], fit.Parameters.Select(parameter => Math.Round(parameter.Value, 9)));
        Assert.Equal("mS/cm", fit.Parameters[0].UnitUcum);
        Assert.Equal("(mS/cm)/Cel", fit.Parameters[1].UnitUcum);
    }

    [Fact]
    public async Task Too_little_to_compute_from_is_an_answer_with_the_reason_in_both_languages()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", (Second, 20));
        var span = new ReadingSpan { Channel = Temperature };
        var empty = new ReadingSpan { Channel = Temperature, StartTimeUs = Utc0 + (100 * Second), EndTimeUs = Utc0 + (200 * Second) };

        Sentence[] reasons =
        [
            (await _analysis.DescribeReadingsAsync(new DescribeReadingsRequest { Span = empty })).Refusal,
            (await _analysis.FitReadingsAsync(new FitReadingsRequest { Span = span, Kind = CurveKind.Linear })).Refusal,
            (await _analysis.FitReadingsAsync(new FitReadingsRequest { Span = empty, Kind = CurveKind.Linear })).Refusal,
            (await _analysis.IntegrateReadingsAsync(new IntegrateReadingsRequest { Span = span })).Refusal,
            (await _analysis.DifferentiateReadingsAsync(new DifferentiateReadingsRequest { Span = span })).Refusal,
            (await _analysis.GetSpectrumAsync(new GetSpectrumRequest { Span = span })).Refusal,
            (await _analysis.GetHistogramAsync(new GetHistogramRequest { Span = empty })).Refusal,
            (await _analysis.ThinReadingsAsync(new ThinReadingsRequest { Span = empty })).Refusal,
        ];
        Assert.All(reasons, reason => Assert.True(reason is { En.Length: > 10, Vi.Length: > 10 }));
        Assert.Equal(1, (await _analysis.DescribeReadingsAsync(new DescribeReadingsRequest { Span = span })).Read.Count);
        Assert.Equal([1], (await _analysis.GetHistogramAsync(new GetHistogramRequest { Span = span, Bins = 1 })).Counts);
    }

    [Fact]
    public async Task A_tide_is_found_in_the_spectrum_and_its_area_and_slope_are_right()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(0, 400).Select(i => ((i * Second) + 1, 20 + Math.Sin(2 * Math.PI * i / 20)))]);
        var span = new ReadingSpan { Channel = Temperature };
        GetSpectrumResponse spectrum = await _analysis.GetSpectrumAsync(new GetSpectrumRequest { Span = span });
        IntegrateReadingsResponse area = await _analysis.IntegrateReadingsAsync(new IntegrateReadingsRequest { Span = span });
        DifferentiateReadingsResponse slope = await _analysis.DifferentiateReadingsAsync(new DifferentiateReadingsRequest { Span = span, Most = 50 });

        Assert.Equal(0.05, spectrum.PeakHz, 6);
        Assert.Equal((1.0, 0L), (spectrum.RateHz, spectrum.Filled));
        Assert.Equal(20 * 399, area.Integral, 0);
        Assert.Equal("Cel.s", area.UnitUcum);
        Assert.Equal("Cel/s", slope.UnitUcum);
        Assert.InRange(slope.Slope.Max(), 0.25, 0.32);
        Assert.InRange(slope.Slope.Count, 3, 50);
    }

    [Fact]
    public async Task Thinning_for_a_chart_keeps_the_ends_and_by_min_max_also_the_peak()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(1, 5000).Select(i => (i * Second, i == 2345 ? 99.0 : 20))]);
        ThinReadingsResponse thin = await _analysis.ThinReadingsAsync(new ThinReadingsRequest { Span = new ReadingSpan { Channel = Temperature }, Most = 100, Method = ThinReadingsRequest.Types.Method.MinMax });

        Assert.InRange(thin.Value.Count, 3, 100);
        Assert.Contains(99, thin.Value);
        Assert.InRange(thin.TimeUs[0] - Utc0, Second - 10, Second + 10);
        Assert.InRange(thin.TimeUs[^1] - Utc0, (5000 * Second) - 10, (5000 * Second) + 10);
    }

    [Fact]
    public async Task More_readings_than_a_computation_takes_is_refused_with_what_to_do()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", [.. Enumerable.Range(1, 5001).Select(i => (i * Second, 20.0 + i))]);
        RpcException refused = await RefusedAsync(_analysis.FitReadingsAsync(new FitReadingsRequest { Span = new ReadingSpan { Channel = Temperature }, Kind = CurveKind.Gaussian }));

        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Contains("shorter", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Questions_that_make_no_sense_are_refused_field_by_field()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", (Second, 20));
        var backwards = new ReadingSpan { Channel = Temperature, StartTimeUs = 5, EndTimeUs = 3, AsOfRevision = -1 };

        Assert.Equal(["span.channel"], Fields(await RefusedAsync(_analysis.DescribeReadingsAsync(new DescribeReadingsRequest()))));
        Assert.Equal(["span.as_of_revision", "span.end_time_us"], Fields(await RefusedAsync(_analysis.DescribeReadingsAsync(new DescribeReadingsRequest { Span = backwards }))));
        Assert.Equal(["kind"], Fields(await RefusedAsync(_analysis.FitReadingsAsync(new FitReadingsRequest { Span = backwards }))));
        Assert.Equal(["smooth"], Fields(await RefusedAsync(_analysis.DifferentiateReadingsAsync(new DifferentiateReadingsRequest { Smooth = 4 }))));
        Assert.Equal(["most"], Fields(await RefusedAsync(_analysis.ThinReadingsAsync(new ThinReadingsRequest { Most = 2 }))));
        Assert.Equal(["bins"], Fields(await RefusedAsync(_analysis.GetHistogramAsync(new GetHistogramRequest { Bins = 1001 }))));
        Assert.Equal(["rate_hz"], Fields(await RefusedAsync(_analysis.GetSpectrumAsync(new GetSpectrumRequest { RateHz = double.NaN }))));
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_analysis.DescribeReadingsAsync(new DescribeReadingsRequest { Span = new ReadingSpan { Channel = Channel("x", "y") } }))).StatusCode);
    }

    [Fact]
    public async Task The_json_face_answers_the_same()
    {
        await _hub.RowsAsync("t", "water_temperature", "Cel", (Second, 20), (2 * Second, 22));
        using var answer = await _hub.Http.GetAsync(new Uri($"v1/analysis:describe?span.channel={Uri.EscapeDataString(Temperature)}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(21, json.RootElement.GetProperty("mean").GetDouble());
    }
}
