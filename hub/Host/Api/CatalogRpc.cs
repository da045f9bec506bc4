using System.Globalization;
using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Influx;
using StemLab.Hub.Operations;
using StemLab.Hub.Query;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.CatalogService: what exists, and how the hub is.</summary>
[Authorize(Policies.Show)]
internal sealed class CatalogRpc(
    ObservationStore store, DerivationBook derivations, ReadingQuery query, HubClock clock, RunningHub running, HubOptions options, HubCounters counters, InfluxLink influx) : CatalogService.CatalogServiceBase
{
    private const int DefaultPage = 1_000;
    private const int MostPage = 5_000;
    private const long LeastStaleUs = 10_000_000;

    public override Task<ListChannelsResponse> ListChannels(ListChannelsRequest request, ServerCallContext context)
    {
        string[] wanted = request.Parent.Length == 0 ? [] : [$"{request.Parent}/channels/-"];
        var selection = ChannelSelection.Parse(wanted, out var malformed);
        if (!malformed.IsEmpty || request.PageSize < 0 || !TryOffset(request.PageToken, out var offset))
        {
            throw Rpc.InvalidArgument(
            [
                .. malformed.Select(_ => ("parent", $"'{request.Parent}' is not agents/{{32 hex}}")),
                .. request.PageSize < 0 ? [("page_size", "is negative")] : Array.Empty<(string, string)>(),
                .. TryOffset(request.PageToken, out _) ? Array.Empty<(string, string)>() : [("page_token", "is not one of this call")],
            ]);
        }

        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        var derivation = query.DerivationAt(request.AsOfRevision);
        var channels = selection.Of(derivation);
        var size = request.PageSize == 0 ? DefaultPage : Math.Min(request.PageSize, MostPage);
        var answer = new ListChannelsResponse { Revision = derivation.Revision, Commit = snapshot.Commit };
        answer.Channels.AddRange(channels.Skip(offset).Take(size).Select(channel => ChannelOf(snapshot, derivation, channel)));
        answer.NextPageToken = offset + size < channels.Length ? (offset + size).ToString(CultureInfo.InvariantCulture) : "";
        return Task.FromResult(answer);
    }

    public override Task<GetChannelResponse> GetChannel(GetChannelRequest request, ServerCallContext context)
    {
        var derivation = derivations.Current;
        if (!derivation.TryFindChannel(request.Name, out var channel))
        {
            throw Rpc.NotFound("channel", request.Name);
        }

        using var snapshot = store.Snapshot();
        snapshot.OnDamage = static _ => { };
        return Task.FromResult(new GetChannelResponse { Channel = ChannelOf(snapshot, derivation, channel) });
    }

    public override Task<ListObservedPropertiesResponse> ListObservedProperties(ListObservedPropertiesRequest request, ServerCallContext context)
    {
        var answer = new ListObservedPropertiesResponse();
        answer.ObservedProperties.AddRange(Science.Properties.ObservedProperties.Default.All.Select(PropertyOf));
        return Task.FromResult(answer);
    }

    private static string LanguageOf(ServerCallContext context) =>
        context.RequestHeaders.GetValue("accept-language")?.StartsWith("vi", StringComparison.OrdinalIgnoreCase) == true ? "vi" : "en";

    public override Task<GetHubResponse> GetHub(GetHubRequest request, ServerCallContext context)
    {
        var stats = store.Stats;
        var derivation = derivations.Current;
        var map = derivation.MapOf(new BootId(clock.BootId.Value));
        var now = clock.NowUs();
        var where = running.Options ?? options;
        var answer = new GetHubResponse
        {
            HubId = clock.HubId.ToString(),
            Version = typeof(CatalogRpc).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            Demo = options.Demo,
            StoreName = options.Store,
            StoreState = store.Health.Trouble ?? (!store.Health.IsGood ? "check the store: stemlab store verify" : influx.Status is { } far && !InfluxSentence.IsGood(far) ? InfluxSentence.Of(far, "en") : "ok"),
            StoreNote = influx.Status is { } noted ? InfluxSentence.Of(noted, LanguageOf(context)) : "",
            StoreId = store.StoreId.Value.ToString("x32", CultureInfo.InvariantCulture),
            Commit = stats.Commit,
            Revision = derivation.Revision,
            TimeState = ReadingBlocks.StateOf(map.State),
            Rows = store.StoredTotal,
            SizeBytes = SizeOf("series.db") + SizeOf("series.db-wal") + SizeOf("hub.db"),
            FreeBytes = new DriveInfo(options.DataFolder).AvailableFreeSpace,
            PageUrl = $"http://127.0.0.1:{where.HttpPort}/",
            MqttPort = where.MqttPort,
            GrpcPort = where.GrpcPort,
        };
        if (map.State != Science.Time.TimeState.Unknown)
        {
            answer.UtcUs = map.ToUtc(now);
            answer.SigmaUs = map.SigmaUs(now) == long.MaxValue ? -1 : map.SigmaUs(now);
        }

        answer.Counters.Add(counters.Read());
        return Task.FromResult(answer);
    }

    private static bool TryOffset(string token, out int offset)
    {
        offset = 0;
        return token.Length == 0 || (int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out offset) && offset >= 0);
    }

    private Channel ChannelOf(StoreSnapshot snapshot, Derivation derivation, ChannelView view)
    {
        var latest = query.LatestOf(snapshot, derivation, view);
        var channel = new Channel
        {
            Name = view.Name,
            DisplayName = view.DisplayName,
            Agent = $"agents/{view.Agent}",
            Port = view.Port,
            ObservedProperty = view.PropertyId,
            UnitUcum = view.UnitUcum,
            UnitSymbol = Science.Units.UnitSymbols.Of(view.UnitUcum),
            DisplayDecimals = view.Property?.Decimals ?? 2,
            IntervalUs = view.IntervalUs,
            Simulated = view.Simulated,
            Recorded = view.Recorded,
            Unclaimed = view.Unclaimed,
            Calibration = view.Calibration.IsEmpty ? "" : view.Calibration.ToString(),
            Probe = view.Probe.IsEmpty ? "" : view.Probe.ToString(),
            DerivedChannel = view.DerivedBy.IsEmpty ? "" : view.DerivedBy.ToString(),
            Stale = latest is { HasAgeUs: true } && latest.AgeUs > Math.Max(LeastStaleUs, 3 * view.IntervalUs),
        };
        if (latest is not null)
        {
            channel.Latest = latest;
        }

        return channel;
    }

    private static V1.ObservedProperty PropertyOf(Science.Properties.ObservedProperty property) => new()
    {
        Name = $"observedProperties/{property.Id}",
        Id = property.Id,
        DisplayNameEn = property.NameEn,
        DisplayNameVi = property.NameVi,
        UnitUcum = property.UnitUcum,
        UnitSymbol = property.Symbol,
        DisplayDecimals = property.Decimals,
        PlausibleMin = property.SuspectRange.Min,
        PlausibleMax = property.SuspectRange.Max,
        CfStandardName = property.CfStandardName ?? "",
    };

    private long SizeOf(string file)
    {
        var entry = new FileInfo(Path.Combine(options.DataFolder, file));
        return entry.Exists ? entry.Length : 0;
    }
}
