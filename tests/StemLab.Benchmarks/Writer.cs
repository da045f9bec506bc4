using StemLab.Store;

namespace StemLab.Benchmarks;

/// <summary>A class that goes on measuring: a small submission every few milliseconds, timed from handing it in until it is durable. One at a time.</summary>
internal sealed class Writer(ObservationStore store)
{
    private const long Step = 5_000;

    private static readonly AgentId Agent = new(0xC1);
    private static readonly BootId Boot = new(0xC2);
    private static readonly InputDeclaration Input = new("class", "water_temperature", "Cel", 0);

    private long _tUs;

    public async Task DeclareAsync() => await store.DeclareAsync(new Declarations(Agent, [new BootDeclaration(Boot, Agent, BootKind.Device, 1, null)], [], []));

    /// <summary>Writes until a task ends; ms of each submission.</summary>
    public async Task<List<double>> WriteAsync(Task until)
    {
        var took = new List<double>();
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        do
        {
            ForeignRow[] rows = [.. Enumerable.Range(0, 20).Select(i => new ForeignRow(Input, _tUs += Step, 20 + (i % 5), 0))];
            var submission = new ForeignRows(Agent, Boot, [.. rows], null, false);
            var started = TimeProvider.System.GetTimestamp();
            await store.SubmitAsync(submission);
            await submission.Completion;
            took.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }
        while (await beat.WaitForNextTickAsync() && !until.IsCompleted);

        await until;
        return took;
    }
}
