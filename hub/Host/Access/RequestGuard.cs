namespace StemLab.Hub.Access;

/// <summary>What holds for every request, whoever sends it: headers of the answer, names the hub answers to, no write by a page of another origin, no secret in an address. Stateless.</summary>
internal static class RequestGuard
{
    /// <summary>Header in which a page of this hub shows that a write is its own.</summary>
    public const string PageHeader = "x-stemlab-page";

    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly string[] SecretNames = ["token", "access_token", "authorization", "passphrase", "password", "secret", "code"];

    public static Task PassAsync(HttpContext context, HostNames names, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var request = context.Request;
        if (!names.IsKnown(request.Host.Host) && !ConnectivityChecks.IsOne(request))
        {
            return WrongName.AnswerAsync(context);
        }

        if (IsForeignWrite(request))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "A page of another origin may not write here");
        }

        return request.QueryString.HasValue && CarriesSecret(request)
            ? RefuseAsync(context, StatusCodes.Status400BadRequest, "A secret does not belong into an address, where logs and histories keep it: send it in the header Authorization, or in the body")
            : next(context);
    }

    /// <summary>The longer headers of a page; everything else is only told that it is no page, because forty phones fetch it over one slow Wi-Fi.</summary>
    /// <param name="context">Its request.</param>
    /// <param name="isForPupils">Nothing is typed on it that is worth stealing: it stays in the process a phone's browser has ready, together with whoever opened it.</param>
    public static void HeadPage(HttpContext context, bool isForPupils = false)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        if (!isForPupils && (context.Request.IsHttps || HostNames.IsMachine(context.Request.Host.Host)))
        {
            // Over plain HTTP a browser ignores it and complains.
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
        }

        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), usb=(), payment=()";
        headers.CacheControl = "no-store";
    }

    /// <summary>A sentence in the form the caller reads: a gRPC status, else JSON as the rpcs answer it.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string sentence)
    {
        var isGrpc = context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
        if (isGrpc)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentType = context.Request.ContentType;
            context.Response.Headers["grpc-status"] = status == StatusCodes.Status400BadRequest ? "3" : "7";
            context.Response.Headers["grpc-message"] = Uri.EscapeDataString(sentence);
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new Refusal(status == StatusCodes.Status400BadRequest ? 3 : 7, sentence), RefusalJson.Answers.Refusal, cancellationToken: context.RequestAborted);
    }

    /// <summary>True when a page of another origin makes the browser send something that changes the hub.</summary>
    private static bool IsForeignWrite(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return false;
        }

        var origin = request.Headers.Origin.ToString();
        return (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)))
            || request.Headers["Sec-Fetch-Site"] == "cross-site";
    }

    private static bool CarriesSecret(HttpRequest request) =>
        request.Query.Any(entry => SecretNames.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)
            || entry.Value.Any(value => value is { Length: 47 } && value.StartsWith("sl", StringComparison.Ordinal) && value[3] == '_'));
}
