using StemLab.Science.Properties;

namespace StemLab.Science.Quality;

/// <summary>How a distance on the Earth is computed.</summary>
public enum DistanceMethod
{
    /// <summary>Sphere of 6,371,000 m.</summary>
    Haversine = 0,

    /// <summary>Ellipsoid WGS 84.</summary>
    Wgs84 = 1,
}

/// <summary>Is the place possible, inside the area, and reachable in the time? QARTOD location (test 3), Argo speed. Degrees; NaN = missing. Pure.</summary>
public static class PlaceChecks
{
    /// <summary>Fails impossible coordinates and half-missing ones; suspects steps that are too far. In StemLab's way.</summary>
    /// <param name="lonDeg">Longitude, deg, -180 … 180.</param>
    /// <param name="latDeg">Latitude, deg, -90 … 90.</param>
    /// <param name="farthestM">A longer step between values = suspect, m; null = not asked.</param>
    /// <param name="method">How distance is computed.</param>
    /// <param name="flags">Receives one verdict per place.</param>
    public static void Location(ReadOnlySpan<double> lonDeg, ReadOnlySpan<double> latDeg, double? farthestM, DistanceMethod method, Span<QcFlag> flags) =>
        Location(lonDeg, latDeg, farthestM, method, QcMode.StemLab, flags);

    /// <summary>Fails impossible coordinates and half-missing ones; suspects steps that are too far.</summary>
    /// <param name="lonDeg">Longitude, deg, -180 … 180.</param>
    /// <param name="latDeg">Latitude, deg, -90 … 90.</param>
    /// <param name="farthestM">A longer step between values = suspect, m; null = not asked.</param>
    /// <param name="method">How distance is computed.</param>
    /// <param name="mode">With <see cref="QcMode.Ioos"/> and <see cref="DistanceMethod.Haversine"/> a step from or to a missing place counts as one radius of the Earth, and two places alone have no step.</param>
    /// <param name="flags">Receives one verdict per place.</param>
    public static void Location(ReadOnlySpan<double> lonDeg, ReadOnlySpan<double> latDeg, double? farthestM, DistanceMethod method, QcMode mode, Span<QcFlag> flags)
    {
        Series.SameLength(lonDeg.Length, latDeg.Length, nameof(latDeg));
        Series.SameLength(lonDeg.Length, flags.Length, nameof(flags));
        if (!Enum.IsDefined(method))
            throw new ArgumentException($"There is no distance method {method}.", nameof(method));
        var isByAccident = mode == QcMode.Ioos && method == DistanceMethod.Haversine;
        for (var i = 0; i < flags.Length; i++)
        {
            var step = i == 0 || (isByAccident && flags.Length == 2) ? double.NaN : Geodesy.DistanceM(latDeg[i - 1], lonDeg[i - 1], latDeg[i], lonDeg[i], method);
            if (isByAccident && i > 0 && flags.Length > 2 && double.IsNaN(latDeg[i - 1] + lonDeg[i - 1] + latDeg[i] + lonDeg[i]))
                step = Geodesy.SphereRadiusM;
            var (isLonGone, isLatGone) = (double.IsNaN(lonDeg[i]), double.IsNaN(latDeg[i]));
            flags[i] = Math.Abs(lonDeg[i]) > 180 || Math.Abs(latDeg[i]) > 90 || (isLonGone != isLatGone && !(isByAccident && step > farthestM)) ? QcFlag.Fail
                : step > farthestM ? QcFlag.Suspect
                : isLonGone ? QcFlag.Missing
                : QcFlag.Pass;
        }
    }

    /// <summary>Fails places outside (or inside) an area. The border belongs to the outside.</summary>
    /// <param name="lonDeg">Longitude, deg.</param>
    /// <param name="latDeg">Latitude, deg.</param>
    /// <param name="polygon">At least three corners (longitude, latitude), deg; closed by itself. Not across the 180th meridian.</param>
    /// <param name="failInside">True to fail what is inside instead.</param>
    /// <param name="flags">Receives one verdict per place.</param>
    public static void InArea(ReadOnlySpan<double> lonDeg, ReadOnlySpan<double> latDeg, IReadOnlyList<(double LonDeg, double LatDeg)> polygon, bool failInside, Span<QcFlag> flags)
    {
        ArgumentNullException.ThrowIfNull(polygon);
        Series.SameLength(lonDeg.Length, latDeg.Length, nameof(latDeg));
        Series.SameLength(lonDeg.Length, flags.Length, nameof(flags));
        if (polygon.Count < 3 || polygon.Any(corner => !double.IsFinite(corner.LonDeg) || !double.IsFinite(corner.LatDeg)))
            throw new ArgumentException("An area needs at least three corners.", nameof(polygon));
        for (var i = 0; i < flags.Length; i++)
        {
            flags[i] = double.IsNaN(lonDeg[i]) || double.IsNaN(latDeg[i]) ? QcFlag.Missing
                : Geodesy.IsInside(lonDeg[i], latDeg[i], polygon) == failInside ? QcFlag.Fail
                : QcFlag.Pass;
        }
    }

    /// <summary>Suspects and fails places that could not be reached in the time.</summary>
    /// <param name="lonDeg">Longitude, deg.</param>
    /// <param name="latDeg">Latitude, deg.</param>
    /// <param name="tUs">Time of each place, µs.</param>
    /// <param name="suspect">Faster = suspect, m/s.</param>
    /// <param name="fail">Faster = fail, m/s.</param>
    /// <param name="mode">With <see cref="QcMode.Ioos"/> time counts in whole seconds, the place after a missing one is missing too, and equal times make any step infinite.</param>
    /// <param name="flags">Receives one verdict per place; 2 for the first.</param>
    public static void Speed(ReadOnlySpan<double> lonDeg, ReadOnlySpan<double> latDeg, ReadOnlySpan<long> tUs, double suspect, double fail, QcMode mode, Span<QcFlag> flags)
    {
        Series.SameLength(lonDeg.Length, latDeg.Length, nameof(latDeg));
        Series.SameLength(lonDeg.Length, tUs.Length, nameof(tUs));
        Series.SameLength(lonDeg.Length, flags.Length, nameof(flags));
        for (var i = 0; i < flags.Length; i++)
        {
            var isMissing = double.IsNaN(lonDeg[i]) || double.IsNaN(latDeg[i]);
            var isUnreached = i > 0 && (double.IsNaN(lonDeg[i - 1]) || double.IsNaN(latDeg[i - 1]));
            if (i == 0 || isMissing || (isUnreached && mode == QcMode.Ioos))
            {
                flags[i] = i > 0 || (isMissing && mode == QcMode.StemLab) ? QcFlag.Missing : QcFlag.NotEvaluated;
                continue;
            }

            var seconds = Series.Seconds(tUs[i], tUs[i - 1], mode);
            var speed = Math.Abs(Geodesy.DistanceM(latDeg[i - 1], lonDeg[i - 1], latDeg[i], lonDeg[i], DistanceMethod.Wgs84) / seconds);
            flags[i] = speed > fail ? QcFlag.Fail
                : speed > suspect ? QcFlag.Suspect
                : mode == QcMode.StemLab && double.IsNaN(speed) ? QcFlag.NotEvaluated
                : QcFlag.Pass;
        }
    }

    /// <summary>A rectangle as corners.</summary>
    /// <param name="lonDeg">West to east, deg.</param>
    /// <param name="latDeg">South to north, deg.</param>
    /// <returns>Four corners (longitude, latitude), deg.</returns>
    public static IReadOnlyList<(double LonDeg, double LatDeg)> Rectangle(ValueRange lonDeg, ValueRange latDeg) =>
        [(lonDeg.Min, latDeg.Min), (lonDeg.Max, latDeg.Min), (lonDeg.Max, latDeg.Max), (lonDeg.Min, latDeg.Max)];
}
