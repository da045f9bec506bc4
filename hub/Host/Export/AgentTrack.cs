using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Science.Quality;
using StemLab.Store;

namespace StemLab.Hub.Export;

/// <summary>
/// Where an agent was by its own GPS: the straight line between good fixes that are not far apart in time. Asked in ascending time; holds two fixes, however long the
/// trip. One thread, while the snapshot is open.
/// </summary>
internal sealed class AgentTrack
{
    /// <summary>Fixes further apart say nothing about the time between: at 5 km/h a boat goes 80 m in a minute.</summary>
    public const long LongestGapUs = 60_000_000;

    private const string Latitude = "latitude";
    private const string Longitude = "longitude";

    private readonly Degrees _latitudes;
    private readonly Degrees _longitudes;
    private readonly int? _decimals;
    private Fix? _before;
    private Fix? _next;

    private AgentTrack(Degrees latitudes, Degrees longitudes, int? decimals)
    {
        (_latitudes, _longitudes, _decimals) = (latitudes, longitudes, decimals);
        _next = NextFix();
    }

    /// <summary>True for a channel that is one half of a place.</summary>
    public static bool IsPlace(ChannelView channel) => channel.PropertyId is Latitude or Longitude;

    /// <summary>The track over a span of UTC; null where the agent measures no place.</summary>
    /// <param name="decimals">Places are rounded to so many digits; absent = as they are.</param>
    public static AgentTrack? Of(StoreSnapshot snapshot, Derivation derivation, QualityBook quality, AgentId agent, long fromUtcUs, long toUtcUs, int? decimals, CancellationToken cancellationToken)
    {
        ChannelView? latitude = derivation.Channels.FirstOrDefault(channel => channel.Agent == agent && channel.PropertyId == Latitude);
        ChannelView? longitude = latitude is null ? null : derivation.Channels.FirstOrDefault(channel => channel.Agent == agent && channel.PropertyId == Longitude && channel.Port == latitude.Port);
        if (longitude is null)
        {
            return null;
        }

        long from = fromUtcUs < long.MinValue + LongestGapUs ? long.MinValue : fromUtcUs - LongestGapUs;
        long to = toUtcUs > long.MaxValue - LongestGapUs ? long.MaxValue : toUtcUs + LongestGapUs;
        Degrees Of(ChannelView channel) => new(new ChannelRows(snapshot, derivation, channel, from, to, quality.FlagsOf(snapshot, derivation, channel, from, to, cancellationToken)));
        return new AgentTrack(Of(latitude!), Of(longitude), decimals);
    }

    /// <summary>Degrees north and east at a time not before the last one asked for; NaN where no fix is near.</summary>
    public (double Latitude, double Longitude) At(long utcUs)
    {
        while (_next is { } next && next.UtcUs <= utcUs)
        {
            (_before, _next) = (next, NextFix());
        }

        return (_before, _next) switch
        {
            ({ } at, _) when at.UtcUs == utcUs => Rounded(at.Latitude, at.Longitude),
            ({ } before, { } next) when next.UtcUs - before.UtcUs <= LongestGapUs => Between(before, next, (utcUs - before.UtcUs) / (double)(next.UtcUs - before.UtcUs)),
            _ => (double.NaN, double.NaN),
        };
    }

    private (double Latitude, double Longitude) Between(Fix before, Fix next, double part)
    {
        // Over the date line the short way is the other one.
        double east = next.Longitude - before.Longitude;
        east -= Math.Abs(east) > 180 ? Math.CopySign(360, east) : 0;
        double longitude = before.Longitude + (part * east);
        return Rounded(before.Latitude + (part * (next.Latitude - before.Latitude)), longitude > 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude);
    }

    private (double Latitude, double Longitude) Rounded(double latitude, double longitude) =>
        _decimals is { } digits ? (Math.Round(latitude, digits), Math.Round(longitude, digits)) : (latitude, longitude);

    /// <summary>The next moment both halves were measured at.</summary>
    private Fix? NextFix()
    {
        bool has = _latitudes.TryNext() && _longitudes.TryNext();
        while (has && _latitudes.UtcUs != _longitudes.UtcUs)
        {
            has = _latitudes.UtcUs < _longitudes.UtcUs ? _latitudes.TryNext() : _longitudes.TryNext();
        }

        return has ? new Fix(_latitudes.UtcUs, _latitudes.Value, _longitudes.Value) : null;
    }

    private readonly record struct Fix(long UtcUs, double Latitude, double Longitude);

    /// <summary>The rows of one half that may be trusted, one after another.</summary>
    private sealed class Degrees(ChannelRows rows)
    {
        private RowStretch _stretch;
        private int _row;
        private int _left;

        public long UtcUs { get; private set; }

        public double Value { get; private set; }

        public bool TryNext()
        {
            while (true)
            {
                if (_left == 0)
                {
                    rows.Release();
                    if (!rows.TryNext(ExportRows.Capacity, out _stretch))
                    {
                        return false;
                    }

                    (_row, _left) = (_stretch.From, _stretch.Count);
                }

                int row = _row++;
                _left--;
                DerivedColumns columns = _stretch.Columns;
                if (columns.Flag[row] is (byte)QcFlag.Pass or (byte)QcFlag.NotEvaluated && !double.IsNaN(columns.Value[row]))
                {
                    (UtcUs, Value) = (columns.UtcUs[row], columns.Value[row]);
                    return true;
                }
            }
        }
    }
}
