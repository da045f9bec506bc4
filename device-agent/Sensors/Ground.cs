using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Sensors;

/// <summary>What every driver stands on. Immutable; its parts are safe from any thread.</summary>
/// <param name="Time">For waiting, never for the time of a reading.</param>
/// <param name="Logger">One line an episode.</param>
/// <param name="Troubles">Where a driver's troubles stand while they last.</param>
/// <param name="OnChanged">
/// Called when what a probe gives turns out to be otherwise than declared (another board setting, a device that came later): the agent then opens its probes again and declares their inputs anew.
/// </param>
internal sealed record Ground(TimeProvider Time, ILogger Logger, Troubles Troubles, Action OnChanged);
