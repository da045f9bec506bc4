namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>Asks a circuit who it is.</summary>
internal static class EzoIdentity
{
    /// <summary>The answer to "i". A circuit still at work for whoever asked before loses the question and says what it was asked then, a reading for instance: it is asked once more.</summary>
    public static async ValueTask<EzoAnswer> AskAsync(IEzoCircuit circuit, CancellationToken cancellationToken)
    {
        var answer = await circuit.AskAsync("i", EzoModel.CommandTime, cancellationToken);
        return answer.Outcome == EzoOutcome.Ok && !EzoText.TryIdentity(answer.Text, out _, out _) ? await circuit.AskAsync("i", EzoModel.CommandTime, cancellationToken) : answer;
    }
}
