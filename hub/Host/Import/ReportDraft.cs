using StemLab.Science.Texts;

namespace StemLab.Hub.Import;

/// <summary>Counts of an import while it runs. One thread.</summary>
internal sealed class ReportDraft
{
    private const int MostWrong = 100;
    private const int MostUnknownFlags = 20;
    private readonly List<WrongLine> _wrong = [];
    private readonly SortedSet<string> _unknownFlags = new(StringComparer.Ordinal);

    public long Records { get; set; }

    public long New { get; set; }

    public long Duplicate { get; set; }

    public long Conflict { get; set; }

    public long Erased { get; set; }

    public long Missing { get; set; }

    public long WrongCount { get; private set; }

    public long FlagStretches { get; set; }

    public long FirstUtcUs { get; set; } = long.MaxValue;

    public long LastUtcUs { get; set; } = long.MinValue;

    public List<Sentence> Notes { get; } = [];

    public void Wrong(long line, string en, string vi)
    {
        WrongCount++;
        if (_wrong.Count < MostWrong)
        {
            _wrong.Add(new WrongLine(line, new Sentence($"line {line}: {en}", $"dòng {line}: {vi}")));
        }
    }

    public void UnknownFlag(ReadOnlySpan<char> code)
    {
        if (_unknownFlags.Count < MostUnknownFlags)
        {
            _unknownFlags.Add(Shown(code));
        }
    }

    public void Saw(long utcUs)
    {
        Records++;
        FirstUtcUs = Math.Min(FirstUtcUs, utcUs);
        LastUtcUs = Math.Max(LastUtcUs, utcUs);
    }

    /// <summary>A text of the file, short enough for a sentence.</summary>
    public static string Shown(ReadOnlySpan<char> text)
    {
        var clean = new string([.. text.ToString().Where(letter => !char.IsControl(letter))]);
        return clean.Length <= 30 ? clean : clean[..30] + "…";
    }

    public ImportReport Report(double share, long comments, IEnumerable<ColumnCount> columns) => new()
    {
        Records = Records,
        New = New,
        Duplicate = Duplicate,
        Conflict = Conflict,
        Erased = Erased,
        Missing = Missing,
        WrongCount = WrongCount,
        Wrong = [.. _wrong],
        Comments = comments,
        FlagStretches = FlagStretches,
        UnknownFlags = [.. _unknownFlags],
        Columns = [.. columns],
        FirstUtcUs = Records == 0 ? null : FirstUtcUs,
        LastUtcUs = Records == 0 ? null : LastUtcUs,
        Share = share,
        Notes = [.. Notes],
    };
}
