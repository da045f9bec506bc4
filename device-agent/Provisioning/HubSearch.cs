using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using StemLab.Wire;

namespace StemLab.Agent.Provisioning;

/// <summary>Where a hub may be: asks by multicast DNS on every network, and names the gateway. Nothing found is trusted before it has shown its signature. One thread.</summary>
/// <param name="time">For waiting.</param>
internal sealed class HubSearch(TimeProvider time)
{
    /// <summary>Port of a hub's pages where nobody says otherwise.</summary>
    public const int PagePort = 5080;

    private const int MostFound = 32;
    private static readonly TimeSpan Listening = TimeSpan.FromSeconds(1.5);

    /// <summary>Addresses of pages to try, the likeliest first, each once.</summary>
    /// <param name="known">Those known from before.</param>
    /// <param name="hub">Only this hub's answers by multicast DNS; null = every hub's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ImmutableArray<Uri>> FindAsync(IEnumerable<string> known, Id128? hub, CancellationToken cancellationToken)
    {
        var found = new List<Uri>();
        var adverts = await AskAsync(cancellationToken);
        foreach (var (advert, sender) in adverts.Where(one => hub is null || one.Advert.HubId == hub))
        {
            found.AddRange(advert.Addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork).Prepend(sender).Distinct().Select(address => PageOf(address, advert)));
        }

        found.AddRange(known.Select(text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null).OfType<Uri>());
        found.AddRange(Gateways().Select(address => new Uri($"http://{Host(address)}:{PagePort}/")));
        return [.. found.Distinct()];
    }

    private static Uri PageOf(IPAddress address, HubAdvert advert) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{(advert.IsTls ? "https" : "http")}://{Host(address)}:{advert.PagePort}/"));

    private static string Host(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();

    /// <summary>Asks on each network from a port of its own, so that the answers come here alone.</summary>
    private async Task<List<(HubAdvert Advert, IPAddress Sender)>> AskAsync(CancellationToken cancellationToken)
    {
        var asked = await Task.WhenAll(Own().Select(address => AskOnAsync(address, cancellationToken)));
        return [.. asked.SelectMany(answers => answers).DistinctBy(answer => (answer.Advert.HubId, answer.Sender)).Take(MostFound)];
    }

    private async Task<List<(HubAdvert Advert, IPAddress Sender)>> AskOnAsync(IPAddress own, CancellationToken cancellationToken)
    {
        var answers = new List<(HubAdvert, IPAddress)>();
        using var limit = new CancellationTokenSource(Listening, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(own, 0));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, own.GetAddressBytes());
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 1);
            var id = (ushort)Random.Shared.Next(1, ushort.MaxValue);
            await socket.SendToAsync(HubAdvert.Question(id), new IPEndPoint(HubAdvert.Group, HubAdvert.Port), either.Token);
            var buffer = new byte[HubAdvert.MostBytes];
            while (answers.Count < MostFound)
            {
                var came = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), either.Token);
                if (HubAdvert.Read(buffer.AsSpan(0, came.ReceivedBytes)) is { } advert)
                {
                    answers.Add((advert, ((IPEndPoint)came.RemoteEndPoint).Address));
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Listened long enough.
        }
        catch (SocketException)
        {
            // A network without multicast.
        }

        return answers;
    }

    private static IEnumerable<IPAddress> Own() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(one => one.OperationalStatus == OperationalStatus.Up || one.NetworkInterfaceType == NetworkInterfaceType.Loopback)
        .SelectMany(one => one.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address))
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork).Distinct();

    private static IEnumerable<IPAddress> Gateways() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(one => one.OperationalStatus == OperationalStatus.Up)
        .SelectMany(one => one.GetIPProperties().GatewayAddresses.Select(gateway => gateway.Address))
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !address.Equals(IPAddress.Any)).Distinct();
}
