using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Sensors;

/// <summary>One line in the log when a probe gets into trouble, another when the trouble is of another kind, one when it is over. One thread.</summary>
internal sealed class TroubleLine(string probe, ILogger logger)
{
    private string? latest;

    /// <summary>The probe gives nothing, and why: two readings with the same text are one episode.</summary>
    public void Say(string reason)
    {
        if (latest != reason)
        {
            latest = reason;
            SensorsLog.ProbeInTrouble(logger, probe, reason);
        }
    }

    /// <summary>The probe gave a reading.</summary>
    public void Over()
    {
        if (latest is not null)
        {
            latest = null;
            SensorsLog.ProbeRecovered(logger, probe);
        }
    }
}
