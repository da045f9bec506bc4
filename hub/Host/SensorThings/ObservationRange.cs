using System.Collections.Immutable;

namespace StemLab.Hub.SensorThings;

/// <summary>What a filter of observations says of time and of the Datastream, taken out so that only what is left is asked row by row. Immutable, pure.</summary>
internal sealed class ObservationRange
{
    private readonly ImmutableArray<FilterNode> _ofStream;

    public ObservationRange(FilterNode? filter)
    {
        var ofStream = ImmutableArray.CreateBuilder<FilterNode>();
        var rest = ImmutableArray.CreateBuilder<FilterNode>();
        foreach (FilterNode part in filter?.Parts() ?? [])
        {
            if (TryTime(part, out (long FromUtcUs, long ToUtcUs) bound))
            {
                (FromUtcUs, ToUtcUs) = (Math.Max(FromUtcUs, bound.FromUtcUs), Math.Min(ToUtcUs, bound.ToUtcUs));
            }
            else if (part.Paths.Any() && part.Paths.All(path => path.StartsWith("Datastream/", StringComparison.Ordinal)))
            {
                ofStream.Add(part);
            }
            else
            {
                rest.Add(part);
            }
        }

        _ofStream = ofStream.ToImmutable();
        Rest = rest.Count == 0 ? null : rest.ToImmutable();
    }

    /// <summary>First moment asked for.</summary>
    public long FromUtcUs { get; } = long.MinValue;

    /// <summary>First moment no longer asked for.</summary>
    public long ToUtcUs { get; } = long.MaxValue;

    /// <summary>What must hold of each observation besides; null = nothing.</summary>
    public ImmutableArray<FilterNode>? Rest { get; }

    /// <summary>False for a Datastream none of whose observations is asked for.</summary>
    public bool MayHold(Func<string, object?> lookAtStream) => _ofStream.All(part => part.Holds(path => lookAtStream(path["Datastream/".Length..])));

    /// <summary>"phenomenonTime ge 2026-…", either way round.</summary>
    private static bool TryTime(FilterNode part, out (long FromUtcUs, long ToUtcUs) bound)
    {
        bound = (long.MinValue, long.MaxValue);
        if (part is not FilterCall { Arguments: [var left, var right] } call)
        {
            return false;
        }

        (string name, FilterNode constant) = (left, right) switch
        {
            (FilterPath { Path: "phenomenonTime" }, FilterConstant) => (call.Name, right),
            (FilterConstant, FilterPath { Path: "phenomenonTime" }) => (call.Name switch { "gt" => "lt", "ge" => "le", "lt" => "gt", "le" => "ge", var same => same }, left),
            _ => ("", left),
        };
        if (constant is not FilterConstant { Constant: DateTimeOffset time })
        {
            return false;
        }

        long us = (time - DateTimeOffset.UnixEpoch).Ticks / 10;
        (bool isKnown, bound) = name switch
        {
            "gt" => (true, (us + 1, long.MaxValue)),
            "ge" => (true, (us, long.MaxValue)),
            "lt" => (true, (long.MinValue, us)),
            "le" => (true, (long.MinValue, us + 1)),
            "eq" => (true, (us, us + 1)),
            _ => (false, bound),
        };
        return isKnown;
    }
}
