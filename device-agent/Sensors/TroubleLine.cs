namespace StemLab.Agent.Sensors;

/// <summary>
/// One line in the log when a probe gets into trouble, another when the trouble is of another kind, one when it is over; meanwhile it stands among the <see cref="Troubles"/>. One thread.
/// </summary>
internal sealed class TroubleLine(string probe, Ground ground)
{
    private string? latest;

    /// <summary>The probe gives nothing, and why: two readings with the same words are one episode.</summary>
    public void Say(Words reason)
    {
        if (latest != reason.En)
        {
            latest = reason.En;
            ground.Troubles.Tell(probe, reason);
            SensorsLog.ProbeInTrouble(ground.Logger, probe, reason.En, reason.Vi);
        }
    }

    /// <summary>The probe gave a reading.</summary>
    public void Over()
    {
        if (latest is not null)
        {
            latest = null;
            ground.Troubles.Over(probe);
            SensorsLog.ProbeRecovered(ground.Logger, probe);
        }
    }
}
