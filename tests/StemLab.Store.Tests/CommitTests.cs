using System.Collections.Immutable;

namespace StemLab.Store;

public sealed class CommitTests
{
    [Fact]
    public async Task A_block_is_durable_readable_and_receipted()
    {
        await using var test = await TestStore.OpenAsync();
        var outcome = await test.SubmitAsync(TestBlocks.Ramp(0, 0, 1_000_000, 100));
        Assert.Equal(new Outcome(Verdict.Stored, 1, 100, 0, 0, 0, 0), outcome);
        Assert.Equal([new SeqRangeValue(0, 100)], test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream));
        var rows = test.Rows(test.Series());
        Assert.Equal(100, rows.Count);
        Assert.Equal(new StoredRow(1_000_000, 0, 0), rows[0]);
        Assert.Equal(new StoredRow(1_099_000, 99, 0), rows[99]);
    }

    [Fact]
    public async Task A_block_seen_twice_is_stored_once_and_receipted_twice()
    {
        await using var test = await TestStore.OpenAsync();
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 1_000_000, 100));
        var again = await test.SubmitAsync(TestBlocks.Ramp(0, 0, 1_000_000, 100));
        Assert.Equal(new Outcome(Verdict.Duplicate, 1, 0, 100, 0, 0, 0), again);
        Assert.True(again.IsCovered);
        Assert.Equal(100, test.Rows(test.Series()).Count);
        Assert.Equal(100, test.Store.Account(TestBlocks.Agent).Redelivered);
        Assert.Single(test.Committed);
    }

    [Fact]
    public async Task What_was_committed_is_there_after_reopening_in_journal_and_in_chunks()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 64 });
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 1000));
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        await test.SubmitAsync(TestBlocks.Ramp(1000, 0, 1_000_000, 500));
        var before = test.Rows(test.Series());
        var id = test.Store.StoreId;
        await test.ReopenAsync();
        Assert.Equal(id, test.Store.StoreId);
        Assert.Equal(1500, before.Count);
        Assert.Equal(before, test.Rows(test.Series()));
        Assert.Equal(500, test.Store.Health.Opened.ReplayedRows);
        Assert.Equal([new SeqRangeValue(0, 1500)], test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream));
        var next = await test.SubmitAsync(TestBlocks.Ramp(1500, 0, 2_000_000, 1));
        Assert.Equal(3, next.Commit);
    }

    [Fact]
    public async Task Unknown_agent_boot_catalogue_or_stream_is_not_receipted()
    {
        await using var test = await TestStore.OpenAsync();
        (int, (long, double, byte)[]) column = (0, [(1, 1, 0)]);
        var wrong = new[]
        {
            TestBlocks.Block(new AgentId(9), TestBlocks.Stream, TestBlocks.Boot, TestBlocks.Catalog, 0, column),
            TestBlocks.Block(TestBlocks.Agent, new StreamId(9), TestBlocks.Boot, TestBlocks.Catalog, 0, column),
            TestBlocks.Block(TestBlocks.Agent, TestBlocks.Stream, new BootId(9), TestBlocks.Catalog, 0, column),
            TestBlocks.Block(TestBlocks.Agent, TestBlocks.Stream, TestBlocks.Boot, 9, 0, column),
        };
        foreach (var block in wrong)
        {
            var outcome = await test.SubmitAsync(block);
            Assert.Equal(Verdict.UnknownDeclaration, outcome.Verdict);
            Assert.False(outcome.IsCovered);
        }

        Assert.Empty(test.Store.Covered(TestBlocks.Agent, TestBlocks.Stream));
    }

    [Fact]
    public async Task A_declaration_that_contradicts_is_refused_with_its_reason_and_the_same_words_cost_nothing()
    {
        await using var test = await TestStore.OpenAsync();
        var same = await test.Store.DeclareAsync(TestBlocks.Declarations, TestContext.Current.CancellationToken);
        Assert.Empty(same.Refused);
        var other = TestBlocks.Declarations with
        {
            Boots = [new BootDeclaration(TestBlocks.Boot, TestBlocks.Agent, BootKind.Device, 2, null)],
            Catalogs = [new CatalogDeclaration(TestBlocks.Catalog, [TestBlocks.Inputs[0]])],
            Streams = [new StreamDeclaration(TestBlocks.Stream, new BootId(77), null)],
        };
        var refused = await test.Store.DeclareAsync(other, TestContext.Current.CancellationToken);
        Assert.Equal(3, refused.Refused.Length);
        Assert.True(test.Store.Dictionary.Knows(TestBlocks.Agent, TestBlocks.Catalog, TestBlocks.Boot, TestBlocks.Stream));
    }

    [Fact]
    public async Task Many_submissions_share_commits_and_keep_their_order()
    {
        await using var test = await TestStore.OpenAsync();
        var blocks = Enumerable.Range(0, 500).Select(i => TestBlocks.Ramp((ulong)i * 10, 0, i * 10_000L, 10, from: i)).ToImmutableArray();
        foreach (var block in blocks)
        {
            await test.Store.SubmitAsync(block, TestContext.Current.CancellationToken);
        }

        var outcomes = await Task.WhenAll(blocks.Select(block => block.Completion)).WaitAsync(TestStore.Limit, TestContext.Current.CancellationToken);
        Assert.All(outcomes, outcome => Assert.Equal(10, outcome.Stored));
        Assert.Equal(outcomes.Select(outcome => outcome.Commit).Order(), outcomes.Select(outcome => outcome.Commit));
        Assert.Equal(5000, test.Rows(test.Series()).Count);
        Assert.Equal(5000, test.Committed.Sum(commit => commit.RowCount));
        Assert.Equal(test.Committed.Select(commit => commit.Commit).Order(), test.Committed.Select(commit => commit.Commit));
    }

    [Fact]
    public async Task A_snapshot_shows_its_commit_and_nothing_later_while_rows_go_to_chunks()
    {
        await using var test = await TestStore.OpenAsync(options => options with { ChunkRows = 16 });
        await test.SubmitAsync(TestBlocks.Ramp(0, 0, 0, 100));
        using var snapshot = test.Store.Snapshot();
        await test.SubmitAsync(TestBlocks.Ramp(100, 0, 100_000, 100));
        await test.Store.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, snapshot.Commit);
        Assert.Equal(100, TestStore.Rows(snapshot, test.Series()).Count);
        Assert.Equal(200, test.Rows(test.Series()).Count);
    }
}
