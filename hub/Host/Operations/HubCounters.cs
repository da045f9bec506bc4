using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace StemLab.Hub.Operations;

/// <summary>The hub's own counters by name and reason since start, for the page and the API; fed by listening to the meter "StemLab.Hub". Safe from any thread.</summary>
internal sealed class HubCounters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Sum> _sums = new(StringComparer.Ordinal);

    public HubCounters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "StemLab.Hub" && instrument is Counter<long> or ObservableCounter<long>)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Name, or name.reason where the counter tells reasons, to its sum.</summary>
    public Dictionary<string, long> Read()
    {
        _listener.RecordObservableInstruments();
        return _sums.ToDictionary(entry => entry.Key, entry => Interlocked.Read(ref entry.Value.Value), StringComparer.Ordinal);
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = instrument.Name;
        foreach (var tag in tags)
        {
            key = tag.Key == "reason" ? $"{instrument.Name}.{tag.Value}" : key;
        }

        var sum = _sums.GetOrAdd(key, static _ => new Sum());
        if (instrument.IsObservable)
        {
            // An observed counter tells its sum, not its growth.
            Interlocked.Exchange(ref sum.Value, value);
            return;
        }

        Interlocked.Add(ref sum.Value, value);
    }

    private sealed class Sum
    {
        public long Value;
    }
}
