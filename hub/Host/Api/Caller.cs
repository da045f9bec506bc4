using System.Globalization;
using System.Security.Claims;
using Grpc.Core;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Api;

/// <summary>Who calls an rpc. Stateless.</summary>
internal static class Caller
{
    /// <summary>The role that stands in a fact the caller states. The owner of a hub nobody has set up is a teacher, as everybody was before.</summary>
    public static string FactRole(ServerCallContext context)
    {
        var user = context.GetHttpContext().User;
        if (user.IsInRole(Roles.Teacher))
        {
            return FactRoles.Teacher;
        }

        return user.IsInRole(Roles.Admin) ? FactRoles.Admin : FactRoles.Student;
    }

    /// <summary>Role and stable name, as the audit log writes them.</summary>
    public static string Who(ServerCallContext context) => AuditLog.Who(context.GetHttpContext().User);

    /// <summary>Id of the credential the call was made with; null for the owner and commands at the machine, and for nobody.</summary>
    public static long? Credential(ServerCallContext context) =>
        context.GetHttpContext().User.FindFirstValue(HubAuthentication.CredentialClaim) is { } id ? long.Parse(id, CultureInfo.InvariantCulture) : null;

    /// <summary>The sentence in the caller's language; English for who asks for neither.</summary>
    public static string Say(ServerCallContext context, string english, string vietnamese) =>
        context.GetHttpContext().Request.Headers.AcceptLanguage.ToString().StartsWith("vi", StringComparison.OrdinalIgnoreCase) ? vietnamese : english;

    /// <summary>The hub under the name the caller used.</summary>
    public static Uri Here(ServerCallContext context)
    {
        var request = context.GetHttpContext().Request;
        return new Uri($"{request.Scheme}://{request.Host}/");
    }

    /// <summary>Refuses an address that was wrong too often, before its next secret is looked at.</summary>
    public static void MustNotWait(ServerCallContext context, WrongCodes wrong)
    {
        var wait = wrong.WaitOf(context.GetHttpContext().Connection.RemoteIpAddress);
        if (wait > TimeSpan.Zero)
        {
            throw Rpc.ResourceExhausted("wrong codes", $"Too many wrong tries: wait {wait.TotalSeconds:F0} s", $"Thử sai quá nhiều lần: hãy đợi {wait.TotalSeconds:F0} giây", wait);
        }
    }

    /// <summary>Gives a browser a secret that scripts cannot read; over TLS it never travels without.</summary>
    public static void Give(ServerCallContext context, string secret, TimeSpan lasts)
    {
        var http = context.GetHttpContext();
        http.Response.Cookies.Append(
            HubAuthentication.Cookie, secret, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, MaxAge = lasts, IsEssential = true, Path = "/" });
    }
}
