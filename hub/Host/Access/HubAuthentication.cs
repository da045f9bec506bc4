using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace StemLab.Hub.Access;

/// <summary>
/// Who calls over HTTP, by the first proof shown: the machine's own secret, a bearer token, the cookie of a browser, or sitting at the machine of a hub nobody has set up.
/// </summary>
internal sealed class HubAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, SetupState setup, CredentialBook credentials, LocalSecret local)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "hub";

    /// <summary>The cookie of a signed-in browser, a seat or a kiosk.</summary>
    public const string Cookie = "stemlab";

    /// <summary>Claim type: id of the credential; absent for the owner at the machine and its commands.</summary>
    public const string CredentialClaim = "credential";

    /// <summary>Claim type: scope of the credential.</summary>
    public const string ScopeClaim = "scope";

    /// <summary>Claim type: present when a browser sent the proof by itself, so that a write also needs the page's own token.</summary>
    public const string CookieClaim = "cookie";

    private static readonly ClaimsPrincipal Owner = Whole("owner");
    private static readonly ClaimsPrincipal Machine = Whole("machine");

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var isLoopback = Context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote);
        if (Request.Headers.TryGetValue(LocalSecret.Header, out var shown))
        {
            return Task.FromResult(isLoopback && local.Matches(shown.ToString()) ? Success(Machine) : AuthenticateResult.Fail("The secret is not this hub's"));
        }

        var bearer = Request.Headers.Authorization.ToString();
        if (bearer.Length > 0)
        {
            return Task.FromResult(bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && Of(bearer["Bearer ".Length..].Trim(), isCookie: false) is { } caller
                ? Success(caller)
                : AuthenticateResult.Fail("The token is unknown, expired or revoked"));
        }

        if (Request.Cookies[Cookie] is { } cookie && Of(cookie, isCookie: true) is { } person)
        {
            return Task.FromResult(Success(person));
        }

        return Task.FromResult(setup.IsOwnerAtMachine && HostNames.IsAtMachine(Context) ? Success(Owner) : AuthenticateResult.NoResult());
    }

    /// <summary>A person who may not see a page is shown where to sign in; a program gets the status.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => AskedForPage(Request)
        ? ToSignIn()
        : base.HandleChallengeAsync(properties);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AskedForPage(Request)
        ? ToSignIn()
        : base.HandleForbiddenAsync(properties);

    /// <summary>A person looks, with a browser.</summary>
    internal static bool AskedForPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static ClaimsPrincipal Whole(string name) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, name), new Claim(ClaimTypes.Role, Roles.Admin), new Claim(ClaimTypes.Role, Roles.Teacher)], SchemeName));

    private static AuthenticateResult Success(ClaimsPrincipal caller) => AuthenticateResult.Success(new AuthenticationTicket(caller, SchemeName));

    private Task ToSignIn()
    {
        Response.Redirect(setup.IsSetUp ? $"/signin?then={Uri.EscapeDataString(Request.Path)}" : "/setup");
        return Task.CompletedTask;
    }

    private ClaimsPrincipal? Of(string secret, bool isCookie)
    {
        if (credentials.Find(secret) is not { Kind: not CredentialKind.Invite } found)
        {
            return null;
        }

        List<Claim> claims =
        [
            new(ClaimTypes.NameIdentifier, found.Owner),
            new(ClaimTypes.Role, found.Role),
            new(CredentialClaim, found.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            new(ScopeClaim, found.Scope),
        ];
        if (found.Kind == CredentialKind.Token && found.Scope.Split(' ').Contains("export"))
        {
            claims.Add(new Claim(ClaimTypes.Role, Roles.Exporter));
        }

        if (isCookie)
        {
            claims.Add(new Claim(CookieClaim, "1"));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName));
    }
}
