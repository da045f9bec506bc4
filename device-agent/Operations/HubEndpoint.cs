using System.Globalization;

namespace StemLab.Agent.Operations;

/// <summary>Where the hub's MQTT door is.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
internal readonly record struct HubEndpoint(string Host, int Port)
{
    /// <summary>Reads host:port; an IPv6 address stands in brackets.</summary>
    public static bool TryParse(string text, out HubEndpoint endpoint)
    {
        endpoint = default;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
        {
            return false;
        }

        var host = text[..colon];
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!bracketed && host.Contains(':') || host.Any(char.IsWhiteSpace))
        {
            return false;
        }

        endpoint = new HubEndpoint(bracketed ? host[1..^1] : host, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
