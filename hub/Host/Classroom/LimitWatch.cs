using System.Collections.Immutable;
using StemLab.Science.Properties;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>A reading held against a lesson's limits.</summary>
/// <param name="Value">In the unit of the property.</param>
/// <param name="IsFailed">It failed a check: held only against a bound outside the property's range, which no other reading can be beyond.</param>
internal readonly record struct LimitReading(string Group, string Channel, string ObservedProperty, double Value, bool IsFailed = false);

/// <summary>Raises and lowers alerts with hold and hysteresis: a value that trembles about a bound rings once. One thread.</summary>
internal sealed class LimitWatch
{
    /// <summary>Since when a reading is beyond, µs; those not raised yet.</summary>
    private readonly Dictionary<(string Group, string Channel, string Limit), long> _beyond = [];

    /// <summary>The alerts that stand after these readings. An alert whose channel has no reading stays.</summary>
    /// <param name="nowUs">What a limit's hold is measured on, µs.</param>
    /// <param name="sinceUs">Stamped on an alert, µs of the hub's clock; null = the same.</param>
    public ImmutableArray<RaisedAlert> Judge(IReadOnlyList<LessonLimit> limits, IReadOnlyList<LimitReading> readings, ImmutableArray<RaisedAlert> raised, long nowUs, long? sinceUs = null)
    {
        var after = raised.ToBuilder();
        foreach (var reading in readings)
        {
            foreach (var limit in limits.Where(limit => limit.ObservedProperty == reading.ObservedProperty && (!reading.IsFailed || IsOutside(limit, true) || IsOutside(limit, false))))
            {
                var key = (reading.Group, reading.Channel, limit.Id);
                var at = IndexOf(after, key);
                if (at >= 0)
                {
                    if (IsBackInside(limit, reading.Value))
                    {
                        after.RemoveAt(at);
                    }

                    continue;
                }

                if (!IsBeyond(limit, reading))
                {
                    _beyond.Remove(key);
                    continue;
                }

                _beyond.TryAdd(key, nowUs);
                if (nowUs - _beyond[key] >= limit.HoldUs)
                {
                    _beyond.Remove(key);
                    after.Add(new RaisedAlert(reading.Group, reading.Channel, limit.Id, reading.Value, sinceUs ?? nowUs, false));
                }
            }
        }

        return after.Count == raised.Length && after.SequenceEqual(raised) ? raised : after.ToImmutable();
    }

    private static int IndexOf(ImmutableArray<RaisedAlert>.Builder alerts, (string Group, string Channel, string Limit) key)
    {
        for (var i = 0; i < alerts.Count; i++)
        {
            if ((alerts[i].Group, alerts[i].Channel, alerts[i].Limit) == key)
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsBeyond(LessonLimit limit, LimitReading reading) =>
        (limit.HasAbove && reading.Value > limit.Above && (!reading.IsFailed || IsOutside(limit, true))) || (limit.HasBelow && reading.Value < limit.Below && (!reading.IsFailed || IsOutside(limit, false)));

    /// <summary>Whether everything beyond a bound fails the range of its property: a teacher who asks for it means it.</summary>
    private static bool IsOutside(LessonLimit limit, bool isAbove) =>
        ObservedProperties.Default.Find(limit.ObservedProperty) is { } property && (isAbove ? limit.HasAbove && limit.Above >= property.ValidRange.Max : limit.HasBelow && limit.Below <= property.ValidRange.Min);

    private static bool IsBackInside(LessonLimit limit, double value) =>
        (!limit.HasAbove || value <= limit.Above - limit.Hysteresis) && (!limit.HasBelow || value >= limit.Below + limit.Hysteresis);
}
