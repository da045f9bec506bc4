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

    [Fact]
    public async Task Sites_samples_and_what_is_kept_are_said_in_words_and_not_by_their_kind()
    {
        await using DeriveFixture hub = await OpenAsync();
        var pier = Id128.New();
        hub.State(new Site(pier, "pier", "Pier", "Bến tàu"));
        hub.State(new Placement(Agent, pier, Instant.AtUtc(Utc0)));
        hub.State(new Placement(Agent, null, Instant.AtUtc(Utc0 + Second)));
        hub.State(new KeptSample("agents/x/channels/y", "1", 1, 0, 3, Instant.AtBoot(Boot, Second), Instant.AtBoot(Boot, 2 * Second), "Pier", "", true, 1));
        hub.State(new RetentionRule("", [], 30 * RetentionRule.LeastKeepUs, "disk"));
        Fact last = hub.State(new Erasure("", [], 0, 0, "names", [new RemovedSpan(Boot, Agent, "ph", "ph", "[pH]", 0, 0, Second, 1)]));

        var said = RevisionChanges.Between(hub.Book, 0, last.Revision).Changes;
        Assert.Contains("The site “Pier” was named.", said.Select(change => change.TextEn));
        Assert.Contains("ag-1 ở điểm đo “Bến tàu” từ 2026-05-28 20:26 UTC.", said.Select(change => change.TextVi));
        Assert.DoesNotContain(said, change => change.TextEn.Contains("kind", StringComparison.Ordinal) || change.TextVi.Contains("loại", StringComparison.Ordinal));
    }
}
