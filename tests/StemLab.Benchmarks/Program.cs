using StemLab.Benchmarks;

// StemLab.Benchmarks NAME... [--report] [--full | --smoke]
// Prints one JSON line a figure; exit code 1 when a goal is missed (not with --report or --smoke), 2 when asked for something else.
var all = new Dictionary<string, Func<Figures, Scale, Task>>(StringComparer.Ordinal)
{
    ["store"] = async (figures, scale) =>
    {
        await StoreBench.RunAsync(figures, scale);
        await KeepingBench.RunAsync(figures, scale);
    },
    ["influx"] = FarBench.RunAsync,
    ["buckets"] = (figures, scale) =>
    {
        StoreBench.Buckets(figures, scale);
        return Task.CompletedTask;
    },
    ["keeping"] = KeepingBench.RunAsync,
    ["intake"] = IntakeBench.RunAsync,
    ["watch"] = WatchBench.RunAsync,
    ["hub"] = HubBench.RunAsync,
    ["web"] = WebBench.RunAsync,
    ["derive"] = DeriveBench.RunAsync,
    ["access"] = AccessBench.RunAsync,
    ["science"] = ScienceBench.RunAsync,
    ["agent"] = AgentBench.RunAsync,
    ["export"] = ExportBench.RunAsync,
    ["import"] = ImportBench.RunAsync,
    ["bundle"] = BundleBench.RunAsync,
};
var names = args.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToArray();
var unknown = args.FirstOrDefault(argument => !all.ContainsKey(argument) && argument is not ("--report" or "--full" or "--smoke"));
if (unknown is not null || names.Length == 0)
{
    await Console.Error.WriteLineAsync($"{(unknown is null ? "Name a benchmark" : $"{unknown} is not known")}: {string.Join(", ", all.Keys)}; then --report (never fail), --full (longer), --smoke (a moment)");
    return 2;
}

var scale = args.Contains("--smoke") ? Scale.Smoke : args.Contains("--full") ? Scale.Full : Scale.Ordinary;
var figures = new Figures(Console.Out);
foreach (var name in names)
{
    await all[name](figures, scale);
}

if (figures.Missed.Count == 0 || scale == Scale.Smoke || args.Contains("--report"))
{
    return 0;
}

await Console.Error.WriteLineAsync($"missed: {string.Join(", ", figures.Missed)}");
return 1;
