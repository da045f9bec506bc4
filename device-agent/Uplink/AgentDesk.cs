using StemLab.Agent.Operations;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

/// <summary>What the hub may change of an agent, as the uplink asks for it; an agent that runs inside another program has none.</summary>
/// <param name="Configure">Settings that came: null = in force, else why not; and whether another run has to begin.</param>
/// <param name="Report">How it is set, for Birth.</param>
/// <param name="FindProbesAsync">Asks the buses which circuits are there; the next report tells.</param>
/// <param name="EndRun">Ends this run so that another begins. Returns at once.</param>
internal sealed record AgentDesk(
    Func<Settings, (Refusal? Why, bool IsNew)> Configure,
    Func<SettingsReport> Report,
    Func<CancellationToken, Task> FindProbesAsync,
    Action EndRun);
