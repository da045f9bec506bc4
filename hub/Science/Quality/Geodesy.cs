namespace StemLab.Science.Quality;

/// <summary>Distances and areas on the Earth.</summary>
internal static class Geodesy
{
    internal const double SphereRadiusM = 6_371_000;
    private const double EquatorM = 6_378_137;
    private const double Flattening = 1 / 298.257223563;

    internal static double DistanceM(double lat1Deg, double lon1Deg, double lat2Deg, double lon2Deg, DistanceMethod method)
    {
        if (double.IsNaN(lat1Deg + lon1Deg + lat2Deg + lon2Deg))
            return double.NaN;
        // A latitude beyond the pole is no place: it has no distance on the ellipsoid.
        if (method == DistanceMethod.Wgs84 && Math.Max(Math.Abs(lat1Deg), Math.Abs(lat2Deg)) > 90)
            return double.NaN;
        return method == DistanceMethod.Wgs84 ? Vincenty(lat1Deg, lon1Deg, lat2Deg, lon2Deg) : Haversine(lat1Deg, lon1Deg, lat2Deg, lon2Deg);
    }

    /// <summary>Strictly inside; on the border is outside. Even-odd rule.</summary>
    internal static bool IsInside(double x, double y, IReadOnlyList<(double X, double Y)> polygon)
    {
        var inside = false;
        for (int i = 0, j = polygon.Count - 1; i < polygon.Count; j = i++)
        {
            var (a, b) = (polygon[i], polygon[j]);
            var cross = (b.X - a.X) * (y - a.Y) - (b.Y - a.Y) * (x - a.X);
            if (cross == 0 && x >= Math.Min(a.X, b.X) && x <= Math.Max(a.X, b.X) && y >= Math.Min(a.Y, b.Y) && y <= Math.Max(a.Y, b.Y))
                return false;
            if (a.Y > y != b.Y > y && x < (b.X - a.X) * (y - a.Y) / (b.Y - a.Y) + a.X)
                inside = !inside;
        }

        return inside;
    }

    private static double Haversine(double lat1Deg, double lon1Deg, double lat2Deg, double lon2Deg)
    {
        var (lat1, lat2) = (double.DegreesToRadians(lat1Deg), double.DegreesToRadians(lat2Deg));
        var halfLat = Math.Sin((lat2 - lat1) / 2);
        var halfLon = Math.Sin(double.DegreesToRadians(lon2Deg - lon1Deg) / 2);
        var a = halfLat * halfLat + Math.Cos(lat1) * Math.Cos(lat2) * halfLon * halfLon;
        return SphereRadiusM * 2 * Math.Atan2(Math.Sqrt(a), Math.Sqrt(Math.Max(0, 1 - a)));
    }

    /// <summary>Inverse geodesic of T. Vincenty, Survey Review 176 (1975); the sphere where it does not converge (nearly opposite points).</summary>
    private static double Vincenty(double lat1Deg, double lon1Deg, double lat2Deg, double lon2Deg)
    {
        var polarM = EquatorM * (1 - Flattening);
        var l = double.DegreesToRadians(lon2Deg - lon1Deg);
        var (sinU1, cosU1) = Math.SinCos(Math.Atan((1 - Flattening) * Math.Tan(double.DegreesToRadians(lat1Deg))));
        var (sinU2, cosU2) = Math.SinCos(Math.Atan((1 - Flattening) * Math.Tan(double.DegreesToRadians(lat2Deg))));
        var lambda = l;
        for (var i = 0; i < 200; i++)
        {
            var (sinLambda, cosLambda) = Math.SinCos(lambda);
            var sinSigma = Math.Sqrt(Math.Pow(cosU2 * sinLambda, 2) + Math.Pow(cosU1 * sinU2 - sinU1 * cosU2 * cosLambda, 2));
            if (sinSigma == 0)
                return 0;
            var cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cosLambda;
            var sigma = Math.Atan2(sinSigma, cosSigma);
            var sinAlpha = cosU1 * cosU2 * sinLambda / sinSigma;
            var cos2Alpha = 1 - sinAlpha * sinAlpha;
            var cos2SigmaM = cos2Alpha == 0 ? 0 : cosSigma - 2 * sinU1 * sinU2 / cos2Alpha;
            var c = Flattening / 16 * cos2Alpha * (4 + Flattening * (4 - 3 * cos2Alpha));
            var before = lambda;
            lambda = l + (1 - c) * Flattening * sinAlpha * (sigma + c * sinSigma * (cos2SigmaM + c * cosSigma * (-1 + 2 * cos2SigmaM * cos2SigmaM)));
            if (Math.Abs(lambda - before) > 1e-12)
                continue;
            var u2 = cos2Alpha * (EquatorM * EquatorM - polarM * polarM) / (polarM * polarM);
            var a = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
            var b = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
            var deltaSigma = b * sinSigma * (cos2SigmaM + b / 4 * (cosSigma * (-1 + 2 * cos2SigmaM * cos2SigmaM)
                - b / 6 * cos2SigmaM * (-3 + 4 * sinSigma * sinSigma) * (-3 + 4 * cos2SigmaM * cos2SigmaM)));
            return polarM * a * (sigma - deltaSigma);
        }

        return Haversine(lat1Deg, lon1Deg, lat2Deg, lon2Deg);
    }
}
