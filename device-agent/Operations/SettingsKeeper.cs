using System.Text;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Sensors;
using StemLab.Wire.V1;

namespace StemLab.Agent.Operations;

/// <summary>
/// What a hub has set this agent to: taken whole or not at all, kept over restarts, and given back when the agent cannot measure with it. One for a process's life; safe from any thread.
/// </summary>
internal sealed class SettingsKeeper
{
    private readonly Lock gate = new();
    private readonly SettingsFile file;
    private readonly ILogger logger;
    private KeptSettings? now;
    private Words damage = Words.None;
    private AgentOptions told = new();

    /// <summary>Reads what is kept.</summary>
    /// <param name="folder">The data folder; it is there.</param>
    /// <param name="logger">Logger.</param>
    public SettingsKeeper(string folder, ILogger logger)
    {
        (file, this.logger) = (new SettingsFile(folder), logger);
        now = file.Load(out var aside);
        if (aside is not null)
        {
            SettingsLog.Damaged(logger, aside);
            damage = new Words(
                "the settings of the hub's page were damaged on the card: the agent measures as it was set before; set it again on the page",
                "cài đặt từ trang của trạm bị hỏng trên thẻ nhớ: máy đo đang đo theo cài đặt trước đó; hãy đặt lại trên trang");
        }
    }

    /// <summary>What is wrong with what is kept, for people; empty = nothing.</summary>
    public Words Trouble
    {
        get
        {
            lock (gate)
            {
                return now is { RefusedRevision: > 0 }
                    ? new Words($"revision {now.RefusedRevision} of its settings was refused: {now.RefusedEn}", $"cài đặt bản {now.RefusedRevision} bị từ chối: {now.RefusedVi}")
                    : damage;
            }
        }
    }

    /// <summary>What the agent measures with: what it was told, and over it what the hub set.</summary>
    public AgentOptions Over(AgentOptions options)
    {
        lock (gate)
        {
            told = options;
            while (now is { Revision: > 0 })
            {
                var set = options;
                var refusal = now.Format == HubSettings.Format ? HubSettings.Read(Encoding.UTF8.GetBytes(now.Content), options, out set) : HubSettings.NewerForm(now.Format);
                if (refusal is null)
                {
                    return set;
                }

                GoBack(refusal);
            }

            return options;
        }
    }

    /// <summary>Settings that came from the hub: null = they are in force from the next run on, else why they are not.</summary>
    /// <param name="settings">As they came.</param>
    /// <param name="isNew">False where they are in force already: the agent need not begin another run.</param>
    public Refusal? Take(Settings settings, out bool isNew)
    {
        lock (gate)
        {
            isNew = false;
            var content = settings.Content.ToStringUtf8();
            if (now is { Revision: > 0 } && settings.Revision <= now.Revision)
            {
                return settings.Revision == now.Revision && content == now.Content
                    ? null
                    : new Refusal($"revision {settings.Revision} came after revision {now.Revision}, which is in force", $"Bản {settings.Revision} đến sau bản {now.Revision} đang dùng");
            }

            if (HubSettings.Read(settings, told, out _) is { } refusal)
            {
                Remember(settings.Revision, refusal);
                return refusal;
            }

            try
            {
                var next = new KeptSettings { Format = settings.Format, Revision = settings.Revision, Content = content };
                file.Save(next, now);
                (now, damage, isNew) = (next, Words.None, true);
                SettingsLog.Taken(logger, settings.Revision);
                return null;
            }
            catch (Exception full) when (full is IOException or UnauthorizedAccessException)
            {
                return new Refusal($"the settings cannot be kept on the card: {FileWords.Why(full).En}", $"Không ghi được cài đặt lên thẻ nhớ: {FileWords.Why(full).Vi}");
            }
        }
    }

    /// <summary>The agent measures with what is in force.</summary>
    public void Proven()
    {
        lock (gate)
        {
            if (now is { Revision: > 0, IsProven: false })
            {
                now = now with { IsProven = true };
                TrySave(now, null);
            }
        }
    }

    /// <summary>The agent cannot measure with what is in force: back to what was before. False where there is nothing to go back from.</summary>
    public bool GiveUp(string why)
    {
        lock (gate)
        {
            if (now is not { Revision: > 0, IsProven: false })
            {
                return false;
            }

            GoBack(new Refusal($"the agent cannot measure with it: {why}", $"Máy đo không đo được với cài đặt này: {why}"));
            return true;
        }
    }

    /// <summary>As Birth says it.</summary>
    /// <param name="options">What the agent runs with.</param>
    /// <param name="found">Plugged in and not used.</param>
    public SettingsReport Report(AgentOptions options, IEnumerable<DetectedProbe> found)
    {
        lock (gate)
        {
            var report = new SettingsReport
            {
                Settings = HubSettings.Of(now?.Revision ?? 0, options),
                RefusedRevision = now?.RefusedRevision ?? 0,
                RefusedEn = now?.RefusedEn ?? "",
                RefusedVi = now?.RefusedVi ?? "",
            };
            report.Kinds.AddRange(SourceKinds.Named());
            report.Found.AddRange(found);
            return report;
        }
    }

    private void GoBack(Refusal refusal)
    {
        var given = now!;
        var earlier = file.Earlier();
        now = (earlier is not null && earlier.Revision < given.Revision ? earlier : new KeptSettings { Format = HubSettings.Format })
            with
        { RefusedRevision = given.Revision, RefusedEn = refusal.En, RefusedVi = refusal.Vi };
        SettingsLog.GivenUp(logger, given.Revision, now.Revision, refusal.En);
        TrySave(now, null);
    }

    private void Remember(ulong revision, Refusal refusal)
    {
        SettingsLog.Refused(logger, revision, refusal.En);
        now = (now ?? new KeptSettings { Format = HubSettings.Format }) with { RefusedRevision = revision, RefusedEn = refusal.En, RefusedVi = refusal.Vi };
        TrySave(now, null);
    }

    /// <summary>Where the card refuses, what is in memory counts until the next start.</summary>
    private void TrySave(KeptSettings settings, KeptSettings? before)
    {
        try
        {
            file.Save(settings, before);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            SettingsLog.NotKept(logger, settings.Revision, full.Message);
        }
    }
}

internal static partial class SettingsLog
{
    [LoggerMessage(EventId = 2060, Level = LogLevel.Information, Message = "The hub set this agent anew, revision {Revision}")]
    public static partial void Taken(ILogger logger, ulong revision);

    [LoggerMessage(EventId = 2061, Level = LogLevel.Warning, Message = "Settings of revision {Revision} are refused: {Reason}")]
    public static partial void Refused(ILogger logger, ulong revision, string reason);

    [LoggerMessage(EventId = 2062, Level = LogLevel.Warning, Message = "Settings of revision {Revision} do not hold, back to revision {Before}: {Reason}")]
    public static partial void GivenUp(ILogger logger, ulong revision, ulong before, string reason);

    [LoggerMessage(EventId = 2063, Level = LogLevel.Error, Message = "The hub's settings were damaged and are kept as {Path}; those before count")]
    public static partial void Damaged(ILogger logger, string path);

    [LoggerMessage(EventId = 2064, Level = LogLevel.Warning, Message = "Settings of revision {Revision} count, but the card does not keep them: {Reason}")]
    public static partial void NotKept(ILogger logger, ulong revision, string reason);
}
