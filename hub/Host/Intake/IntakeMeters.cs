using System.Diagnostics.Metrics;

namespace StemLab.Hub.Intake;

/// <summary>The room's counters as meters: one observable counter a group ("rejected"), one tag per reason, so that counting itself costs an add.</summary>
internal sealed class IntakeMeters : IDisposable
{
    private readonly Meter _meter = new("StemLab.Hub");

    public IntakeMeters(IntakeCounters counters)
    {
        var groups = Enum.GetValues<IntakeCount>().GroupBy(count => IntakeCounters.NameOf(count).Split('.')[0]);
        foreach (var group in groups)
        {
            var members = group.ToArray();
            _meter.CreateObservableCounter(group.Key, () => members.Where(count => counters[count] != 0).Select(count => Measure(counters, count)));
        }
    }

    public void Dispose() => _meter.Dispose();

    private static Measurement<long> Measure(IntakeCounters counters, IntakeCount count)
    {
        var reason = IntakeCounters.NameOf(count).Split('.').ElementAtOrDefault(1);
        return reason is null ? new Measurement<long>(counters[count]) : new Measurement<long>(counters[count], new KeyValuePair<string, object?>("reason", reason));
    }
}
