using StemLab.Agent.Operations;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

/// <summary>What the hub may change of an agent, as the uplink asks for it; an agent that runs inside another program has none.</summary>
/// <param name="Configure">Settings that came: null = in force, else why not; and whether another run has to begin.</param>
/// <param name="Report">How it is set, for Birth.</param>
/// <param name="FindProbesAsync">Asks the buses which circuits are there; the next report tells.</param>
/// <param name="EndRun">Ends this run so that another begins. Returns at once.</param>
/// <param name="Updates">How its program is updated; null = not by the hub.</param>
internal sealed record AgentDesk(
    Func<Settings, (Refusal? Why, bool IsNew)> Configure,
    Func<SettingsReport> Report,
    Func<CancellationToken, Task> FindProbesAsync,
    Action EndRun,
    UpdateDesk? Updates);

/// <summary>How an agent's program is updated, as the uplink asks for it.</summary>
/// <param name="Platform">What it is built for.</param>
/// <param name="TakeAsync">Fetches and checks: null = the new program lies ready, else why not.</param>
/// <param name="Report">What became of the latest, for Birth.</param>
/// <param name="Proven">A receipt came; true where the running program has proven itself by it.</param>
/// <param name="Restart">Ends the process so that the new program is started. Returns at once.</param>
internal sealed record UpdateDesk(string Platform, Func<Update, CancellationToken, Task<Refusal?>> TakeAsync, Func<UpdateReport?> Report, Func<bool> Proven, Action Restart);
