using System.Net;

namespace StemLab.Hub.Access;

/// <summary>
/// Counts wrong codes and passphrases, so that a class behind one address passes and a guesser does not: an address may be wrong thirty times, then once in three seconds;
/// the whole hub three hundred times, then once a second. Safe from any thread; RAM only, so no address outlives the process.
/// </summary>
internal sealed class WrongCodes(TimeProvider time)
{
    private const double AddressBurst = 30;
    private const double AddressPerSecond = 1 / 3.0;
    private const double HubBurst = 300;
    private const double HubPerSecond = 1;
    private const int MostAddresses = 10_000;

    private readonly Lock _gate = new();

    // Under _gate.
    private readonly Dictionary<IPAddress, Bucket> _addresses = [];
    private Bucket _hub = new(HubBurst, 0);

    /// <summary>How long that address must wait before its next try is looked at; zero = now.</summary>
    public TimeSpan WaitOf(IPAddress? address)
    {
        lock (_gate)
        {
            var hub = Filled(_hub, HubBurst, HubPerSecond);
            var own = Filled(_addresses.GetValueOrDefault(address ?? IPAddress.None, new Bucket(AddressBurst, 0)), AddressBurst, AddressPerSecond);
            var seconds = Math.Max((1 - hub.Left) / HubPerSecond, (1 - own.Left) / AddressPerSecond);
            return seconds <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Ceiling(seconds));
        }
    }

    /// <summary>Somebody there was wrong.</summary>
    public void Count(IPAddress? address)
    {
        lock (_gate)
        {
            _hub = Filled(_hub, HubBurst, HubPerSecond) is var hub ? hub with { Left = hub.Left - 1 } : default;
            var key = address ?? IPAddress.None;
            if (_addresses.Count >= MostAddresses && !_addresses.ContainsKey(key))
            {
                // Whoever has filled up again is as good as unknown.
                foreach (var (full, _) in _addresses.Where(entry => Filled(entry.Value, AddressBurst, AddressPerSecond).Left >= AddressBurst).ToArray())
                {
                    _addresses.Remove(full);
                }
            }

            if (_addresses.Count < MostAddresses || _addresses.ContainsKey(key))
            {
                var own = Filled(_addresses.GetValueOrDefault(key, new Bucket(AddressBurst, time.GetTimestamp())), AddressBurst, AddressPerSecond);
                _addresses[key] = own with { Left = own.Left - 1 };
            }
        }
    }

    private Bucket Filled(Bucket bucket, double burst, double perSecond)
    {
        var now = time.GetTimestamp();
        return bucket.At == 0 ? new Bucket(burst, now) : new Bucket(Math.Min(burst, bucket.Left + (time.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond)), now);
    }

    /// <param name="Left">Tries left.</param>
    /// <param name="At">Timestamp of that count; 0 = never used.</param>
    private readonly record struct Bucket(double Left, long At);
}
