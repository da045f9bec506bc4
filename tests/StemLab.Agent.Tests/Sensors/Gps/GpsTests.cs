using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using StemLab.Agent.Sensors.Serial;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Gps;

/// <summary>A receiver says where and when; without a fix it says nothing, and one that jumps is found out.</summary>
public sealed class GpsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider time = new();
    private readonly Troubles troubles = new();

    [Fact]
    public void Sentences_are_read_as_the_standard_shows_them()
    {
        Assert.True(NmeaText.TryRead("$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A", out var rmc));
        Assert.Equal((48.1173, 11.5166667, new DateTime(1994, 3, 23, 12, 35, 19, DateTimeKind.Utc)), (rmc!.Value.Latitude, rmc.Value.Longitude, DateTime.UnixEpoch.AddMicroseconds(rmc.Value.UtcUs!.Value)));
        Assert.True(NmeaText.TryRead("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47", out var gga));
        Assert.Equal((545.4, 8, 0.9), (gga!.Value.Altitude, gga.Value.Satellites, gga.Value.Hdop));
        Assert.False(NmeaText.TryRead("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,546.4,M,46.9,M,,*47", out _));
        Assert.True(NmeaText.TryRead(Sentence("GNRMC,123519.00,V,,,,,,,230326,,,N"), out var noFix));
        Assert.Equal((false, null, null), (noFix!.Value.HasFix, noFix.Value.Latitude, noFix.Value.UtcUs));
        Assert.True(NmeaText.TryRead(Sentence("GPGSV,1,1,00"), out var other));
        Assert.Null(other);
    }

    [Fact]
    public void No_text_makes_the_readers_throw() => Gen.OneOf(Gen.String, Gen.String[Gen.Char["$GPRMCA,.0123456789NEWS*AF{}\":class TPV"], 0, 80]).Sample(text =>
    {
        _ = NmeaText.TryRead(text, out _);
        _ = NmeaText.TryRead(Sentence("GPRMC," + text.Replace("*", "", StringComparison.Ordinal)), out _);
        _ = GpsdText.TryRead(text, out _);
        _ = GpsdText.TryRead("{\"class\":\"TPV\",\"mode\":3,\"time\":\"" + text.Replace("\"", "", StringComparison.Ordinal) + "\"}", out _);
    });

    [Fact]
    public async Task Positions_follow_and_without_a_fix_they_are_missing()
    {
        await using var source = Source(Rmc(0, 20.91028, 107.18426), Sentence("GPGGA,000000,2054.6168,N,10711.0556,E,1,08,0.9,2.5,M,0,M,,"), Sentence("GPRMC,000001.00,V,,,,,,,230326,,,N"), "$GPRMC,damaged*00", Rmc(2, 20.91029, 107.18426));
        var readings = await TakeAsync(source, 10);
        Assert.Equal([20.91028, 107.18426, 2.5, 8, 0.9], readings.Take(5).Select(reading => reading.Value));
        Assert.Equal([(0, MissingReason.Fault), (1, MissingReason.Fault), (2, MissingReason.Fault)], readings.Skip(5).Take(3).Select(reading => (reading.Output, reading.Missing)));
        Assert.Equal(20.91029, readings[8].Value);
        Assert.Equal(1, Fact(source, "damaged_lines"));
    }

    [Fact]
    public async Task A_position_that_jumps_is_kept_and_counted()
    {
        await using var source = Source(Rmc(0, 20.91, 107.18), Rmc(1, 20.9101, 107.18), Rmc(2, 48.1, 11.5), Rmc(3, 48.1, 11.5));
        var readings = await TakeAsync(source, 8);
        Assert.Equal([20.91, 20.9101, 48.1, 48.1], readings.Where(reading => reading.Output == 0).Select(reading => reading.Value));
        Assert.Equal(1, Fact(source, "position_jumps"));
    }

    [Fact]
    public void Its_time_counts_once_it_agrees_with_itself_and_not_while_it_jumps_or_is_years_off()
    {
        var clock = new GpsClock(time);
        var at = new DateTimeOffset(2026, 3, 23, 1, 0, 0, TimeSpan.Zero);
        Tell(at, 4);
        Assert.Null(clock.Now());
        Tell(at + TimeSpan.FromSeconds(4), 2);
        var (utc, sigma) = clock.Now()!.Value;
        Assert.InRange(((at + TimeSpan.FromSeconds(6)).ToUnixTimeMilliseconds() * 1000L) - utc, -sigma, sigma);
        Assert.False(clock.Tell((at + TimeSpan.FromHours(1)).ToUnixTimeMilliseconds() * 1000));
        Assert.Null(clock.Now());
        Assert.Equal(1, clock.Jumps);
        time.Advance(TimeSpan.FromSeconds(1));
        Tell(at + TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1), 6);
        Assert.NotNull(clock.Now());
        Assert.False(clock.Tell(new DateTimeOffset(2006, 8, 6, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000));
        Assert.Null(clock.Now());
        Tell(at, 6);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(clock.Now());

        void Tell(DateTimeOffset from, int count)
        {
            for (var i = 0; i < count; i++)
            {
                _ = clock.Tell((from.ToUnixTimeMilliseconds() + (i * 1000)) * 1000);
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }
    }

    [Fact]
    public void Messages_that_had_gathered_tell_no_time_until_they_come_live()
    {
        var clock = new GpsClock(time);
        var at = new DateTimeOffset(2026, 3, 23, 1, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;
        for (var i = 0; i < 20; i++)
        {
            Assert.True(clock.Tell(at + (i * 1_000_000L)));
        }

        Assert.Null(clock.Now());
        for (var i = 20; i < 25; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(clock.Tell(at + (i * 1_000_000L)));
        }

        Assert.NotNull(clock.Now());
    }

    [Fact]
    public async Task Gpsd_is_asked_to_watch_and_heard_and_connected_again_when_it_went()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            for (var i = 0; i < 2; i++)
            {
                using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                var stream = client.GetStream();
                var asked = new byte[64];
                var length = await stream.ReadAsync(asked, TestContext.Current.CancellationToken);
                Assert.StartsWith("?WATCH={\"enable\":true,\"json\":true}", Encoding.ASCII.GetString(asked, 0, length), StringComparison.Ordinal);
                await stream.WriteAsync(Encoding.ASCII.GetBytes("""
                    {"class":"VERSION","release":"3.22"}
                    {"class":"TPV","mode":1}
                    {"class":"SKY","hdop":1.2,"uSat":7}
                    {"class":"TPV","mode":3,"time":"2026-03-23T01:00:00.000Z","lat":20.910280000,"lon":107.184260000,"altMSL":2.5}

                    """), TestContext.Current.CancellationToken);
            }
        }, TestContext.Current.CancellationToken);
        var line = new GpsdLine("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        await using var source = new GpsSource("gps", "gpsd", line.ReadAsync, GpsdText.TryRead, line, new Ground(TimeProvider.System, new FakeLogger(), troubles, () => { }));
        var readings = await TakeAsync(source, 21);
        Assert.Equal([1.2, 2.5, 7, 20.91028, 107.18426], readings.Where(reading => reading.Missing == MissingReason.Unspecified).Take(5).Select(reading => reading.Value).Order());
        Assert.Equal(5, readings.Count(reading => reading.Missing == MissingReason.Absent));
        await serving;
    }

    private static string Rmc(int second, double latitude, double longitude) => Sentence(FormattableString.Invariant(
        $"GPRMC,0000{second:00}.00,A,{(int)latitude:00}{(latitude % 1) * 60:00.0000000},N,{(int)longitude:000}{(longitude % 1) * 60:00.0000000},E,0,0,230326,,,A"));

    private static string Sentence(string text) => $"${text}*{text.Aggregate(0, (sum, c) => sum ^ c) & 0xFF:X2}";

    private static double? Fact(GpsSource source, string quantity) => source.Health.Single(fact => fact.Quantity == quantity).Read();

    private static async Task<List<TimedReading>> TakeAsync(GpsSource source, int count)
    {
        var taken = new List<TimedReading>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(Patience);
        await foreach (var reading in source.ReadAsync(0, 0, stop.Token))
        {
            taken.Add(reading);
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    /// <summary>A source that hears these lines, a second apart, and then nothing.</summary>
    private GpsSource Source(params string[] lines)
    {
        var next = 0;
        return new GpsSource("gps", "a test", HearAsync, NmeaText.TryRead, new MemoryStream(), new Ground(time, new FakeLogger(), troubles, () => { }));

        async ValueTask<Heard> HearAsync(CancellationToken cancellationToken)
        {
            if (next == lines.Length)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            time.Advance(TimeSpan.FromSeconds(0.5));
            return new Heard(LineOutcome.Line, lines[next++], Words.None);
        }
    }
}
