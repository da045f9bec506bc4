using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace StemLab.Hub.Access;

/// <summary>Wires the room: one authentication scheme, one policy per name, everything else denied.</summary>
internal static class AccessSetup
{
    public static void AddAccess(this IServiceCollection services)
    {
        services.AddSingleton<MqttAccess>();
        services.AddAuthentication(LoopbackAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, LoopbackAuthentication>(LoopbackAuthentication.SchemeName, null);
        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build())
            .AddPolicy(Policies.Open, policy => policy.RequireAssertion(_ => true));
        foreach (var role in (string[])[Policies.Read, Policies.Teach, Policies.Admin])
        {
            authorization.AddPolicy(role, policy => policy.RequireRole(role));
        }
    }
}
