using StemLab.Hub.Facts;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Import;

/// <summary>
/// Flags of a file as people's words on stretches of a channel: one fact a stretch of equal flags and codes. They count above this hub's own tests, whose result stays to be seen.
/// One thread.
/// </summary>
internal sealed class FlagStretches(FactLog facts)
{
    /// <summary>More stretches than this in one file are no longer stretches; the rest is left to the hub's own tests, and said.</summary>
    public const int Most = 20_000;

    private const int LongestReason = 300;
    private readonly List<HumanFlag> _found = [];

    /// <summary>True when there were more than <see cref="Most"/>.</summary>
    public bool IsFull { get; private set; }

    /// <summary>What one column's flags say, row after row.</summary>
    internal sealed class Cursor
    {
        public int Flag { get; set; }

        /// <summary>As the file has it, of the row before; null before the first.</summary>
        public string? Text { get; set; }

        public long FromUs { get; set; }

        public long LastUs { get; set; }
    }

    /// <summary>One row's flag; 0, 2 and 9 say nothing a fact could add.</summary>
    public void Add(Cursor cursor, string channel, BootId boot, long tUs, int flag, ReadOnlySpan<char> text)
    {
        var says = flag is 1 or 3 or 4 ? flag : 0;
        if (says == cursor.Flag && tUs > cursor.LastUs && text.SequenceEqual(cursor.Text))
        {
            cursor.LastUs = tUs;
            return;
        }

        End(cursor, channel, boot);
        (cursor.Flag, cursor.Text, cursor.FromUs, cursor.LastUs) = (says, text.ToString(), tUs, tUs);
    }

    /// <summary>No more rows of the column.</summary>
    public void End(Cursor cursor, string channel, BootId boot)
    {
        if (cursor.Flag == 0)
        {
            return;
        }

        if (_found.Count >= Most)
        {
            IsFull = true;
            return;
        }

        var id = new Id128(boot.Value);
        var text = cursor.Text ?? "";
        text = text.Length <= LongestReason ? text : text[..LongestReason];
        _found.Add(new HumanFlag(channel, Instant.AtBoot(id, cursor.FromUs), Instant.AtBoot(id, cursor.LastUs + 1), cursor.Flag, text.Length == 0 ? "as in the imported file" : $"in the imported file: {text}"));
        cursor.Flag = 0;
    }

    /// <summary>States what is not stated yet, as one revision; answers how many.</summary>
    public int State(Instant now, string role)
    {
        var known = facts.Current.Of<HumanFlag>().Select(fact => fact.Body).ToHashSet();
        FactDraft[] fresh = [.. _found.Where(flag => known.Add(flag)).Select(flag => new FactDraft(flag, now, role))];
        _found.Clear();
        return fresh.Length == 0 ? 0 : facts.Append(fresh).Stated.Length;
    }
}
