using System.Globalization;
using System.Security.Claims;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;

namespace StemLab.Hub.Access;

/// <summary>What holds for every caller with a credential: its calls end when it is revoked; a browser's write must be meant by a page of this hub; a wall display sees its board, a seat whose values are hidden its lesson. Stateless.</summary>
internal static class CallerGuard
{
    public static async Task PassAsync(HttpContext context, CredentialBook credentials, WithheldValues withheld, IAntiforgery antiforgery, RequestDelegate next)
    {
        if (context.User.FindFirstValue(HubAuthentication.CredentialClaim) is not { } id)
        {
            await next(context);
            return;
        }

        if (context.User.HasClaim(claim => claim.Type == HubAuthentication.CookieClaim) && IsWrite(context.Request.Method) && !await antiforgery.IsRequestValidAsync(context))
        {
            await RequestGuard.RefuseAsync(context, StatusCodes.Status403Forbidden, "This page is out of date, or another page tried to write in your name: load the page again");
            return;
        }

        if (BoardScope.Of(context.User) is { } board && IsOtherPage(context.Request, board))
        {
            context.Response.Redirect(context.User.FindFirstValue(HubAuthentication.ScopeClaim) ?? "/");
            return;
        }

        if (withheld.From(context.User) && MayTellValues(context.GetEndpoint()))
        {
            await WithholdAsync(context);
            return;
        }

        // A stream that is open when its credential is revoked is cut here; a short call has nothing to lose.
        using var end = credentials.EndOf(long.Parse(id, CultureInfo.InvariantCulture)).UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
        await next(context);
    }

    /// <summary>Any page or file a seat may have but for what is open to everybody; rpcs have a border of their own.</summary>
    private static bool MayTellValues(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<GrpcMethodMetadata>() is null
        && endpoint?.Metadata.GetMetadata<IAuthorizeData>()?.Policy is { } policy && Policies.RolesOf.TryGetValue(policy, out var roles) && roles.Contains(Roles.Seat);

    /// <summary>A student is led back to the lesson, where the sentence stands; a program gets the sentence.</summary>
    private static Task WithholdAsync(HttpContext context)
    {
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            context.Response.Redirect("/lesson");
            return Task.CompletedTask;
        }

        var isVietnamese = context.Request.Headers.AcceptLanguage.ToString().StartsWith("vi", StringComparison.OrdinalIgnoreCase);
        return RequestGuard.RefuseAsync(context, StatusCodes.Status403Forbidden, isVietnamese ? WithheldValues.Vietnamese : WithheldValues.English);
    }

    private static bool IsWrite(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    /// <summary>A page that is not the board of this display, however it is asked for.</summary>
    private static bool IsOtherPage(HttpRequest request, BoardScope board)
    {
        var isShown = request.Path == "/" || (request.Path.StartsWithSegments("/agents", StringComparison.Ordinal, out var rest) && rest.Value!.Contains("/channels/", StringComparison.Ordinal));
        var isPage = isShown || request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
        return HttpMethods.IsGet(request.Method) && isPage && !board.IsPage(request) && request.Path != "/signin";
    }
}
