using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;

namespace StemLab.Hub.Access;

/// <summary>What holds for every caller with a credential: its calls end when it is revoked; a browser's write must be meant by a page of this hub; a wall display sees its board. Stateless.</summary>
internal static class CallerGuard
{
    public static async Task PassAsync(HttpContext context, CredentialBook credentials, IAntiforgery antiforgery, RequestDelegate next)
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

        // A stream that is open when its credential is revoked is cut here; a short call has nothing to lose.
        using var end = credentials.EndOf(long.Parse(id, CultureInfo.InvariantCulture)).UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
        await next(context);
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
