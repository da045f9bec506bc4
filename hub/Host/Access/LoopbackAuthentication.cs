using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace StemLab.Hub.Access;

/// <summary>
/// Who sits at this machine may do everything, anybody else nothing: the hub listens on 127.0.0.1 only.
/// A page of another origin that makes the browser write here is refused, whatever machine it runs on.
/// </summary>
internal sealed class LoopbackAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "loopback";

    private static readonly ClaimsPrincipal Owner = new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Role, Policies.Read),
            new Claim(ClaimTypes.Role, Policies.Teach),
            new Claim(ClaimTypes.Role, Policies.Admin),
        ],
        SchemeName));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var remote = Context.Connection.RemoteIpAddress;
        if (remote is null || !IPAddress.IsLoopback(remote))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(IsForeignWrite(Request)
            ? AuthenticateResult.Fail("A page of another origin may not write here")
            : AuthenticateResult.Success(new AuthenticationTicket(Owner, SchemeName)));
    }

    private static bool IsForeignWrite(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
