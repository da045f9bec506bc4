using Microsoft.AspNetCore.Connections;

namespace StemLab.Hub.Sockets;

/// <summary>Wires the room.</summary>
internal static class SocketsSetup
{
    /// <summary>Makes Kestrel read each <see cref="GatheredEndPoint"/> in rounds; after <c>UseKestrelCore</c>.</summary>
    /// <param name="services">Gets the transport.</param>
    /// <param name="options">Asked when the first address is listened on.</param>
    public static IServiceCollection AddGatheredSockets(this IServiceCollection services, Func<IServiceProvider, GatheredOptions> options) =>
        services.AddSingleton<IConnectionListenerFactory>(provider => new GatheredTransport(() => options(provider)));
}
