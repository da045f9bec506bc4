namespace StemLab.Store;

/// <summary>What the writer decided about a submission.</summary>
public enum Verdict
{
    /// <summary>Durable; the row counts of the outcome say how.</summary>
    Stored,

    /// <summary>The whole range had been covered before: receipt again, nothing written.</summary>
    Duplicate,

    /// <summary>Some of the range had been covered before, which is the sender's bug: kept aside, covered.</summary>
    PartialOverlap,

    /// <summary>Kept aside as it came; covered when it has a range.</summary>
    KeptAside,

    /// <summary>Would open more than 1,024 separate ranges for the stream: not stored, not receipted, to be offered again.</summary>
    LedgerFull,

    /// <summary>Unknown agent, boot, catalogue or stream: not stored, not receipted; ask for a rebirth.</summary>
    UnknownDeclaration,

    /// <summary>A foreign re-delivery of what is already durable: answer it, nothing written.</summary>
    Redelivered,
}

/// <summary>Result of a submission, given once it is durable (or known never to be).</summary>
/// <param name="Verdict">What was decided.</param>
/// <param name="Commit">The commit that made it durable; for duplicates the newest commit known; 0 where nothing is durable.</param>
/// <param name="Stored">Rows newly stored.</param>
/// <param name="Duplicate">Rows already there bit for bit.</param>
/// <param name="Conflict">Rows whose (series, t) was there with other bits; both are kept.</param>
/// <param name="Erased">Rows inside an erasure: covered, not stored.</param>
/// <param name="Rejected">Rows kept aside as bytes.</param>
public readonly record struct Outcome(Verdict Verdict, long Commit, int Stored, int Duplicate, int Conflict, int Erased, int Rejected)
{
    /// <summary>True when the range may be receipted (or the foreign publish answered).</summary>
    public bool IsCovered => Verdict is not (Verdict.LedgerFull or Verdict.UnknownDeclaration);
}
