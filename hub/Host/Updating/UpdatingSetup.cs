using StemLab.Hub.Access;

namespace StemLab.Hub.Updating;

/// <summary>Wires the room, and serves packages to who has a ticket.</summary>
internal static class UpdatingSetup
{
    public static IServiceCollection AddUpdating(this IServiceCollection services) => services
        .AddSingleton<PackageShelf>()
        .AddSingleton<TicketBook>()
        .AddSingleton<UpdateRound>()
        .AddHostedService(provider => provider.GetRequiredService<UpdateRound>());

    public static void MapUpdating(this WebApplication app) => app.MapGet("/agent-packages/{name}", File).RequireAuthorization(Policies.Open);

    /// <summary>The ticket is the key: without it there is nothing here.</summary>
    private static IResult File(HttpContext context, PackageShelf shelf, TicketBook tickets, string name) =>
        tickets.Opens(context.Request.Query["ticket"].ToString(), name) && shelf.All().FirstOrDefault(package => package.FileName == name) is { } package
            ? Results.File(package.Path, "application/octet-stream", name)
            : Results.Text("There is no such package\n", statusCode: StatusCodes.Status404NotFound);
}
