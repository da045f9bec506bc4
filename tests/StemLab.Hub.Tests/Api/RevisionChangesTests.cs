using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Api;

public sealed class RevisionChangesTests
{
    [Fact]
    public async Task What_changed_between_two_revisions_is_said_in_two_languages_and_as_spans()
    {
        await using DeriveFixture hub = await OpenAsync();
        Id128 probe = new(0x77);
        SeriesId series = await hub.RowsAsync("ph", "ph", "[pH]", (10 * Second, 7), (20 * Second, 7), (30 * Second, 7));
        hub.State(new UtcAnchor(Boot, 0, Utc0, 1000, "gps"));
        hub.State(new Deployment(Agent, "ph", probe, "", "", Instant.AtUtc(0)));
        hub.Tie(Boot, 5 * Second, aheadUs: 0);
        hub.Tie(Boot, 6 * Second, aheadUs: 0);
        long before = hub.Book.Current.Revision;
        Fact calibration = hub.State(new Calibration(probe, "", "", "", "", 1, 0.1, Instant.AtBoot(Boot, 20 * Second), ""));
        Fact undone = hub.State(new Withdrawal("nhầm chai"), calibration.FactId);

        V1.DescribeChangesResponse all = RevisionChanges.Between(hub.Book, 0, undone.Revision);
        V1.DescribeChangesResponse stated = RevisionChanges.Between(hub.Book, before, calibration.Revision);
        V1.DescribeChangesResponse both = RevisionChanges.Between(hub.Book, before, undone.Revision);

        Assert.Equal(["utc_anchor", "deployment", "calibration", "withdrawal", "clock_tie"], all.Changes.Select(change => change.Kind));
        Assert.Equal(2, all.Changes[^1].Count);
        V1.FactChange change = Assert.Single(stated.Changes);
        Assert.Equal((calibration.FactId.ToString(), true), (change.FactId, change.InForce));
        Assert.Equal("Probe ag-1 ph was calibrated, in force from 2026-05-28 20:27 UTC.", change.TextEn);
        Assert.Equal("Đầu đo ag-1 ph được hiệu chuẩn, có hiệu lực từ 2026-05-28 20:27 UTC.", change.TextVi);
        V1.Changed span = Assert.Single(stated.Spans);
        Assert.Equal((hub.Book.Current.Series(series).Channel.Name, Utc0 + (20 * Second), Utc0 + (30 * Second) + 1), (span.Channel, span.StartTimeUs, span.EndTimeUs));

        // Stated and taken back: it is told, and nothing reads differently.
        Assert.Equal([false, true], both.Changes.Select(one => one.InForce));
        Assert.StartsWith("Rút lại (nhầm chai): Đầu đo ag-1 ph được hiệu chuẩn", both.Changes[1].TextVi, StringComparison.Ordinal);
        Assert.Empty(both.Spans);
    }
}
