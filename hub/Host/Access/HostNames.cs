using System.Net;

namespace StemLab.Hub.Access;

/// <summary>Names this hub answers to. A page of another name that has its own name lead here (DNS rebinding) is not answered. Immutable.</summary>
internal sealed class HostNames(AccessOptions options)
{
    /// <summary>Headers a proxy adds.</summary>
    private static readonly string[] Passed = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"];

    private static readonly HashSet<string> Machine = new(["localhost", "127.0.0.1", "[::1]"], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _known = new(
        [.. options.HostNames, "localhost", "stemlab.local", Environment.MachineName, $"{Environment.MachineName}.local"], StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a name or any address; an address cannot be rebound.</summary>
    public bool IsKnown(string host) => _known.Contains(host) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    /// <summary>True for a name or address by which a machine calls itself; browsers hold it for as safe as TLS.</summary>
    public static bool IsMachine(string host) => Machine.Contains(host);

    /// <summary>
    /// True for who sits at the machine: the connection comes from it, by a name that leads nowhere else, and nobody says to have passed the request on.
    /// A name this hub was told does not count: a proxy on the machine brings everybody by it.
    /// </summary>
    public static bool IsAtMachine(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) && IsMachine(context.Request.Host.Host)
        && !Passed.Any(context.Request.Headers.ContainsKey);

    /// <summary>Names for a certificate of one's own.</summary>
    public IReadOnlyCollection<string> All => _known;
}
