using StemLab.Store;
using StemLab.Hub.Intake.Door;

namespace StemLab.Hub.Intake;

/// <summary>Turns the store's outcomes into counts, answers and what is to be receipted. Safe from any thread.</summary>
internal sealed class Settlement(IntakeCounters counters)
{
    /// <summary>Counts what became of a submission.</summary>
    /// <returns>The MQTT 5 reason code of the answer.</returns>
    public byte Settle(Submission submission, in Outcome outcome, TouchedRanges touched)
    {
        switch (outcome.Verdict)
        {
            case Verdict.UnknownDeclaration:
                counters.Add(IntakeCount.DeferredUnknownDeclaration, ReadingsOf(submission));
                touched.AddUnknown(submission);
                return ReasonCode.ImplementationSpecific;
            case Verdict.LedgerFull:
                counters.Add(IntakeCount.DeferredLedgerFull, ReadingsOf(submission));
                return ReasonCode.QuotaExceeded;
            case Verdict.Redelivered:
                Count(submission, new Outcome(outcome.Verdict, outcome.Commit, 0, ReadingsOf(submission), 0, 0, 0));
                break;
            default:
                Count(submission, outcome);
                break;
        }

        switch (submission)
        {
            case NativeBlock block:
                touched.Add(block.Agent, block.Stream, block.FirstSeq);
                break;
            case LostRange lost:
                touched.Add(lost.Agent, lost.Stream, lost.FirstSeq);
                break;
            case AsideBytes { Agent: { } agent, Stream: { } stream } aside:
                touched.Add(agent, stream, aside.FirstSeq);
                break;
            default:
                break;
        }

        return ReasonCode.Success;
    }

    /// <summary>The store could not take it: the sender is not answered and sends it again.</summary>
    public void Refused(Submission submission) => counters.Add(IntakeCount.DeferredStoreUnavailable, ReadingsOf(submission));

    private void Count(Submission submission, in Outcome outcome)
    {
        if (submission is LostRange or AsideBytes)
        {
            // A loss is no reading; bytes kept aside were counted by their reason when they came.
            return;
        }

        AddIfAny(IntakeCount.Received, outcome.Stored + outcome.Duplicate + outcome.Conflict + outcome.Erased + outcome.Rejected);
        AddIfAny(IntakeCount.Stored, outcome.Stored);
        AddIfAny(IntakeCount.Duplicate, outcome.Duplicate);
        AddIfAny(IntakeCount.Conflict, outcome.Conflict);
        AddIfAny(IntakeCount.Erased, outcome.Erased);
        AddIfAny(outcome.Verdict == Verdict.PartialOverlap ? IntakeCount.RejectedPartialOverlap : IntakeCount.RejectedByStore, outcome.Rejected);
    }

    private void AddIfAny(IntakeCount count, int by)
    {
        if (by != 0)
        {
            counters.Add(count, by);
        }
    }

    private static int ReadingsOf(Submission submission) => submission switch
    {
        NativeBlock block => block.Count,
        ForeignRows rows => rows.Rows.Length,
        _ => 1,
    };
}
