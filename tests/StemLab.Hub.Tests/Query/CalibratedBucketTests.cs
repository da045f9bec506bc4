using Grpc.Core;
using Grpc.Net.Client;
using StemLab.Hub.Facts;
using StemLab.Hub.Retention;
using StemLab.V1;

namespace StemLab.Hub.Query;

/// <summary>Aggregates from chunk headers, carried through calibrations, equal those of the rows one by one.</summary>
public sealed class CalibratedBucketTests
{
    private const int Rows = 12_000;
    private const long Second = 1_000_000;

    [Theory]
    [InlineData(-2.5, 75)]
    [InlineData(1.01, -0.3)]
    public async Task Buckets_of_whole_chunks_equal_those_of_their_rows_also_with_a_falling_slope(double slope, double offset)
    {
        await using var hub = await RetentionFixture.StartAsync();
        var start = (hub.NowUs - (30 * RetentionFixture.Day)) / RetentionFixture.Day * RetentionFixture.Day;
        await hub.SendAsync("pond", start, Rows);
        await hub.Store.FlushAsync(TestContext.Current.CancellationToken);
        Calibrate(hub, 1, 0, 0);
        Calibrate(hub, slope, offset, start + (Rows / 2 * Second));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{hub.Hub.GrpcPort}");
        var readings = new ReadingService.ReadingServiceClient(channel);
        var rows = await RowsAsync(readings, hub.Channel("pond"));
        Assert.Equal(Rows, rows.Count);

        foreach (var buckets in (int[])[1, 3, 100])
        {
            using var call = readings.QueryReadings(new QueryReadingsRequest { Channels = { hub.Channel("pond") }, MaxBuckets = buckets }, cancellationToken: TestContext.Current.CancellationToken);
            await foreach (var answer in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
            {
                var block = Assert.Single(answer.Buckets);
                Assert.Equal(Rows, block.Count.Sum() + block.Excluded.Sum());
                Assert.True(block.Count.Sum() > Rows / 2, $"{block.Count.Sum()} of {Rows} readings passed their tests");
                for (var i = 0; i < block.Index.Count; i++)
                {
                    var from = block.StartTimeUs + (block.Index[i] * block.WidthUs);
                    var expected = rows.Where(row => row.Flag is not (4 or 9) && row.UtcUs >= from && row.UtcUs < from + block.WidthUs).Select(row => row.Value).ToArray();
                    Assert.Equal(expected.Length, block.Count[i]);
                    if (expected.Length == 0)
                    {
                        continue;
                    }

                    double[] told = [block.Min[i], block.Max[i], block.Mean[i], block.First[i], block.Last[i]];
                    double[] same = [expected.Min(), expected.Max(), expected.Average(), expected[0], expected[^1]];
                    Assert.All(told.Zip(same), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
                }
            }
        }
    }

    /// <summary>A calibration of the one probe at the port.</summary>
    private static void Calibrate(RetentionFixture hub, double slope, double offset, long fromUtcUs)
    {
        var (drafts, problems) = FactRequest.Read(
            new V1.Fact { Calibration = new CalibrationFact { Channel = hub.Channel("pond"), Slope = slope, Offset = offset, ValidFrom = new V1.Instant { UtcUs = fromUtcUs } } },
            hub.Facts.Current,
            hub.Get<HubNow>()(),
            FactRoles.Teacher);
        Assert.Empty(problems);
        hub.Facts.Append(drafts);
    }

    private static async Task<List<(long UtcUs, double Value, uint Flag)>> RowsAsync(ReadingService.ReadingServiceClient readings, string channel)
    {
        List<(long, double, uint)> rows = [];
        using var call = readings.QueryReadings(new QueryReadingsRequest { Channels = { channel } }, cancellationToken: TestContext.Current.CancellationToken);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            foreach (var block in answer.Blocks)
            {
                var t = block.BaseTimeUs;
                for (var i = 0; i < block.Value.Count; i++)
                {
                    t += block.DeltaTimeUs[i];
                    rows.Add((t, block.Value[i], block.Flag[block.Flag.Count == 1 ? 0 : i]));
                }
            }
        }

        return rows;
    }
}
