using CsCheck;

namespace StemLab.Agent.Outbox;

/// <summary>Ranges behave like the set of numbers they stand for.</summary>
public sealed class CoveredRangesTests
{
    [Fact]
    public void Any_ranges_in_any_order_cover_exactly_their_union() =>
        Gen.Select(Gen.ULong[0, 60], Gen.ULong[0, 12]).List[0, 40].Sample(additions =>
        {
            var ranges = new CoveredRanges();
            var model = new HashSet<ulong>();
            foreach (var (first, count) in additions)
            {
                var before = model.Count;
                for (var seq = first; seq < first + count; seq++)
                {
                    model.Add(seq);
                }

                Assert.Equal((ulong)(model.Count - before), ranges.Add(first, first + count, out var whole));
                Assert.True(count == 0 || whole.First <= first && whole.End >= first + count);
            }

            for (var a = 0UL; a < 75; a++)
            {
                Assert.Equal(model.Contains(a), ranges.Contains(a, a + 1));
                Assert.Equal(model.Contains(a) && model.Contains(a + 1) && model.Contains(a + 2), ranges.Contains(a, a + 3));
            }
        });
}
