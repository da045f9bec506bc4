namespace StemLab.Hub.Analysis;

/// <summary>Wires sums over spans; needs Derive and the store.</summary>
internal static class AnalysisSetup
{
    public static IServiceCollection AddAnalysis(this IServiceCollection services) => services.AddSingleton<SpanReader>();
}
