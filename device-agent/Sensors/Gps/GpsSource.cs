using System.Runtime.CompilerServices;
using StemLab.Agent.Sensors.Serial;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Gps;

/// <summary>Hears a line of a receiver: a serial port, gpsd. Never throws but for the token.</summary>
internal delegate ValueTask<Heard> HearLine(CancellationToken cancellationToken);

/// <summary>Reads a line; false where it is damaged.</summary>
internal delegate bool ReadGps(string line, out GpsReport? report);

/// <summary>
/// A GPS receiver: where the agent is, and what time it is (<see cref="Time"/>). Positions have the time of their message's arrival. Without a fix they are missing. One reader.
/// </summary>
internal sealed class GpsSource : ITimedSource
{
    private const int Latitude = 0;
    private const int Longitude = 1;
    private const int Altitude = 2;
    private const int Satellites = 3;
    private const int Hdop = 4;

    // Faster than any boat or bus of a class; a position that seems so is kept as it is, and counted.
    private const double FastestMetresPerSecond = 60;
    private const double Slack = 100;
    private const double MetresPerDegree = 111_320;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly HearLine hear;
    private readonly ReadGps read;
    private readonly IDisposable owned;
    private readonly Ground ground;
    private readonly TroubleLine trouble;
    private (double Latitude, double Longitude, long At)? before;
    private long damaged;
    private int jumps;

    /// <param name="port">Port of its inputs.</param>
    /// <param name="place">Where it hangs, for people.</param>
    /// <param name="hear">Hears a line.</param>
    /// <param name="read">Reads a line.</param>
    /// <param name="owned">Closed with the source.</param>
    /// <param name="ground">Clock and log.</param>
    public GpsSource(string port, string place, HearLine hear, ReadGps read, IDisposable owned, Ground ground)
    {
        (this.hear, this.read, this.owned, this.ground) = (hear, read, owned, ground);
        Time = new GpsClock(ground.Time);
        trouble = new TroubleLine($"{port} (GPS, {place})", ground);
        Description = new ProbeDescription($"{port} (GPS, {place})", TimeSpan.Zero,
        [
            new OutputDescription(port, "latitude", "deg"), new OutputDescription(port, "longitude", "deg"), new OutputDescription(port, "altitude", "m"),
            new OutputDescription(port, "gps_satellites", "1"), new OutputDescription(port, "gps_hdop", "1"),
        ]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <inheritdoc/>
    public SourceClock Clock { get; } = SourceClock.Device(TimeSpan.Zero);

    /// <summary>What the receiver says of the time.</summary>
    public GpsClock Time { get; }

    /// <inheritdoc/>
    public IReadOnlyList<HealthFact> Health =>
    [
        new("position_jumps", "1", new Words("Times the position jumped", "Số lần vị trí nhảy"), () => Volatile.Read(ref jumps)),
        new("time_jumps", "1", new Words("Times its clock jumped", "Số lần đồng hồ của nó nhảy"), () => Time.Jumps),
        new("damaged_lines", "1", new Words("Lines with a wrong checksum", "Số dòng có mã kiểm tra sai"), () => Volatile.Read(ref damaged)),
    ];

    /// <inheritdoc/>
    public async IAsyncEnumerable<TimedReading> ReadAsync(long fromTUs, long nowTUs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isThere = true;
        while (true)
        {
            var heard = await hear(cancellationToken);
            if (heard.Outcome == LineOutcome.Gone)
            {
                trouble.Say(heard.Why);
                for (var i = 0; isThere && i < Description.Outputs.Length; i++)
                {
                    yield return new TimedReading(i, TimedReading.OnArrival, 0, MissingReason.Absent);
                }

                isThere = false;
                before = null;
                await Task.Delay(LookAgain, ground.Time, cancellationToken);
                continue;
            }

            if (heard.Outcome == LineOutcome.TooLong || !read(heard.Text, out var report))
            {
                Interlocked.Increment(ref damaged);
                continue;
            }

            foreach (var reading in report is { } said ? ReadingsOf(said) : [])
            {
                isThere = true;
                yield return reading;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        owned.Dispose();
        return ValueTask.CompletedTask;
    }

    private List<TimedReading> ReadingsOf(GpsReport report)
    {
        var readings = new List<TimedReading>();
        if (report.HasFix == false && report.Satellites is null)
        {
            before = null;
            trouble.Say(new Words("it has no fix: it needs the open sky, and after a pause some minutes", "nó chưa định vị được: cần bầu trời thoáng, và vài phút sau khi nghỉ"));
            return [Without(Latitude), Without(Longitude), Without(Altitude)];
        }

        if (report is { Latitude: { } latitude, Longitude: { } longitude })
        {
            var isBelieved = report.UtcUs is not { } utc || Time.Tell(utc);
            var jumped = HasJumped(latitude, longitude);
            if (jumped)
            {
                Interlocked.Increment(ref jumps);
                trouble.Say(new Words("its position jumps; readings are kept as they came", "vị trí của nó nhảy; số đo vẫn được giữ nguyên"));
            }
            else if (!isBelieved)
            {
                trouble.Say(new Words("its clock jumps, or is years off: its time is not used", "đồng hồ của nó nhảy, hoặc sai nhiều năm: không dùng giờ của nó"));
            }
            else
            {
                trouble.Over();
            }

            readings.Add(new TimedReading(Latitude, TimedReading.OnArrival, latitude, MissingReason.Unspecified));
            readings.Add(new TimedReading(Longitude, TimedReading.OnArrival, longitude, MissingReason.Unspecified));
        }

        Add(Altitude, report.Altitude);
        Add(Satellites, report.Satellites);
        Add(Hdop, report.Hdop);
        return readings;

        void Add(int output, double? value)
        {
            if (value is { } number)
            {
                readings.Add(new TimedReading(output, TimedReading.OnArrival, number, MissingReason.Unspecified));
            }
        }
    }

    private static TimedReading Without(int output) => new(output, TimedReading.OnArrival, 0, MissingReason.Fault);

    private bool HasJumped(double latitude, double longitude)
    {
        var last = before;
        var now = ground.Time.GetTimestamp();
        before = (latitude, longitude, now);
        if (last is not { } from)
        {
            return false;
        }

        var north = (latitude - from.Latitude) * MetresPerDegree;
        var east = Math.IEEERemainder(longitude - from.Longitude, 360) * MetresPerDegree * Math.Cos(latitude * Math.PI / 180);
        return Math.Sqrt((north * north) + (east * east)) > Slack + (FastestMetresPerSecond * ground.Time.GetElapsedTime(from.At, now).TotalSeconds);
    }
}
