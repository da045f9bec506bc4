using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Machine;
using StemLab.Agent.Operations;
using StemLab.Agent.Outbox;
using StemLab.Agent.Sampling;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.Gps;
using StemLab.Agent.Sensors.Health;
using StemLab.Agent.TimeKeeping;
using StemLab.Agent.Uplink;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent;

/// <summary>One agent, whole: samples, keeps, delivers. Several may live in one process, each with its own data folder.</summary>
/// <example><code>await using var agent = AgentRuntime.Create(options, probes, sources, TimeProvider.System, loggers); await agent.RunAsync(stop);</code></example>
internal sealed class AgentRuntime : IAsyncDisposable
{
    /// <summary>Readings this old without a receipt are kept for later.</summary>
    private const long KeepingFromUs = 60_000_000;

    private readonly IReadOnlyList<IProbe> probes;
    private readonly IReadOnlyList<ITimedSource> sources;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly HubHome? home;
    private List<ProbeSampler> samplers = [];
    private List<ProbeSampler> measuring = [];
    private MachineTree? machine;
    private Func<IReadOnlyList<Sensors.Trouble>> troublesOfProbes = () => [];
    private SettingsKeeper? settings;
    private AgentDesk? desk;
    private AgentTroubles? troubles;
    private volatile Outbox.Outbox? outbox;
    private volatile Uplink.Uplink? uplink;

    private AgentRuntime(AgentOptions options, IReadOnlyList<IProbe> probes, IReadOnlyList<ITimedSource> sources, TimeProvider time, ILoggerFactory loggers, HubHome? home)
    {
        Options = options;
        this.home = home;
        this.probes = probes;
        this.sources = sources;
        this.time = time;
        this.loggers = loggers;
    }

    /// <summary>Version of this software, as Birth says it.</summary>
    public static string Version { get; } =
        typeof(AgentRuntime).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>What it was told.</summary>
    public AgentOptions Options { get; }

    /// <summary>True while a hub has heard who this agent is.</summary>
    public bool IsConnected => uplink?.IsConnected ?? false;

    /// <summary>Makes an agent that owns the given probes and sources. Touches neither network nor disk before <see cref="RunAsync"/>.</summary>
    /// <param name="options">Who it is and where its hub is.</param>
    /// <param name="probes">What it asks for readings.</param>
    /// <param name="sources">What gives readings with their times.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">For all parts.</param>
    /// <param name="home">Keeps its membership; null = the identity cannot change while it runs.</param>
    /// <exception cref="ArgumentException">The options have problems; the message lists all.</exception>
    public static AgentRuntime Create(AgentOptions options, IReadOnlyList<IProbe> probes, IReadOnlyList<ITimedSource> sources, TimeProvider time, ILoggerFactory loggers, HubHome? home = null)
    {
        var problems = options.Problems();
        return problems.Count == 0
            ? new AgentRuntime(options, probes, sources, time, loggers, home)
            : throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
    }

    /// <summary>Also tells of itself, shows the board's light, asks the machine's clocks and gives systemd signs of life. Before <see cref="RunAsync"/>; once.</summary>
    public AgentRuntime On(MachineTree tree)
    {
        machine = tree;
        return this;
    }

    /// <summary>Also tells what troubles its probes. Before <see cref="RunAsync"/>; once.</summary>
    public AgentRuntime Telling(Func<IReadOnlyList<Sensors.Trouble>> ofProbes)
    {
        troublesOfProbes = ofProbes;
        return this;
    }

    /// <summary>The hub may set it. Before <see cref="RunAsync"/>; once.</summary>
    public AgentRuntime SetBy(SettingsKeeper keeper, AgentDesk its)
    {
        (settings, desk) = (keeper, its);
        return this;
    }

    /// <summary>How it is; all zero before it runs.</summary>
    public Health Health() => outbox is { } held ? HealthOf(held) : new Health();

    /// <summary>Runs until cancelled, once; then everything sampled is on disk or receipted.</summary>
    /// <exception cref="IOException">The data folder cannot be written, or another agent uses it.</exception>
    /// <exception cref="UnauthorizedAccessException">The data folder cannot be written.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Options.DataFolder);
        await using var owned = new FileStream(Path.Combine(Options.DataFolder, "agent.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        using var book = AgentBook.Open(Path.Combine(Options.DataFolder, "agent.db"), out var aside);
        if (aside is not null)
        {
            AgentLog.BookDamaged(loggers.CreateLogger<AgentRuntime>(), aside);
        }

        var outboxOptions = new OutboxOptions { Path = Path.Combine(Options.DataFolder, "outbox.db"), CapBytes = Options.OutboxCapBytes };
        using var held = Outbox.Outbox.Open(outboxOptions, time, loggers.CreateLogger<Outbox.Outbox>());
        var loops = Wire(book, held);
        settings?.Proven();
        outbox = held;
        try
        {
            await RunTogetherAsync(loops, held, cancellationToken);
        }
        finally
        {
            outbox = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var probe in probes)
        {
            await probe.DisposeAsync();
        }

        foreach (var source in sources)
        {
            await source.DisposeAsync();
        }
    }

    /// <summary>Makes all parts; returns the loops to run.</summary>
    private List<Func<CancellationToken, Task>> Wire(AgentBook book, Outbox.Outbox held)
    {
        var logger = loggers.CreateLogger<AgentRuntime>();

        // :: Step 1: which boot this is
        var source = BootSource.Of(time, Options.BootPerProcess);
        var startAge = sources.Select(timed => timed.Clock.StartAge).DefaultIfEmpty().Max();
        var clock = new BootClock(book.DeviceBoot(Options.AgentId, source, startAge, (held.StoredTUs, held.GreatestBootNo())), source);

        // :: Step 2: what is measured, and in which streams
        var hubTime = new HubTime(clock);
        Health Now() => HealthOf(held);
        var watch = new TimeWatch([.. ClocksOf(machine, book), .. sources.OfType<GpsSource>().Take(1).Select(gps => new GpsTime(gps.Time.Now))], Options.AgentId, clock, hubTime, book, time, loggers.CreateLogger<TimeWatch>());
        IProbe[] itself = machine is null || Options.HealthIntervalSeconds == 0 ? []
            : [AgentProbe.Of(new MachineFacts(machine, Options.DataFolder), Now, watch.BoundSeconds, TimeSpan.FromSeconds(Options.HealthIntervalSeconds))];
        IReadOnlyList<IProbe> asked = [.. probes, .. itself];
        var labels = new PortLabels(Options.Sources);
        var catalog = InputCatalog.Of([.. asked.Select(probe => labels.On(probe.Description)), .. sources.Select(timed => labels.On(timed.Description))], book);
        troubles = new AgentTroubles(troublesOfProbes, () => settings?.Trouble ?? Words.None, clock, time);
        var device = held.OpenStream(clock.Boot, catalog.Wire);
        var loops = new List<Func<CancellationToken, Task>>();
        samplers = [.. asked.Select((probe, i) => new ProbeSampler(probe, new RowIntake(held, device, catalog.FirstInput(i)), clock, time, loggers.CreateLogger<ProbeSampler>()))];
        measuring = [.. samplers.Where((_, i) => asked[i] is not (HealthProbe or AgentProbe))];
        loops.AddRange(samplers.Select(sampler => (Func<CancellationToken, Task>)sampler.RunAsync));
        for (var i = 0; i < sources.Count; i++)
        {
            loops.Add(Pump(sources[i], catalog.FirstInput(asked.Count + i), book, held, clock, device, catalog.Wire).RunAsync);
        }

        // :: Step 3: keeping and delivering
        var pace = new SealPace(catalog.HasFastInputs, time);
        var keeper = new OutboxKeeper(held, pace, IsLookedAt, time);
        loops.Add(keeper.RunAsync);
        var light = machine is null ? null : new ActivityLight(machine, time, loggers.CreateLogger<ActivityLight>());
        var declarations = new Declarations(Options, Version, catalog.Wire, clock, book, held, Now, desk);
        var parts = new UplinkParts(held, pace, clock, hubTime, new TieMaker(clock, hubTime, book, Now, time), declarations, new CommandBook(book), light is null ? null : light.Identify, time, home, desk);
        _ = HubEndpoint.TryParse(Options.HubAddress, out var hub);
        var link = new Uplink.Uplink(parts, new UplinkOptions { Hub = hub, AgentId = Options.AgentId, Token = Options.Token, Tls = Options.Tls, AuthorityPem = Options.AuthorityPem }, loggers.CreateLogger<Uplink.Uplink>());
        uplink = link;
        if (light is not null)
        {
            loops.Add(watch.RunAsync);
            loops.Add(stop => RuntimeFeature.IsDynamicCodeSupported ? Task.CompletedTask : StartMemory.GiveBackAsync(time, stop));
            loops.Add(stop => light.RunAsync(() => LightOf(held), stop));
            loops.Add(ServiceNotice.OfThisProcess(Progress(keeper), () => StatusOf(held), time, loggers.CreateLogger<ServiceNotice>()).RunAsync);
        }

        AgentLog.Started(logger, Options.Slug, Options.AgentId, catalog.Wire.Inputs.Count, clock.Boot.BootNo, clock.BootId);
        return loops;
    }

    private SourcePump Pump(ITimedSource source, int firstInput, AgentBook book, Outbox.Outbox held, BootClock clock, StreamSealer device, Catalog catalog)
    {
        var logger = loggers.CreateLogger<SourcePump>();
        if (source.Clock.Kind == BootKind.Utc)
        {
            var boot = book.UtcBoot(Options.AgentId, source.Description.Name, source.Clock.DeclaredSigmaUs);
            return new SourcePump(source, new RowIntake(held, held.OpenStream(boot, catalog), firstInput), null, held.StoredTUs(boot.Id) + 1 ?? 0, time, logger);
        }

        // With history and nothing kept yet the source begins where the first boot is said to have begun; without, now.
        var from = held.StoredTUs(clock.BootId) + 1 ?? (clock.Boot.BootNo == 1 && source.Clock.StartAge > TimeSpan.Zero ? 0 : clock.NowUs());
        return new SourcePump(source, new RowIntake(held, device, firstInput), clock, from, time, logger);
    }

    /// <summary>Runs all loops; when one fails, which is a bug, the others stop and its exception is thrown. The uplink is the last to end: it tells the hub that nothing follows.</summary>
    private async Task RunTogetherAsync(List<Func<CancellationToken, Task>> loops, Outbox.Outbox held, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAll(MeasureAsync(), RunOneAsync(uplink!.RunAsync));

        async Task MeasureAsync()
        {
            try
            {
                await Task.WhenAll(loops.Select(RunOneAsync));
            }
            finally
            {
                held.End();
            }
        }

        async Task RunOneAsync(Func<CancellationToken, Task> loop)
        {
            try
            {
                await loop(stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Asked to stop.
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Clocks of the machine beside the hub's; none where there is no machine.</summary>
    private static ITimeSource[] ClocksOf(MachineTree? machine, AgentBook book)
    {
        if (machine is null)
        {
            return [];
        }

        var network = new NetworkTime(KernelClock.Disciplined);
        return [network, new BatteryClock(() => machine.Number("sys/class/rtc/rtc0/since_epoch"), network, book)];
    }

    /// <summary>Somebody reads outbox.db beside the agent.</summary>
    private bool IsLookedAt()
    {
        var mark = new FileInfo(Path.Combine(Options.DataFolder, WatchView.Mark));
        return mark.Exists && (time.GetUtcNow() - mark.LastWriteTimeUtc).Duration() < WatchView.MarkLasts;
    }

    /// <summary>True at each asking while the outbox's loop has turned since the last and no probe hangs.</summary>
    private Func<bool> Progress(OutboxKeeper keeper)
    {
        var seen = -1L;
        return () => Interlocked.Exchange(ref seen, keeper.Turns) != keeper.Turns && !samplers.Exists(sampler => sampler.IsOverdue);
    }

    private LightState LightOf(Outbox.Outbox held)
    {
        var health = held.Health();
        var measures = !Options.Measuring || sources.Count > 0 || measuring.Exists(sampler => !sampler.IsSilent);
        return health.DiskRefuses || !measures ? LightState.NeedsHelp
            : IsConnected ? LightState.Measuring
            : health.OldestWaitingUs > KeepingFromUs ? LightState.Keeping : LightState.Searching;
    }

    private string StatusOf(Outbox.Outbox held)
    {
        var health = held.Health();
        return FormattableString.Invariant($"{LightOf(held)}: {health.RowsSampled} readings since start, {health.WaitingBlocks} blocks wait for the hub, {samplers.Sum(sampler => sampler.MissedDeadlines)} deadlines missed, {health.RowsLost} lost");
    }

    private Health HealthOf(Outbox.Outbox held)
    {
        var health = held.Health();
        return new Health
        {
            OldestUnreceiptedUs = health.OldestWaitingUs,
            OutboxBlocks = (ulong)health.WaitingBlocks,
            OutboxBytes = (ulong)health.HeldBytes,
            MissedDeadlines = (ulong)samplers.Sum(sampler => sampler.MissedDeadlines),
            RowsSampled = (ulong)health.RowsSampled,
            RowsLost = (ulong)health.RowsLost,
            UnsavedRows = (ulong)health.UnsavedRows,
            Troubles = { troubles?.Now(health) ?? [] },
        };
    }
}
