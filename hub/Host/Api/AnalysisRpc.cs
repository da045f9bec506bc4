using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Analysis;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.AnalysisService: checks the question, hands it to Analysis.</summary>
[Authorize(Policies.Read)]
internal sealed class AnalysisRpc(SpanReader reader, SupposedColumns columns) : AnalysisService.AnalysisServiceBase
{
    private const long UsualAgeUs = 10_000_000;
    private const long MostAgeUs = 86_400_000_000;
    private const int MostSmooth = 10_001;
    private const int MostShown = 20_000;

    public override Task<DescribeReadingsResponse> DescribeReadings(DescribeReadingsRequest request, ServerCallContext context) =>
        RunAsync(request.Span, SpanReader.MostReadings, (values, _) => SpanSums.Describe(values), context);

    public override Task<FitReadingsResponse> FitReadings(FitReadingsRequest request, ServerCallContext context)
    {
        if (request.Kind == CurveKind.Unspecified || !Enum.IsDefined(request.Kind))
        {
            throw Rpc.InvalidArgument("kind", "name the curve: CURVE_KIND_LINEAR, CURVE_KIND_SINE…");
        }

        if (request.XMaxAgeUs is < 0 or > MostAgeUs)
        {
            throw Rpc.InvalidArgument("x_max_age_us", $"{request.XMaxAgeUs} is not 0 (10 s) to {MostAgeUs}");
        }

        var age = request.XMaxAgeUs == 0 ? UsualAgeUs : request.XMaxAgeUs;
        return RunAsync(
            request.Span,
            CurveThrough.MostOf(request.Kind),
            (values, ends) => request.XChannel.Length == 0
                ? CurveThrough.Time(values, request.Kind, request.XZeroUs)
                : CurveThrough.Channel(values, reader.ReadBeside(values, request.XChannel, age, SpanReader.MostReadings, ends), request.Kind, age),
            context);
    }

    public override Task<IntegrateReadingsResponse> IntegrateReadings(IntegrateReadingsRequest request, ServerCallContext context) =>
        RunAsync(request.Span, SpanReader.MostReadings, (values, _) => SpanSums.Integrate(values), context);

    public override Task<DifferentiateReadingsResponse> DifferentiateReadings(DifferentiateReadingsRequest request, ServerCallContext context)
    {
        if (request.Smooth is < 0 or > MostSmooth || (request.Smooth > 0 && request.Smooth % 2 == 0))
        {
            throw Rpc.InvalidArgument("smooth", $"{request.Smooth} is not 0 (none) or an odd number up to {MostSmooth}");
        }

        var most = Shown(request.Most, 2_000);
        return RunAsync(request.Span, SpanReader.MostReadings, (values, _) => SpanSums.Differentiate(values, request.Smooth, most), context);
    }

    public override Task<GetSpectrumResponse> GetSpectrum(GetSpectrumRequest request, ServerCallContext context)
    {
        if (!(request.RateHz is >= 0 and <= 1e6))
        {
            throw Rpc.InvalidArgument("rate_hz", $"{request.RateHz} is not 0 (the median step) to 1000000 Hz");
        }

        return RunAsync(request.Span, SpanSums.MostSpectrum, (values, _) => SpanSums.Transform(values, request.RateHz), context);
    }

    public override Task<GetHistogramResponse> GetHistogram(GetHistogramRequest request, ServerCallContext context)
    {
        if (request.Bins is < 0 or > 1_000)
        {
            throw Rpc.InvalidArgument("bins", $"{request.Bins} is not 0 (chosen) to 1000");
        }

        return RunAsync(request.Span, SpanReader.MostReadings, (values, _) => SpanSums.Count(values, request.Bins), context);
    }

    public override Task<ThinReadingsResponse> ThinReadings(ThinReadingsRequest request, ServerCallContext context)
    {
        if (!Enum.IsDefined(request.Method))
        {
            throw Rpc.InvalidArgument("method", "is not METHOD_LARGEST_TRIANGLE or METHOD_MIN_MAX");
        }

        var most = Shown(request.Most, 1_000);
        var keepPeaks = request.Method == ThinReadingsRequest.Types.Method.MinMax;
        return RunAsync(request.Span, SpanReader.MostReadings, (values, _) => SpanSums.Thin(values, most, keepPeaks), context);
    }

    /// <summary>Over a channel, or over a column supposed for this question.</summary>
    private Task<T> RunAsync<T>(ReadingSpan? span, int most, Func<SpanValues, CancellationToken, T> compute, ServerCallContext context)
    {
        if (span?.Definition is not { } definition)
        {
            return reader.RunAsync(span, most, compute, context.CancellationToken);
        }

        if (span.Channel.Length > 0 || span.AsOfRevision != 0)
        {
            throw Rpc.InvalidArgument("span.definition", "stands in the place of a channel, and is read under the newest facts: leave channel and as_of_revision empty", "thay cho kênh và đọc theo các sự kiện mới nhất: hãy để trống channel và as_of_revision");
        }

        return reader.RunAsync(span, most, compute, context.CancellationToken, () => columns.Of(definition));
    }

    private static int Shown(int most, int usual)
    {
        if (most != 0 && most is < 3 or > MostShown)
        {
            throw Rpc.InvalidArgument("most", $"{most} is not 0 ({usual}) or 3 to {MostShown}");
        }

        return most == 0 ? usual : most;
    }
}
