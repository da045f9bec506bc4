using Microsoft.Net.Http.Headers;
using StemLab.Hub.Access;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>Wires frozen datasets, and serves their files.</summary>
internal static class ExportSetup
{
    public static IServiceCollection AddExport(this IServiceCollection services) => services
        .AddSingleton<DatasetBook>()
        .AddSingleton<CampaignBook>()
        .AddSingleton<Freezer>()
        .AddSingleton<DatasetExports>()
        .AddHostedService(provider => provider.GetRequiredService<DatasetExports>());

    public static void MapExport(this WebApplication app)
    {
        app.MapMethods("/datasets/{slug}/{number}/files/{name}", ["GET", "HEAD"], File).RequireAuthorization(Policies.Export);
        app.MapGet("/datasets/{slug}/{number}/card", Card).RequireAuthorization(Policies.Export);
    }

    /// <summary>The card of a version for people; <c>?lang=vi</c> or <c>en</c>.</summary>
    private static IResult Card(HttpContext context, DatasetBook book, DatasetExports exports, string slug, string number, string? lang)
    {
        DatasetVersion? version = book.State($"datasets/{slug}/versions/{number}").Version;
        if (version is null || exports.Frozen(version) is not { } frozen)
        {
            return Results.Text($"{(version is null ? "There is no such version" : version.ReasonEn.Length > 0 ? version.ReasonEn : "It is still being frozen")}\n", statusCode: StatusCodes.Status404NotFound);
        }

        context.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src '{DatasetCard.StyleHash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        return Results.Content(DatasetCard.Html(frozen, lang == "en" ? "en" : "vi"), "text/html; charset=utf-8");
    }

    /// <summary>A file with Range, ETag (its sha256) and Repr-Digest, so that a cut download goes on where it stopped.</summary>
    private static IResult File(HttpContext context, DatasetBook book, DatasetExports exports, string slug, string number, string name)
    {
        DatasetVersion? version = book.State($"datasets/{slug}/versions/{number}").Version;
        if (version is null || exports.PathOf(version, name) is not { } path)
        {
            string why = version is { State: DatasetVersion.Types.State.Withdrawn } ? version.ReasonEn : "There is no such file";
            return Results.Text($"{why}\n", statusCode: version is { State: DatasetVersion.Types.State.Withdrawn } ? StatusCodes.Status410Gone : StatusCodes.Status404NotFound);
        }

        DatasetFile file = version.Files.First(file => file.FileName == name);
        context.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(file.Sha256))}:";
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        FileBody.Use(context);
        return Results.File(path, TypeOf(name), name, entityTag: new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true);
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".zip" => "application/zip",
        ".nc" => "application/x-netcdf",
        ".parquet" => "application/vnd.apache.parquet",
        ".csv" => "text/csv; charset=utf-8",
        ".xml" => "application/xml",
        _ => "application/octet-stream",
    };
}
