using StemLab.V1;

namespace StemLab.EndToEnd;

/// <summary>Rows of one channel as a client got them; the n-th entries belong together.</summary>
/// <param name="TimeUs">UTC µs.</param>
/// <param name="Raw">What the probe gave; NaN where missing.</param>
/// <param name="SigmaUs">Half-width of the time bound, -1 = not known.</param>
internal sealed record ChannelRows(List<long> TimeUs, List<double> Raw, List<long> SigmaUs)
{
    public int Missing => Raw.Count(double.IsNaN);

    public double Sum => Raw.Where(double.IsFinite).Sum();

    public void Add(ReadingBlock block)
    {
        var at = block.BaseTimeUs;
        for (var i = 0; i < block.Raw.Count; i++)
        {
            TimeUs.Add(at += block.DeltaTimeUs[i]);
            Raw.Add(block.Raw[i]);
            SigmaUs.Add(block.SigmaUs[block.SigmaUs.Count > 1 ? i : 0]);
        }
    }
}
