using System.Globalization;
using System.Text.Json;
using StemLab.Science.Properties;
using StemLab.Science.Quality;

namespace StemLab.Science.Vectors;

public sealed class QartodVectors
{
    [Fact]
    public void Every_qartod_vector_passes() => Run(null);

    internal static void Run(string? folder) => VectorFiles.Run("qartod", Function, Miss, folder);

    private static string Function(JsonElement one) => one.GetProperty("function").GetString()!;

    private static string? Miss(JsonElement document, JsonElement one)
    {
        var expected = one.GetProperty("expected");
        if (expected.TryGetProperty("reference_crashes", out _))
            return null;
        if (expected.TryGetProperty("error", out _))
        {
            try
            {
                Flags(Function(one), one.GetProperty("inputs"));
                return "was not refused";
            }
            catch (ArgumentException)
            {
                return null;
            }
        }

        var flags = Digits(Flags(Function(one), one.GetProperty("inputs")));
        var wanted = string.Concat(expected.GetProperty("flags").EnumerateArray().Select(flag => flag.GetInt32().ToString(CultureInfo.InvariantCulture)));
        return flags == wanted ? null : $"{Environment.NewLine}  expected {wanted}{Environment.NewLine}  found    {flags}";
    }

    internal static string Digits(QcFlag[] flags) => string.Create(flags.Length, flags, (text, all) =>
    {
        for (var i = 0; i < text.Length; i++)
            text[i] = (char)('0' + (byte)all[i]);
    });

    private static QcFlag[] Flags(string function, JsonElement inputs)
    {
        if (function == "qartod_compare")
            return QcFlags.Aggregate([.. inputs.GetProperty("vectors").EnumerateArray().Select(vector => vector.EnumerateArray().Select(flag => (QcFlag)flag.GetByte()).ToArray())]);
        if (function == "syntax_test")
            return Syntax(inputs);

        var values = VectorFiles.Numbers(inputs, "values");
        var times = Times(inputs);
        var (lon, lat, depth) = (VectorFiles.Numbers(inputs, "lon"), VectorFiles.Numbers(inputs, "lat"), VectorFiles.Numbers(inputs, "depth_m"));
        var flags = new QcFlag[Math.Max(Math.Max(values.Length, times.Length), Math.Max(lon.Length, depth.Length))];
        var (suspect, fail) = (VectorFiles.Number(inputs, "suspect_threshold"), VectorFiles.Number(inputs, "fail_threshold"));
        switch (function)
        {
            case "gross_range_test":
                RangeChecks.GrossRange(values, Span(inputs, "fail_span")!.Value, Span(inputs, "suspect_span"), flags);
                break;
            case "percentile_range_test":
                RangeChecks.PercentileRange(
                    values, VectorFiles.Number(inputs, "low_percentile") ?? 5, VectorFiles.Number(inputs, "hi_percentile") ?? 95, VectorFiles.Number(inputs, "pad") ?? 0, flags);
                break;
            case "climatology_test":
                new Climatology([.. inputs.GetProperty("config").EnumerateArray().Select(Member)]).Check(values, times, depth, QcMode.Ioos, flags);
                break;
            case "spike_test":
                ChangeChecks.Spike(values, suspect, fail, Method(inputs), QcMode.Ioos, flags);
                break;
            case "rate_of_change_test":
                ChangeChecks.RateOfChange(values, times, VectorFiles.Number(inputs, "threshold"), fail, QcMode.Ioos, flags);
                break;
            case "flat_line_test":
                StillnessChecks.FlatLine(values, times, suspect!.Value, fail!.Value, VectorFiles.Number(inputs, "tolerance") ?? 0, null, QcMode.Ioos, flags);
                break;
            case "attenuated_signal_test":
                Attenuated(inputs, values, times, flags);
                break;
            case "time_gap_test":
                TimingChecks.TimeGap(times, VectorFiles.Number(inputs, "fail_span") ?? 2, QcMode.Ioos, flags);
                break;
            case "data_reception_test":
                TimingChecks.DataReception(times, VectorFiles.Number(inputs, "fail_span") ?? 6, Micros(VectorFiles.Number(inputs, "from_time")!.Value), flags);
                break;
            case "impossible_date_test":
                Impossible(inputs, times, flags);
                break;
            case "duplicate_timestamp_test":
                TimingChecks.DuplicateTime(times, flags);
                break;
            case "density_inversion_test":
                CompanionChecks.DensityInversion(values, depth, suspect, fail, flags);
                break;
            case "location_test":
                PlaceChecks.Location(lon, lat, VectorFiles.Number(inputs, "range_max"), Distance(inputs), QcMode.Ioos, flags);
                break;
            case "location_bounds_test":
                PlaceChecks.InArea(lon, lat, Polygon(inputs.GetProperty("shape")), IsInside(inputs), flags);
                break;
            case "speed_test":
                PlaceChecks.Speed(lon, lat, times, suspect!.Value, fail!.Value, QcMode.Ioos, flags);
                break;
            default:
                throw new NotSupportedException($"no such test here: {function}");
        }

        return flags;
    }

    private static void Attenuated(JsonElement inputs, double[] values, long[] times, QcFlag[] flags)
    {
        var measure = inputs.TryGetProperty("check_type", out var type) ? type.GetString() : "std";
        var fewest = VectorFiles.Number(inputs, "min_obs") is { } count ? (int)count
            : VectorFiles.Number(inputs, "min_period") is { } seconds ? StillnessChecks.FewestIn(times, seconds, QcMode.Ioos)
            : (int?)null;
        StillnessChecks.AttenuatedSignal(
            values,
            times,
            VectorFiles.Number(inputs, "suspect_threshold")!.Value,
            VectorFiles.Number(inputs, "fail_threshold")!.Value,
            measure switch { "std" => SignalMeasure.StandardDeviation, "range" => SignalMeasure.Range, _ => throw new ArgumentException(measure) },
            VectorFiles.Number(inputs, "test_period"),
            fewest,
            flags);
    }

    private static void Impossible(JsonElement inputs, long[] times, QcFlag[] flags)
    {
        long? low = null, high = null;
        if (inputs.TryGetProperty("fail_span", out var span) && span.ValueKind == JsonValueKind.Array)
            (low, high) = ((long)Moment(span[0]), (long)Moment(span[1]));
        TimingChecks.ImpossibleDate(times, (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, low, high, flags);
    }

    private static QcFlag[] Syntax(JsonElement inputs)
    {
        var lines = inputs.GetProperty("values").EnumerateArray().Select(line => line.GetString()!).ToArray();
        var unit = inputs.TryGetProperty("lentype", out var type) ? type.GetString()!.Trim() : "char";
        var flags = new QcFlag[lines.Length];
        SyntaxCheck.Length(
            lines,
            VectorFiles.Number(inputs, "nchar")!.Value,
            string.Equals(unit, "char", StringComparison.OrdinalIgnoreCase) ? LengthUnit.Characters
                : string.Equals(unit, "byte", StringComparison.OrdinalIgnoreCase) ? LengthUnit.HexBytes
                : throw new ArgumentException(unit),
            inputs.TryGetProperty("delimiter", out var delimiter) ? delimiter.GetString() : null,
            flags);
        return flags;
    }

    private static ClimatologyMember Member(JsonElement member)
    {
        var period = member.TryGetProperty("period", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        var time = member.GetProperty("tspan");
        return new ClimatologyMember(
            period switch
            {
                null => CalendarPeriod.None,
                "year" => CalendarPeriod.Year,
                "month" => CalendarPeriod.Month,
                "day" => CalendarPeriod.Day,
                "hour" => CalendarPeriod.Hour,
                "quarter" => CalendarPeriod.Quarter,
                "week" or "weekofyear" => CalendarPeriod.WeekOfYear,
                "dayofyear" or "day_of_year" => CalendarPeriod.DayOfYear,
                "dayofweek" or "day_of_week" or "weekday" => CalendarPeriod.DayOfWeek,
                _ => throw new ArgumentException(period),
            },
            ValueRange.Between(Moment(time[0]), Moment(time[1])),
            Span(member, "vspan")!.Value,
            Span(member, "fspan"),
            Span(member, "zspan"));
    }

    private static double Moment(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? (DateTimeOffset.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) - DateTimeOffset.UnixEpoch).Ticks / 10d
        : value.GetDouble();

    private static ValueRange? Span(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var span) || span.ValueKind != JsonValueKind.Array)
            return null;
        return span.GetArrayLength() == 2 ? ValueRange.Between(span[0].GetDouble(), span[1].GetDouble()) : throw new ArgumentException(name);
    }

    private static SpikeMethod Method(JsonElement inputs) => (inputs.TryGetProperty("method", out var method) ? method.GetString() : "average") switch
    {
        "average" or null => SpikeMethod.Average,
        "differential" => SpikeMethod.Differential,
        var other => throw new ArgumentException(other),
    };

    /// <summary>Read only where a distance is asked for: ioos_qc does not look at it otherwise.</summary>
    private static DistanceMethod Distance(JsonElement inputs) => VectorFiles.Number(inputs, "range_max") is null ? DistanceMethod.Haversine : (inputs.TryGetProperty("range_method", out var method) ? method.GetString() : "haversine") switch
    {
        "haversine" or null => DistanceMethod.Haversine,
        "wgs84" => DistanceMethod.Wgs84,
        var other => throw new ArgumentException(other),
    };

    private static bool IsInside(JsonElement inputs) => (inputs.TryGetProperty("flag_area", out var area) ? area.GetString() : "outside") switch
    {
        "outside" or null => false,
        "inside" => true,
        var other => throw new ArgumentException(other),
    };

    private static IReadOnlyList<(double, double)> Polygon(JsonElement shape)
    {
        if (shape.ValueKind == JsonValueKind.Object)
            shape = shape.GetProperty("polygon");
        if (shape.GetArrayLength() == 4 && shape[0].ValueKind == JsonValueKind.Number)
            return PlaceChecks.Rectangle(ValueRange.Between(shape[0].GetDouble(), shape[2].GetDouble()), ValueRange.Between(shape[1].GetDouble(), shape[3].GetDouble()));
        return [.. shape.EnumerateArray().Select(corner => (corner[0].GetDouble(), corner[1].GetDouble()))];
    }

    private static long[] Times(JsonElement inputs) =>
        [.. VectorFiles.Numbers(inputs, "time_s").Select(seconds => double.IsNaN(seconds) ? QcFlags.MissingTime : Micros(seconds))];

    private static long Micros(double seconds) => (long)Math.Round(seconds * 1e6);
}
