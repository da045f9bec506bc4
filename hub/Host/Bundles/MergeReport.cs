using System.Collections.Immutable;
using System.Globalization;
using StemLab.Science.Texts;

namespace StemLab.Hub.Bundles;

/// <summary>What a merge did, so far or at its end. Immutable.</summary>
/// <param name="From">Id of the hub that wrote the bundle; empty where that cannot be read.</param>
/// <param name="FromName">As people call that hub; may be empty.</param>
internal sealed record MergeReport(string From, string FromName)
{
    /// <summary>Readings stored by this merge.</summary>
    public long New { get; init; }

    /// <summary>Readings that were here already.</summary>
    public long Duplicate { get; init; }

    /// <summary>Readings of a moment for which another value is here: both are kept.</summary>
    public long Conflict { get; init; }

    /// <summary>Readings that had been erased, here or there, and stay so.</summary>
    public long Erased { get; init; }

    /// <summary>Readings that cannot be kept because what names their clock is damaged or not in the bundle.</summary>
    public long Unplaced { get; init; }

    public long FactsNew { get; init; }

    public long FactsKnown { get; init; }

    /// <summary>Facts out of form: not taken.</summary>
    public long FactsRefused { get; init; }

    public int BootsNew { get; init; }

    public int AgentsNew { get; init; }

    /// <summary>Streams of which more is now known to be durable.</summary>
    public int Ledgers { get; init; }

    /// <summary>Parts of a kind a newer StemLab writes: passed over.</summary>
    public int Newer { get; init; }

    /// <summary>Names that contradict what this hub was told before: passed over, one sentence each, at most twenty.</summary>
    public ImmutableArray<string> Contradictions { get; init; } = [];

    /// <summary>Parts that cannot be read, at most a hundred.</summary>
    public ImmutableArray<DamagedPart> Damaged { get; init; } = [];

    /// <summary>All of them.</summary>
    public int DamagedCount { get; init; }

    /// <summary>True when the bundle's own list of its parts was read, and every part too.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Bytes read of all, for progress.</summary>
    public long Read { get; init; }

    public long Size { get; init; }

    /// <summary>For people.</summary>
    public Sentence Sentence
    {
        get
        {
            var (n, d) = (Number(New, "en-US"), Number(Duplicate, "en-US"));
            var (nVi, dVi) = (Number(New, "vi-VN"), Number(Duplicate, "vi-VN"));
            var en = $"{n} new, {d} duplicate; {FactsNew} new facts";
            var vi = $"{nVi} mới, {dVi} đã có; {FactsNew} ghi nhận mới";
            if (Conflict > 0)
            {
                (en, vi) = ($"{en}; {Conflict} readings have another value here, both are kept", $"{vi}; {Conflict} số đo khác với số đã có, giữ cả hai");
            }

            if (Erased > 0)
            {
                (en, vi) = ($"{en}; {Erased} were erased and stay so", $"{vi}; {Erased} đã bị xóa và vẫn xóa");
            }

            if (!IsWhole && Read == Size)
            {
                (en, vi) = (
                    $"{en}. The bundle is damaged: {DamagedCount} parts cannot be read, all others were taken. Merge a fresh copy; what is here already is not taken twice",
                    $"{vi}. Gói bị hỏng: {DamagedCount} phần không đọc được, các phần khác đã lấy vào. Hãy gộp một bản sao mới; phần đã có không bị lấy hai lần");
            }

            return new Sentence(en, vi);
        }
    }

    private static string Number(long value, string culture) => value.ToString("N0", CultureInfo.GetCultureInfo(culture));
}
