using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent.Operations;
using StemLab.Agent.Provisioning;
using StemLab.Agent.Updating;
using StemLab.Agent.Uplink;
using StemLab.Wire.V1;

namespace StemLab.Agent;

/// <summary>Stands between an uplink and the rooms whose state a hub may change: settings, probes found, the program. One for a process's life.</summary>
/// <param name="Settings">What the hub set.</param>
/// <param name="Programs">Where programs lie; null = this one was not started by the script that looks there, and is not updated by the hub.</param>
/// <param name="Restart">Ends the process.</param>
internal sealed record Desks(SettingsKeeper Settings, ProgramFolder? Programs, Action Restart)
{
    /// <summary>The desk of one run.</summary>
    /// <param name="joined">Who it is.</param>
    /// <param name="options">What it runs with.</param>
    /// <param name="shelf">Its buses.</param>
    /// <param name="loggers">For all parts.</param>
    /// <param name="endRun">Ends the run so that another begins.</param>
    public AgentDesk Of(Membership joined, AgentOptions options, ProbeShelf shelf, ILoggerFactory loggers, Action endRun)
    {
        var scan = new PortScan(shelf, options.Sources, NullLogger.Instance);
        var asked = ImmutableArray<DetectedProbe>.Empty;
        return new AgentDesk(
            sent => (Settings.Take(sent, out var isNew), isNew),
            () => Settings.Report(options, scan.Look().Select(found => new DetectedProbe { Kind = found.Kind, Serial = found.Serial, Description = found.Description }).Concat(asked)),
            async stop => asked = await ProbeScan.AskAsync(shelf, options.Sources, shelf.Time, stop),
            endRun,
            Programs is null ? null : UpdatesOf(Programs, joined, shelf, loggers));
    }

    private UpdateDesk UpdatesOf(ProgramFolder programs, Membership joined, ProbeShelf shelf, ILoggerFactory loggers)
    {
        var key = joined.HubKey.Length > 0 ? Convert.FromBase64String(joined.HubKey) : [];
        var updates = new ProgramUpdates(programs, AgentRuntime.Version, joined.AgentId, key, joined.Pages, shelf.Time, loggers.CreateLogger<ProgramUpdates>());
        return new UpdateDesk(ProgramUpdates.Platform, updates.TakeAsync, updates.Report, updates.Proven, Restart);
    }
}
