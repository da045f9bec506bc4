namespace StemLab.House;

/// <summary>A rule fails by naming everybody who breaks it.</summary>
internal static class Offenders
{
    public static void None(IEnumerable<string> offenders)
    {
        var all = offenders.ToList();
        Assert.True(all.Count == 0, string.Join(Environment.NewLine, all));
    }
}
