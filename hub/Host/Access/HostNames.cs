using System.Net;

namespace StemLab.Hub.Access;

/// <summary>Names this hub answers to. A page of another name that has its own name lead here (DNS rebinding) is not answered. Immutable.</summary>
internal sealed class HostNames(AccessOptions options)
{
    private readonly HashSet<string> _known = new(
        [.. options.HostNames, "localhost", "stemlab.local", Environment.MachineName, $"{Environment.MachineName}.local"], StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _machine = new([.. options.HostNames, "localhost", "127.0.0.1", "[::1]"], StringComparer.OrdinalIgnoreCase);

    /// <summary>True for a name or any address; an address cannot be rebound.</summary>
    public bool IsKnown(string host) => _known.Contains(host) || IPAddress.TryParse(host.Trim('[', ']'), out _);

    /// <summary>True for a name that only who sits at the machine uses, or that this hub was told.</summary>
    public bool IsOfThisMachine(string host) => _machine.Contains(host);

    /// <summary>Names for a certificate of one's own.</summary>
    public IReadOnlyCollection<string> All => _known;
}
