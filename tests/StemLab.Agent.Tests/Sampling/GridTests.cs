using CsCheck;

namespace StemLab.Agent.Sampling;

/// <summary>Deadlines lie on the grid whatever happens between them.</summary>
public sealed class GridTests
{
    [Fact]
    public void Every_deadline_is_served_or_counted_as_missed() =>
        Gen.Select(Gen.Long[1, 2_000_000], Gen.Long[0, 1_000_000], Gen.Long[0, 10_000_000_000], Gen.Long[0, 30_000_000].Array[1, 30]).Sample((interval, phase, start, works) =>
        {
            var grid = new Grid(interval, phase % interval);
            var first = grid.AtOrAfter(start);
            var (deadline, served, skipped) = (first, 0L, 0L);
            foreach (var work in works)
            {
                served++;
                var next = grid.After(deadline, deadline + work, out var missed);
                Assert.True(next > deadline && next >= deadline + work && next - (deadline + work) <= interval);
                Assert.Equal(0, (next - grid.PhaseUs) % interval);
                skipped += missed;
                deadline = next;
            }

            Assert.Equal((deadline - first) / interval, served + skipped);
        });

    [Theory]
    [InlineData(1000, 0, 1000)]
    [InlineData(1000, 1, 1000)]
    [InlineData(1000, 999, 1000)]
    [InlineData(1000, 1000, 1000)]
    [InlineData(1000, 1001, 2000)]
    [InlineData(1000, 3500, 4000)]
    public void The_next_deadline_is_the_first_that_can_still_be_met(long deadline, long nowAfter, long expectedStep)
    {
        var next = new Grid(1000, 0).After(deadline, deadline + nowAfter, out var missed);
        Assert.Equal(deadline + expectedStep, next);
        Assert.Equal((expectedStep / 1000) - 1, missed);
    }
}
