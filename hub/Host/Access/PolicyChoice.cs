using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace StemLab.Hub.Access;

/// <summary>
/// Policies by their names, put together for each request. The framework's memory of them asks for every endpoint before the hub listens, and mapping them all is much of the
/// work of a start (<see cref="Operations.DeferredEndpoints"/>); putting one named policy together is little.
/// </summary>
internal sealed class PolicyChoice(IOptions<AuthorizationOptions> options) : DefaultAuthorizationPolicyProvider(options)
{
    public override bool AllowsCachingPolicies => false;
}
