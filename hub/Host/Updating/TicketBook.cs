using System.Security.Cryptography;
using StemLab.Hub.TimeKeeping;

namespace StemLab.Hub.Updating;

/// <summary>Who may fetch a package: a ticket is 256 random bits, good for one file and a quarter of an hour. RAM only; safe from any thread.</summary>
internal sealed class TicketBook(HubClock clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private readonly Lock _gate = new();

    // Under _gate; those that are over go when the next is made.
    private readonly Dictionary<string, (string FileName, long UntilUs)> _tickets = new(StringComparer.Ordinal);

    public string Make(string fileName)
    {
        string ticket = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        lock (_gate)
        {
            long nowUs = clock.NowUs();
            foreach (string over in _tickets.Where(entry => entry.Value.UntilUs < nowUs).Select(entry => entry.Key).ToList())
            {
                _tickets.Remove(over);
            }

            _tickets[ticket] = (fileName, nowUs + (long)Life.TotalMicroseconds);
        }

        return ticket;
    }

    public bool Opens(string ticket, string fileName)
    {
        lock (_gate)
        {
            return _tickets.TryGetValue(ticket, out var known) && known.FileName == fileName && known.UntilUs >= clock.NowUs();
        }
    }
}
