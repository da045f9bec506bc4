using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Quality;
using StemLab.Store;

namespace StemLab.Hub.SensorThings;

/// <summary>Opens the read API of OGC SensorThings 1.1 at /sta/v1.1.</summary>
internal static class SensorThingsSetup
{
    private const string Begin = "/sta/v1.1";

    // One graph a derivation; it goes when the derivation does.
    private static readonly ConditionalWeakTable<Derivation, EntityGraph> Graphs = [];

    public static void MapSensorThings(this WebApplication app) => app.MapGet(Begin + "/{**path}", AnswerAsync).RequireAuthorization(Policies.Read);

    private static async Task<IResult> AnswerAsync(HttpContext context, ObservationStore store, DerivationBook derivations, QualityBook quality)
    {
        try
        {
            string path = context.Request.Path.Value![Begin.Length..];
            string root = $"{context.Request.Scheme}://{context.Request.Host}{Begin}";
            using StoreSnapshot snapshot = store.Snapshot();
            EntityGraph graph = Graphs.GetValue(derivations.Current, static derivation => new EntityGraph(derivation));
            await quality.TryWaitThroughAsync(snapshot.Commit, context.RequestAborted);
            var answer = new SensorThingsAnswer(graph, new ObservationReader(snapshot, graph, quality, context.RequestAborted), root);
            if (path.Trim('/').Length == 0)
            {
                return Json(answer.Index(), StatusCodes.Status200OK);
            }

            EntityQuestion options = EntityQuestion.Read(context.Request.Query);
            object found = answer.Of(EntityAddress.Read(path), options, more => Link(context.Request, root + path, more));
            return found is string text ? Results.Text(text) : Json((JsonObject)found, StatusCodes.Status200OK);
        }
        catch (SensorThingsProblem problem)
        {
            return Json(new JsonObject { ["code"] = problem.Status, ["type"] = "error", ["message"] = problem.Message }, problem.Status);
        }
    }

    private static IResult Json(JsonObject body, int status) => Results.Text(body.ToJsonString(), "application/json; charset=utf-8", statusCode: status);

    /// <summary>The same question from where this page ended.</summary>
    private static string Link(HttpRequest request, string address, string more)
    {
        var kept = request.Query.Where(pair => pair.Key is not ("$skip" or "$skiptoken")).Select(pair => $"{Uri.EscapeDataString(pair.Key).Replace("%24", "$", StringComparison.Ordinal)}={Uri.EscapeDataString(pair.Value.ToString())}");
        return $"{address}?{string.Join('&', kept.Append(more))}";
    }
}
