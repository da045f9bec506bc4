using StemLab.V1;

namespace StemLab.Hub.Web;

/// <summary>A maker's device may send any number a double holds; the picture of it is drawn, or left to nobody, and its axis has a handful of steps.</summary>
public sealed class FirstPictureOfExtremesTests
{
    private const long Second = 1_000_000;

    [Theory]
    [InlineData(1e14, 1e14)]
    [InlineData(1785000000000000, 1785000000000000.25)]
    [InlineData(-1e300, -1e300)]
    [InlineData(1e15, 2e15)]
    [InlineData(0, 5e-324)]
    [InlineData(1e-12, 2e-12)]
    [InlineData(double.MaxValue, double.MaxValue)]
    [InlineData(-double.MaxValue, double.MaxValue)]
    public void The_axis_of_values_has_a_handful_of_steps(double low, double high)
    {
        var block = new BucketBlock { StartTimeUs = 0, WidthUs = Second, Index = { 0, 1 }, Mean = { low, high }, Min = { low, high }, Max = { low, high }, Count = { 1, 1 } };

        var picture = FirstPicture.Of([block], new DeskChannel("c", "C", "", "", 2, 1, false, ""), 0, 2 * Second, new PageFormat(Texts.Of("vi")), TimeSpan.Zero);

        if (picture is not null)
        {
            Assert.All(picture.Values, steps => Assert.InRange(steps.Steps.Length, 1, 12));
            Assert.DoesNotContain("NaN", picture.Line, StringComparison.Ordinal);
        }

        Assert.True(picture is not null || Math.Abs(low) > 1e300, "not drawn");
    }
}
