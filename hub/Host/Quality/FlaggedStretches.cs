using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Science.Quality;
using StemLab.Store;
using StemLab.V1;
using Fact = StemLab.Hub.Facts.Fact;
using QcFlag = StemLab.Science.Quality.QcFlag;
using Sentence = StemLab.Science.Texts.Sentence;
using StemLab.Wire;
using HumanFlag = StemLab.Hub.Facts.HumanFlag;

namespace StemLab.Hub.Quality;

/// <summary>Finds consecutive readings that are not simply good, over all series of a channel in the order of time. One use, one thread.</summary>
internal sealed class FlaggedStretches(StoreSnapshot snapshot, Derivation derivation, QualityBook book, ChannelView channel)
{
    private const int RowsOfAStretch = 8_192;

    /// <summary>At most so many, oldest first, and where to go on: UTC µs; null = at the end.</summary>
    public (List<FlaggedStretch> Stretches, long? Next) Find(long fromUtcUs, long toUtcUs, int most, CancellationToken cancellationToken)
    {
        ChannelFlags flags = book.FlagsOf(snapshot, derivation, channel, fromUtcUs, toUtcUs, cancellationToken);
        var rows = new ChannelRows(snapshot, derivation, channel, fromUtcUs, toUtcUs, flags);
        var found = new List<FlaggedStretch>();
        (byte Flag, byte Machine, byte Human, FlagReasons Reason, Id128 Fact) open = default;
        while (rows.TryNext(RowsOfAStretch, out RowStretch stretch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            SeriesFlags said = flags.Of(stretch.Series.Id);
            for (int i = stretch.From; i < stretch.From + stretch.Count; i++)
            {
                DerivedColumns columns = stretch.Columns;
                Id128 fact = columns.HumanFlag[i] == 0 ? default : said.SpokenAt(stretch.Run.TUs.Span[i]);
                (byte, byte, byte, FlagReasons, Id128) now = (columns.Flag[i], columns.MachineFlag[i], columns.HumanFlag[i], columns.Reason[i], fact);
                if (found.Count > 0 && now == open)
                {
                    found[^1].LastTimeUs = columns.UtcUs[i];
                    continue;
                }

                open = now;
                if (columns.Flag[i] == (byte)QcFlag.Pass && columns.HumanFlag[i] == 0 && columns.Reason[i] == 0)
                {
                    // Good readings end a stretch and begin none.
                    open = default;
                    continue;
                }

                if (found.Count == most)
                {
                    return (found, columns.UtcUs[i]);
                }

                found.Add(Of(columns, i, fact));
            }

            rows.Release();
        }

        return (found, null);
    }

    private FlaggedStretch Of(DerivedColumns columns, int i, Id128 fact)
    {
        Sentence why = RuleWords.Why(channel, columns.MachineFlag[i], columns.HumanFlag[i], columns.Reason[i]);
        return new FlaggedStretch
        {
            FirstTimeUs = columns.UtcUs[i],
            LastTimeUs = columns.UtcUs[i],
            Flag = (V1.QcFlag)columns.Flag[i],
            MachineFlag = (V1.QcFlag)columns.MachineFlag[i],
            HumanFlag = (V1.QcFlag)columns.HumanFlag[i],
            Reason = (ulong)columns.Reason[i],
            SentenceEn = why.En,
            SentenceVi = why.Vi,
            HumanFactId = fact.IsEmpty ? "" : fact.ToString(),
            HumanReason = !fact.IsEmpty && derivation.Inputs.Facts.TryFind(fact, out Fact? stated) && stated.Body is HumanFlag flag ? flag.Reason : "",
        };
    }
}
