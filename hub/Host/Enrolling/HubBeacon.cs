using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using StemLab.Hub.Access;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;

namespace StemLab.Hub.Enrolling;

/// <summary>Answers "which StemLab hubs are there?" on UDP 5353: on this machine always, on the network where the hub listens to it. Sends nothing unasked. One loop.</summary>
internal sealed class HubBeacon(HubOrigin origin, FirstContact contact, HubClock clock, TimeProvider time, ILogger<HubBeacon> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan InterfacesLast = TimeSpan.FromSeconds(60);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wasTold = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await AnswerAsync(stoppingToken);
            }
            catch (SocketException failed)
            {
                // No socket, no network, a name service that keeps the port to itself: agents find the hub by their join file or its address.
                if (!wasTold)
                {
                    EnrollingLog.BeaconFailed(logger, failed.Message);
                }

                wasTold = true;
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AnswerAsync(CancellationToken stoppingToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Any, HubAdvert.Port));
        var joined = new HashSet<IPAddress>();
        var joinedAt = time.GetTimestamp();
        Join(socket, joined);
        var buffer = new byte[HubAdvert.MostBytes];
        while (!stoppingToken.IsCancellationRequested)
        {
            var came = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stoppingToken);
            if (time.GetElapsedTime(joinedAt) > InterfacesLast)
            {
                joinedAt = time.GetTimestamp();
                Join(socket, joined);
            }

            var asker = (IPEndPoint)came.RemoteEndPoint;
            if (!HubAdvert.IsQuestion(buffer.AsSpan(0, came.ReceivedBytes), out var id))
            {
                continue;
            }

            contact.Asked(asker);
            if (Advert(asker.Address) is not { } advert)
            {
                continue;
            }

            // Asked from another port than 5353 the answer goes to the asker alone; otherwise to the group, as RFC 6762 wants.
            var isAlone = asker.Port != HubAdvert.Port;
            var answer = advert.Answer(id, isAlone);
            foreach (var target in isAlone ? [asker] : joined.Select(_ => new IPEndPoint(HubAdvert.Group, HubAdvert.Port)).Take(1).Append(asker))
            {
                await TrySendAsync(socket, answer, target, stoppingToken);
            }
        }
    }

    private static async Task TrySendAsync(Socket socket, byte[] answer, IPEndPoint target, CancellationToken stoppingToken)
    {
        try
        {
            await socket.SendToAsync(answer, target, stoppingToken);
        }
        catch (SocketException)
        {
            // The asker's network is gone; the next question is another one.
        }
    }

    /// <summary>What that asker is told; null = nothing, the hub does not listen to its network.</summary>
    private HubAdvert? Advert(IPAddress asker)
    {
        var urls = origin.PageUrls;
        if (urls.IsEmpty || (!IPAddress.IsLoopback(asker) && !origin.IsOnNetwork))
        {
            return null;
        }

        var url = urls.FirstOrDefault(one => one.IsLoopback == IPAddress.IsLoopback(asker)) ?? urls[0];
        var addresses = urls.Select(one => IPAddress.TryParse(one.Host.Trim('[', ']'), out var address) ? address : null).OfType<IPAddress>().Distinct().ToImmutableArray();
        return new HubAdvert(clock.HubId, url.Port, url.Scheme == Uri.UriSchemeHttps, addresses);
    }

    private void Join(Socket socket, HashSet<IPAddress> joined)
    {
        var here = NetworkInterface.GetAllNetworkInterfaces()
            .Where(one => one.OperationalStatus == OperationalStatus.Up && (one.NetworkInterfaceType == NetworkInterfaceType.Loopback || origin.IsOnNetwork))
            .SelectMany(one => one.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address))
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork)
            .Append(IPAddress.Loopback);
        foreach (var address in here.Where(joined.Add))
        {
            try
            {
                socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(HubAdvert.Group, address));
            }
            catch (SocketException)
            {
                // An interface without multicast: whoever is there asks by another.
            }
        }
    }
}
