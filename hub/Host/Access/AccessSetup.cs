using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace StemLab.Hub.Access;

/// <summary>Wires the room: one authentication scheme, one policy per name, everything else denied. Needs the Facts, TimeKeeping and Fleet rooms.</summary>
internal static class AccessSetup
{
    /// <summary>Folder of the key ring in the data folder; part of a backup.</summary>
    public const string KeyFolder = "keys";

    public static void AddAccess(this IServiceCollection services, AccessOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<AccessClock>();
        services.AddSingleton<SetupState>();
        services.AddSingleton<SetupCode>();
        services.AddSingleton<CredentialBook>();
        services.AddSingleton<PersonBook>();
        services.AddSingleton<TokenBook>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<HubOrigin>();
        services.AddSingleton<FirstContact>();
        services.AddSingleton<HostNames>();
        services.AddSingleton<LocalSecret>();
        services.AddSingleton<WrongCodes>();
        services.AddSingleton<MqttAccess>();
        services.AddSingleton<WithheldValues>();
        services.AddDataProtection().SetApplicationName("stemlab").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.DataFolder, KeyFolder)));
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "stemlab-page";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.HeaderName = RequestGuard.PageHeader;
        });
        services.AddAuthentication(HubAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, HubAuthentication>(HubAuthentication.SchemeName, null);
        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build())
            .AddPolicy(Policies.Open, policy => policy.RequireAssertion(_ => true))
            .AddPolicy(Policies.Knock, policy => policy.RequireAssertion(_ => true));
        foreach (var (name, roles) in Policies.RolesOf)
        {
            authorization.AddPolicy(name, policy => policy.RequireRole(roles));
        }

        services.AddSingleton<IAuthorizationPolicyProvider, PolicyChoice>();
        services.AddRateLimiter(KnockLimit.Configure);
    }

    /// <summary>For a hub that speaks TLS.</summary>
    public static void AddCertificate(this IServiceCollection services, HubCertificate certificate) => services
        .AddSingleton(certificate)
        .AddSingleton<CertificateWatch>()
        .AddHostedService(provider => provider.GetRequiredService<CertificateWatch>());

    /// <summary>The authority's certificate, for who wants to trust this hub's TLS, and answers to phones that test their Wi-Fi; nothing secret.</summary>
    public static void MapAccess(this WebApplication app)
    {
        ConnectivityChecks.Map(app);
        app.MapGet("/ca.pem", (HubOrigin origin) => origin.CaCertificatePem is { } pem ? Results.Text(pem, "application/x-pem-file") : Results.NotFound()).RequireAuthorization(Policies.Open);
    }

    /// <summary>Before routing: what no endpoint should have to think of.</summary>
    public static void UseRequestGuard(this WebApplication app)
    {
        app.Services.GetRequiredService<LocalSecret>();
        var names = app.Services.GetRequiredService<HostNames>();
        app.Use((context, next) => RequestGuard.PassAsync(context, names, next));
    }

    /// <summary>After authentication and before authorisation.</summary>
    public static void UseCallerGuard(this WebApplication app)
    {
        var credentials = app.Services.GetRequiredService<CredentialBook>();
        var antiforgery = app.Services.GetRequiredService<Microsoft.AspNetCore.Antiforgery.IAntiforgery>();
        var withheld = app.Services.GetRequiredService<WithheldValues>();
        app.Use((context, next) => CallerGuard.PassAsync(context, credentials, withheld, antiforgery, next));
        app.Use(KnockLimit.WhenKnocked(app.Services));
    }
}
