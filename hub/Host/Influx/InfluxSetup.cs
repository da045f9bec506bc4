using System.Text.Json;
using System.Text.Json.Nodes;
using StemLab.Hub.Access;
using StemLab.Store;
using StemLab.Store.Influx;

namespace StemLab.Hub.Influx;

/// <summary>Wires the InfluxDB side; needs Derive and the store.</summary>
internal static class InfluxSetup
{
    public static IServiceCollection AddInflux(this IServiceCollection services) => services
        .AddSingleton<InfluxLink>()
        .AddHostedService(provider => provider.GetRequiredService<InfluxLink>())
        .AddHostedService<CurrentValues>();

    /// <summary>What <c>stemlab store move | compare | requeue</c> ask the running hub: a line of JSON per step, the last one with "done".</summary>
    public static void MapInflux(this WebApplication app)
    {
        app.MapPost("/v1/store:move", (InfluxLink link, ObservationStore store, string to, HttpContext context) =>
            Told(link, context, (influx, say) => MoveAsync(influx, store, to, say, context.RequestAborted))).RequireAuthorization(Policies.Admin);
        app.MapPost("/v1/store:requeue", (InfluxLink link, HttpContext context) => Told(link, context, async (influx, say) =>
        {
            var refused = influx.Status.QuarantinedRows;
            await influx.RequeueAsync(context.RequestAborted);
            await say(new JsonObject { ["text"] = $"{refused} refused readings are sent again" });
        })).RequireAuthorization(Policies.Admin);
        app.MapPost("/v1/store:compare", (InfluxLink link, ObservationStore store, HttpContext context) =>
            Told(link, context, (influx, say) => CompareAsync(influx, store, say, context.RequestAborted))).RequireAuthorization(Policies.Admin);
    }

    private static async Task Told(InfluxLink link, HttpContext context, Func<InfluxStore, Func<JsonObject, Task>, Task> work)
    {
        context.Response.ContentType = "application/x-ndjson";
        async Task SayAsync(JsonObject line)
        {
            await JsonSerializer.SerializeAsync(context.Response.Body, line, InfluxJson.Default.JsonObject, context.RequestAborted);
            await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }

        if (link.Influx is not { } influx)
        {
            await SayAsync(new JsonObject { ["error"] = "this hub has no InfluxDB: start it with \"Store\": \"influx\" and InfluxUrl in its configuration file, or `stemlab serve --store influx`" });
            return;
        }

        try
        {
            await work(influx, SayAsync);
            await SayAsync(new JsonObject { ["done"] = true });
        }
        catch (IOException failed) when (failed is StoreUnavailableException or StoreDamagedException)
        {
            await SayAsync(new JsonObject { ["error"] = failed.Message });
        }
    }

    private static async Task MoveAsync(InfluxStore influx, ObservationStore store, string to, Func<JsonObject, Task> say, CancellationToken cancellationToken)
    {
        switch (to)
        {
            case "embedded":
                var bringing = influx.BringBackAsync(progress: null, cancellationToken);
                while (!bringing.IsCompleted)
                {
                    await Task.WhenAny(bringing, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken));
                    await say(new JsonObject { ["text"] = $"{influx.Status.RemoteChunks} chunks still in InfluxDB only" });
                }

                await bringing;
                await CompareAsync(influx, store, say, cancellationToken);
                await say(new JsonObject { ["text"] = "Everything is here. Set \"Store\" to \"embedded\" and start the hub again; InfluxDB keeps its copy" });
                break;
            case "influx":
                while (influx.Status is { WaitingRows: > 0, State: FarState.Good or FarState.Starting } status)
                {
                    await say(new JsonObject { ["text"] = $"{status.WaitingRows} readings still to send" });
                    await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
                }

                if (!InfluxSentence.IsGood(influx.Status))
                {
                    await say(new JsonObject { ["text"] = InfluxSentence.Of(influx.Status, "en") });
                }

                await CompareAsync(influx, store, say, cancellationToken);
                break;
            default:
                await say(new JsonObject { ["error"] = $"'{to}' is no store; give embedded or influx" });
                break;
        }
    }

    private static async Task CompareAsync(InfluxStore influx, ObservationStore store, Func<JsonObject, Task> say, CancellationToken cancellationToken)
    {
        var (here, there, other) = (default(RowTotals), default(RowTotals), 0);
        var dictionary = store.Dictionary;
        foreach (var one in await influx.CompareAsync(cancellationToken))
        {
            (here, there) = (here + one.Here, there + one.There);
            if (!one.Matches)
            {
                other++;
                var input = dictionary[one.Series].Input;
                await say(new JsonObject { ["text"] = FormattableString.Invariant($"  differs: {input.Port} {input.Quantity} of agent {dictionary[one.Series].Agent}: {one.Here.All} here (sum {one.Here.Sum:R}), {one.There.All} there (sum {one.There.Sum:R})") });
            }
        }

        await say(new JsonObject { ["text"] = FormattableString.Invariant($"here   {here.Rows} readings, {here.Missing} without a value, sum {here.Sum:R}") });
        await say(new JsonObject { ["text"] = FormattableString.Invariant($"there  {there.Rows} readings, {there.Missing} without a value, sum {there.Sum:R}") });
        await say(new JsonObject { ["text"] = other == 0 ? "Both sides count and add up to the same" : $"{other} series differ" });
    }
}
