using System.Collections.Immutable;
using StemLab.Hub.TimeKeeping;

namespace StemLab.Hub.Fleet;

/// <summary>A device that published without showing a token.</summary>
/// <param name="Topic">The topic that stands for it.</param>
/// <param name="LastUs">The hub's boot clock at its last try.</param>
/// <param name="Times">Publishes refused.</param>
internal sealed record TriedDevice(string Topic, long LastUs, long Times);

/// <summary>Devices whose publishes were refused because they showed no token, so that a person may take them in. RAM only, bounded: the one that was silent longest goes. Safe from any thread.</summary>
internal sealed class TriedBook(HubClock clock)
{
    /// <summary>Most devices remembered.</summary>
    public const int Most = 100;

    private const int LongestTopic = 256;
    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<string, TriedDevice> _devices = new(StringComparer.Ordinal);

    /// <summary>By the last try, newest first.</summary>
    public ImmutableArray<TriedDevice> Devices
    {
        get
        {
            lock (_gate)
            {
                return [.. _devices.Values.OrderByDescending(device => device.LastUs)];
            }
        }
    }

    /// <summary>A publish was refused. A topic longer than 256 characters is not remembered: it could not be adopted.</summary>
    public void Add(string topic)
    {
        if (topic.Length is 0 or > LongestTopic)
        {
            return;
        }

        long nowUs = clock.NowUs();
        lock (_gate)
        {
            if (!_devices.TryGetValue(topic, out TriedDevice? known) && _devices.Count >= Most)
            {
                _devices.Remove(_devices.Values.MinBy(device => device.LastUs)!.Topic);
            }

            _devices[topic] = new TriedDevice(topic, nowUs, (known?.Times ?? 0) + 1);
        }
    }

    /// <summary>It was taken in, or is not wanted.</summary>
    public void Forget(string topic)
    {
        lock (_gate)
        {
            _devices.Remove(topic);
        }
    }
}
