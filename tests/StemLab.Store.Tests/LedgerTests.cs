using StemLab.Store.Writing;

namespace StemLab.Store;

public sealed class LedgerTests
{
    [Fact]
    public async Task A_block_that_overlaps_in_part_is_kept_aside_covered_and_turns_health_red()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        var outcome = await test.SubmitAsync(TestBlocks.Ramp(5, 0, 1_000_000, 10));
        Assert.Equal(new Outcome(Verdict.PartialOverlap, 2, 0, 0, 0, 0, 5), outcome);
        Assert.Equal([new SeqRangeValue(0, 15)], test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream));
        Assert.False(test.Store.Health.IsGood);
        Assert.Equal(10, test.Rows(test.Series()).Count);
        var account = test.Store.Account(TestBlocks.Agent);
        Assert.Equal((15, 10, 5), (account.Expected, account.Stored, account.Rejected));
        await test.ReopenAsync();
        Assert.Equal(1, test.Store.Health.PartialOverlaps);
        Assert.Equal(1, StoreFile.Scalar(test.Folder, "SELECT count(*) FROM aside WHERE reason = 'partial_overlap' AND length(data) > 100"));
    }

    [Fact]
    public async Task The_1025th_separate_range_is_not_receipted_until_a_gap_closes()
    {
        await using var test = await TestStore.OpenAsync();
        for (var i = 0; i < StreamLedger.MaxRanges; i++)
        {
            await test.Store.SubmitAsync(TestBlocks.Ramp((ulong)i * 2, 0, i * 10, 1), TestContext.Current.CancellationToken);
        }

        var full = await test.SubmitAsync(TestBlocks.Ramp(2048, 0, 1_000_000, 1));
        Assert.Equal(Verdict.LedgerFull, full.Verdict);
        Assert.False(full.IsCovered);
        Assert.Equal(1024, test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream).Length);
        var gap = await test.SubmitAsync(TestBlocks.Ramp(1, 0, 5, 1));
        Assert.Equal(Verdict.Stored, gap.Verdict);
        Assert.Equal(Verdict.Stored, (await test.SubmitAsync(TestBlocks.Ramp(2048, 0, 1_000_000, 1))).Verdict);
        Assert.Equal(1023, test.Store.Account(TestBlocks.Agent).Missing);
        await test.ReopenAsync();
        Assert.Equal(1024, test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream).Length);
    }

    [Fact]
    public async Task Lost_ranges_are_covered_and_counted_by_reason_and_do_not_undo_what_had_come()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        var lost = await test.SubmitAsync(new LostRange(TestBlocks.Agent, TestBlocks.Stream, 5, 20, LostReason.Cap, new byte[] { 1 }));
        Assert.Equal(Verdict.Stored, lost.Verdict);
        Assert.Equal(Verdict.Duplicate, (await test.SubmitAsync(TestBlocks.Ramp(10, 0, 100_000, 15))).Verdict);
        Assert.Equal(Verdict.Duplicate, (await test.SubmitAsync(new LostRange(TestBlocks.Agent, TestBlocks.Stream, 5, 20, LostReason.Cap, default))).Verdict);
        await test.SubmitAsync(new LostRange(TestBlocks.Agent, TestBlocks.Stream, 30, 5, LostReason.Power, default));
        var account = test.Store.Account(TestBlocks.Agent);
        Assert.Equal((35, 10, 5), (account.Expected, account.Stored, account.Missing));
        Assert.Equal((15, 5), (account.Lost[LostReason.Cap], account.Lost[LostReason.Power]));
        await test.ReopenAsync();
        Assert.Equivalent(account with { Redelivered = 0 }, test.Store.Account(TestBlocks.Agent));
    }

    [Fact]
    public async Task Poison_with_a_range_is_covered_and_without_one_only_kept()
    {
        await using var test = await TestStore.OpenAsync();
        var poison = await test.SubmitAsync(new AsideBytes(TestBlocks.Agent, TestBlocks.Stream, 0, 7, "not_protobuf", new byte[] { 1, 2, 3 }));
        Assert.Equal(new Outcome(Verdict.KeptAside, 1, 0, 0, 0, 0, 7), poison);
        Assert.Equal(Verdict.Duplicate, (await test.SubmitAsync(new AsideBytes(TestBlocks.Agent, TestBlocks.Stream, 0, 7, "not_protobuf", default))).Verdict);
        Assert.Equal(Verdict.KeptAside, (await test.SubmitAsync(new AsideBytes(null, null, 0, 0, "not_json", new byte[100_000]))).Verdict);
        Assert.Equal([new SeqRangeValue(0, 7)], test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream));
        Assert.Equal(65_536, StoreFile.Scalar(test.Folder, "SELECT max(length(data)) FROM aside"));
    }

    [Fact]
    public async Task A_column_outside_the_catalogue_and_a_sequence_past_its_end_are_kept_aside()
    {
        await using var test = await TestStore.OpenAsync();
        Assert.Equal(Verdict.KeptAside, (await test.SubmitAsync(TestBlocks.Ramp(0, 99, 0, 3))).Verdict);
        Assert.Equal([new SeqRangeValue(0, 3)], test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream));
        Assert.Equal(Verdict.KeptAside, (await test.SubmitAsync(TestBlocks.Ramp(ulong.MaxValue - 1, 0, 0, 3))).Verdict);
        Assert.Equal([new SeqRangeValue(0, 3)], test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream));
    }

    [Fact]
    public async Task A_streams_saved_end_shows_missing_rows_and_an_unknown_tail()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));
        await test.Store.DeclareAsync(
            TestBlocks.Declarations with { Streams = [new StreamDeclaration(TestBlocks.Stream, TestBlocks.Boot, 25)] },
            TestContext.Current.CancellationToken);
        var account = test.Store.Account(TestBlocks.Agent);
        Assert.Equal((25, 15, 1), (account.Expected, account.Missing, account.TailUnknownStreams));
        await test.ReopenAsync();
        Assert.Equal(15, test.Store.Account(TestBlocks.Agent).Missing);
    }

    [Fact]
    public async Task A_stream_that_ended_in_order_is_known_to_its_last_row_for_ever()
    {
        await using var test = await TestStore.OpenAsync();
        Account Now() => test.Store.Account(TestBlocks.Agent);
        ValueTask<DeclareOutcome> SayAsync(ulong? next, bool isComplete) => test.Store.DeclareAsync(
            TestBlocks.Declarations with { Streams = [new StreamDeclaration(TestBlocks.Stream, TestBlocks.Boot, next) { IsComplete = isComplete }] }, TestContext.Current.CancellationToken);
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 10));

        // While it runs the word means nothing.
        await SayAsync(null, true);
        Assert.Equal((10, 0, 0, 1), (Now().Expected, Now().Missing, Now().TailUnknownStreams, Now().OpenStreams));

        await SayAsync(12, true);
        Assert.Equal((12, 2, 0, 0), (Now().Expected, Now().Missing, Now().TailUnknownStreams, Now().OpenStreams));

        // A damaged outbox that has forgotten it, and one that contradicts.
        Assert.Empty((await SayAsync(9, false)).Refused);
        Assert.Contains("a stream ends once", Assert.Single((await SayAsync(30, true)).Refused), StringComparison.Ordinal);
        await test.ReopenAsync();
        Assert.Equal((12, 2, 0, 0), (Now().Expected, Now().Missing, Now().TailUnknownStreams, Now().OpenStreams));
        await test.SubmitAsync(TestBlocks.Ramp(10, 0, 10_000, 2));
        Assert.Equal((12, 12, 0), (Now().Expected, Now().Stored, Now().Missing));
    }

    [Fact]
    public void Ranges_touching_grow_together_and_survive_their_bytes()
    {
        var ledger = StreamLedger.Empty.Cover(10, 5)!.Cover(20, 5)!.Cover(15, 5)!.Cover(ulong.MaxValue - 10, 10)!.Lose(LostReason.Disk, 3);
        Assert.Equal([new SeqRangeValue(10, 15), new SeqRangeValue(ulong.MaxValue - 10, 10)], ledger.Ranges);
        var bytes = new ByteWriter();
        ledger.WriteTo(bytes);
        var back = StreamLedger.TryRead(bytes.Written)!;
        Assert.Equal(ledger.Ranges, back.Ranges);
        Assert.Equal(3, back.LostDisk);
        Assert.Equal(Overlap.Part, ledger.Overlap(9, 2));
        Assert.Equal(Overlap.None, ledger.Overlap(0, 10));
        Assert.Equal(Overlap.Whole, ledger.Overlap(24, 1));
    }
}
