using System.Collections.Immutable;
using System.Text.Json;

namespace StemLab.Hub.Phyphox;

/// <summary>What one post of phyphox says, read from its bytes. Immutable; pure; any bytes give a post or a reason.</summary>
/// <param name="Key">What the phone shows.</param>
/// <param name="Rows">Port, seconds before the post was sent (0 or more), value; ascending in time within a port.</param>
/// <param name="Unused">Numbers without a time, without a value, or longer ago than a day.</param>
internal sealed record PhyphoxPost(long Key, ImmutableArray<(PhoneSensor Sensor, string Port, double AgoS, double Value)> Rows, int Unused)
{
    public const int MostBytes = 1 << 20;
    private const int MostRows = 50_000;
    private const double MostAgoS = 86_400;

    /// <summary>The post, or null with the reason.</summary>
    /// <param name="body">JSON as phyphox writes it.</param>
    /// <param name="reason">Empty, "not_json", "no_key", "no_time", "too_many".</param>
    public static PhyphoxPost? Read(ReadOnlyMemory<byte> body, out string reason)
    {
        reason = "";
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                reason = "not_json";
                return null;
            }

            if (!root.TryGetProperty("key", out var shown) || shown.ValueKind != JsonValueKind.Number || !shown.TryGetDouble(out var number) || number is not (> 0 and < 9e15))
            {
                reason = "no_key";
                return null;
            }

            if (!root.TryGetProperty("time", out var time) || TimeBlock.Read(time) is not { } clock)
            {
                reason = "no_time";
                return null;
            }

            var rows = ImmutableArray.CreateBuilder<(PhoneSensor, string, double, double)>();
            var unused = 0;
            foreach (var sensor in PhoneSensor.All)
            {
                unused += Add(rows, root, sensor, clock);
                if (rows.Count > MostRows)
                {
                    reason = "too_many";
                    return null;
                }
            }

            return new PhyphoxPost((long)number, rows.ToImmutable(), unused);
        }
        catch (JsonException)
        {
            reason = "not_json";
            return null;
        }
    }

    private static int Add(ImmutableArray<(PhoneSensor, string, double, double)>.Builder rows, JsonElement root, PhoneSensor sensor, TimeBlock clock)
    {
        if (!root.TryGetProperty(sensor.TimeBuffer, out var times) || times.ValueKind != JsonValueKind.Array)
        {
            return 0;
        }

        var unused = 0;
        foreach (var (buffer, port) in sensor.Ports)
        {
            if (!root.TryGetProperty(buffer, out var values) || values.ValueKind != JsonValueKind.Array)
            {
                continue;
            }

            var before = double.PositiveInfinity;
            foreach (var (at, value) in times.EnumerateArray().Zip(values.EnumerateArray()))
            {
                if (at.ValueKind != JsonValueKind.Number || value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var measured) || !double.IsFinite(measured)
                    || clock.AgoS(at.GetDouble()) is not (>= 0 and <= MostAgoS and var ago) || ago >= before)
                {
                    unused++;
                    continue;
                }

                before = ago;
                rows.Add((sensor, port, ago, measured));
            }

            unused += Math.Abs(times.GetArrayLength() - values.GetArrayLength());
        }

        return unused;
    }
}

/// <summary>The times phyphox sends: when the post was made, and what the experiment's clock showed at each start and pause, by the phone's clock. Immutable.</summary>
internal sealed record TimeBlock(double NowS, ImmutableArray<(double ExperimentS, double SystemS)> Starts)
{
    /// <summary>Null when it has no now and no start.</summary>
    public static TimeBlock? Read(JsonElement time)
    {
        if (time.ValueKind != JsonValueKind.Object || !Number(time, "now", out var now) || !time.TryGetProperty("events", out var events) || events.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var starts = ImmutableArray.CreateBuilder<(double, double)>();
        foreach (var one in events.EnumerateArray())
        {
            if (one.ValueKind == JsonValueKind.Object && one.TryGetProperty("event", out var kind) && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("START")
                && Number(one, "experimentTime", out var experiment) && Number(one, "systemTime", out var system))
            {
                starts.Add((experiment, system));
            }
        }

        return starts.Count > 0 ? new TimeBlock(now, starts.ToImmutable()) : null;
    }

    /// <summary>How long before the post a moment of the experiment was, s. Only differences of the phone's clock count, so it may be a day off.</summary>
    public double AgoS(double experimentS)
    {
        var (experiment, system) = Starts.LastOrDefault(start => start.ExperimentS <= experimentS, Starts[0]);
        // A sensor's stamp may run a little ahead of the system's clock.
        var ago = NowS - (system + (experimentS - experiment));
        return ago is > -0.5 and < 0 ? 0 : ago;
    }

    private static bool Number(JsonElement of, string name, out double value)
    {
        value = 0;
        return of.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out value) && double.IsFinite(value);
    }
}
