using System.Collections.Immutable;
using System.Threading.Channels;
using Google.Protobuf;
using StemLab.Hub.Enrolling;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Updating;

/// <summary>How it stands with one agent of a round; the numbers are those of stemlab.v1.</summary>
internal enum UpdateState
{
    /// <summary>Its turn has not come.</summary>
    Waiting = 1,

    /// <summary>It fetches, checks and starts the new program.</summary>
    Updating = 2,

    /// <summary>The new program got a receipt.</summary>
    Done = 3,

    /// <summary>It goes on with the program before; the words say why.</summary>
    Failed = 4,

    /// <summary>An agent before it failed: it was not touched.</summary>
    Skipped = 5,
}

/// <summary>One agent of a round. Immutable.</summary>
internal sealed record UpdateStep(AgentId Agent, string Version, UpdateState State, string En, string Vi);

/// <summary>Updates agents one after the other; the first that fails ends the round, so that a bad program costs one agent some minutes and no more. One loop; the rest is safe from any thread.</summary>
internal sealed class UpdateRound(
    FleetBook fleet, AgentCommandDoor commands, PackageShelf shelf, TicketBook tickets, HubKey key, HubDoors doors, HubClock clock, TimeProvider time, ILogger<UpdateRound> logger) : BackgroundService
{
    /// <summary>How long a new program has to get a receipt, s.</summary>
    public const uint ReceiptWithinSeconds = 300;

    private static readonly TimeSpan FetchPatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BackPatience = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // One round at a time; another is refused by Begin.
    private readonly Channel<ImmutableArray<UpdateStep>> _rounds = Channel.CreateBounded<ImmutableArray<UpdateStep>>(1);
    private readonly Lock _gate = new();
    private ImmutableArray<UpdateStep> _steps = [];
    private bool _isRunning;

    /// <summary>The agents of the latest round, in order.</summary>
    public ImmutableArray<UpdateStep> Steps
    {
        get
        {
            lock (_gate)
            {
                return _steps;
            }
        }
    }

    public bool IsRunning
    {
        get
        {
            lock (_gate)
            {
                return _isRunning;
            }
        }
    }

    /// <summary>The package an agent would get now; null where there is none, it runs it already, or is not there.</summary>
    public AgentPackage? PackageFor(FleetAgent agent)
    {
        AgentPresence presence = fleet.PresenceOf(agent.Id);
        return presence.Online && agent.Standing == AgentStanding.Active && presence.Platform is { Length: > 0 } platform && shelf.Newest(platform) is { } package && package.Version != agent.Software ? package : null;
    }

    /// <summary>Begins a round; false where one runs, or nobody has anything to get.</summary>
    public bool Begin(IEnumerable<FleetAgent> agents)
    {
        ImmutableArray<UpdateStep> steps = [.. agents.Select(agent => (agent, PackageFor(agent))).Where(pair => pair.Item2 is not null)
            .Select(pair => new UpdateStep(pair.agent.Id, pair.Item2!.Version, UpdateState.Waiting, "", ""))];
        lock (_gate)
        {
            if (_isRunning || steps.IsEmpty || !_rounds.Writer.TryWrite(steps))
            {
                return false;
            }

            (_steps, _isRunning) = (steps, true);
            return true;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (ImmutableArray<UpdateStep> steps in _rounds.Reader.ReadAllAsync(stoppingToken))
        {
            var failed = false;
            for (var i = 0; i < steps.Length; i++)
            {
                if (failed)
                {
                    Set(i, UpdateState.Skipped, "", "");
                    continue;
                }

                Set(i, UpdateState.Updating, "", "");
                var (en, vi) = await UpdateAsync(steps[i], stoppingToken);
                failed = en.Length > 0;
                Set(i, failed ? UpdateState.Failed : UpdateState.Done, en, vi);
                UpdatingLog.Updated(logger, steps[i].Agent, steps[i].Version, failed ? en : "done");
            }

            lock (_gate)
            {
                _isRunning = false;
            }
        }
    }

    /// <summary>Updates one agent; why it failed in both languages, empty where it did not.</summary>
    private async Task<(string En, string Vi)> UpdateAsync(UpdateStep step, CancellationToken cancellationToken)
    {
        if (!fleet.Current.TryFind(step.Agent, out FleetAgent? agent) || PackageFor(agent) is not { } package || package.Version != step.Version)
        {
            return ("it is not there any more, or its package is not", "máy đo không còn kết nối, hoặc gói của nó không còn");
        }

        string path = $"agent-packages/{package.FileName}?ticket={tickets.Make(package.FileName)}";
        var offer = new UpdateOffer
        {
            AgentId = new Id128(agent.Id.Value).ToByteString(),
            Version = package.Version,
            Platform = package.Platform,
            Size = (ulong)package.SizeBytes,
            Sha256 = ByteString.CopyFrom(package.Sha256),
            Addresses = { doors.Pages.Select(page => new Uri(new Uri(page), path).AbsoluteUri) },
            ReceiptWithinSeconds = ReceiptWithinSeconds,
        }.ToByteArray();
        var command = new Command
        {
            Id = Id128.New().ToByteString(),
            DeadlineBoot = clock.BootId.ToByteString(),
            DeadlineTUs = clock.NowUs() + (long)FetchPatience.TotalMicroseconds,
            Update = new Update { Offer = ByteString.CopyFrom(offer), Signature = ByteString.CopyFrom(key.Sign(SealedLetter.UpdateText(offer))) },
        };
        if (await commands.AskAsync(agent.Id, command, FetchPatience, time, cancellationToken) is not { } answer)
        {
            return ("it did not answer", "máy đo không trả lời");
        }

        return answer.Ok ? await BackAsync(step, cancellationToken) : (answer.Error, answer.ErrorVi.Length > 0 ? answer.ErrorVi : answer.Error);
    }

    /// <summary>Waits until the agent says that the new program has proven itself, or was given up.</summary>
    private async Task<(string En, string Vi)> BackAsync(UpdateStep step, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < BackPatience)
        {
            await Task.Delay(Look, time, cancellationToken);
            if (fleet.PresenceOf(step.Agent).Update is { } said && said.Version == step.Version)
            {
                if (said.State == UpdateReport.Types.State.Proven)
                {
                    return ("", "");
                }

                if (said.State == UpdateReport.Types.State.RolledBack)
                {
                    return (said.En, said.Vi);
                }
            }
        }

        return ("it has not come back", "máy đo chưa kết nối lại");
    }

    private void Set(int step, UpdateState state, string en, string vi)
    {
        lock (_gate)
        {
            _steps = _steps.SetItem(step, _steps[step] with { State = state, En = en, Vi = vi });
        }
    }
}
