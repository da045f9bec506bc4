using System.Collections.Frozen;
using System.Net;

namespace StemLab.Hub.Access;

/// <summary>Whether any other device has reached this hub since it started; keeps no address. Safe from any thread.</summary>
internal sealed class FirstContact
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<IPAddress, bool> _isOwn;
    private volatile bool _wasAsked;

    public FirstContact()
        : this(new OwnAddresses().Holds)
    {
    }

    /// <param name="isOwn">True for an address of this machine.</param>
    public FirstContact(Func<IPAddress, bool> isOwn) => _isOwn = isOwn;

    /// <summary>Completes with the first connection of another device, to whatever port.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Another device asked over multicast where the hub is: it is in the same network.</summary>
    public bool WasAsked => _wasAsked;

    /// <summary>A connection came, whatever becomes of it.</summary>
    public void Connected(EndPoint? from)
    {
        if (!_reached.Task.IsCompleted && IsOther(from))
        {
            _reached.TrySetResult();
        }
    }

    /// <summary>A question came over multicast.</summary>
    public void Asked(EndPoint? from) => _wasAsked = _wasAsked || IsOther(from);

    private bool IsOther(EndPoint? from)
    {
        if (from is not IPEndPoint { Address: var address } || IPAddress.IsLoopback(address))
        {
            return false;
        }

        return !_isOwn(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    /// <summary>Addresses of this machine; looked up again only for one that is not known yet, because that takes milliseconds. Safe from any thread.</summary>
    private sealed class OwnAddresses
    {
        private volatile FrozenSet<IPAddress> _known = [];

        public bool Holds(IPAddress address)
        {
            if (!_known.Contains(address))
            {
                _known = HubCertificate.Addresses().ToFrozenSet();
            }

            return _known.Contains(address);
        }
    }
}
