using System.Security.Cryptography;
using StemLab.Hub.Access;

namespace StemLab.Hub.Screens;

/// <summary>Screens that show four digits and wait for a person. RAM only: after a restart they ask anew. Safe from any thread.</summary>
internal sealed class WaitingScreens(ScreenBook book, TimeProvider time)
{
    /// <summary>More are refused, so that a stranger cannot use up the digits.</summary>
    public const int Most = 50;

    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();

    // Under _gate, by ticket.
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    /// <summary>Digits to show and a ticket to collect with; null when too many wait.</summary>
    public (string Code, string Ticket)? Ask()
    {
        lock (_gate)
        {
            Sweep();
            if (_waiting.Count >= Most)
            {
                return null;
            }

            string code;
            do
            {
                code = RandomNumberGenerator.GetString("0123456789", 4);
            }
            while (_waiting.Values.Any(waiting => waiting.Code == code));

            var ticket = Secrets.New();
            _waiting.Add(ticket, new Waiting(code, time.GetTimestamp(), null));
            return (code, ticket);
        }
    }

    /// <summary>A person has read the digits: makes the credential the screen will collect. Null when no screen shows them.</summary>
    public Credential? Confirm(string code, string name)
    {
        lock (_gate)
        {
            Sweep();
            var found = _waiting.FirstOrDefault(entry => entry.Value.Code == code && entry.Value.Secret is null);
            if (found.Key is null)
            {
                return null;
            }

            var (screen, secret) = book.Attach(name);
            _waiting[found.Key] = found.Value with { Secret = (screen.Id, secret) };
            return screen;
        }
    }

    /// <summary>Of the ticket: the secret once it is confirmed, which is handed out once. False when the ticket is over or unknown.</summary>
    public bool TryCollect(string ticket, out string? secret)
    {
        lock (_gate)
        {
            Sweep();
            secret = null;
            if (!_waiting.TryGetValue(ticket, out var waiting))
            {
                return false;
            }

            if (waiting.Secret is { } made)
            {
                _waiting.Remove(ticket);
                secret = made.Secret;
            }

            return true;
        }
    }

    /// <summary>Forgets what is over; a credential nobody collected is taken back.</summary>
    private void Sweep()
    {
        foreach (var (ticket, over) in _waiting.Where(entry => time.GetElapsedTime(entry.Value.At) > Lasts).ToArray())
        {
            _waiting.Remove(ticket);
            if (over.Secret is { } made)
            {
                book.Detach(made.Id);
            }
        }
    }

    private sealed record Waiting(string Code, long At, (long Id, string Secret)? Secret);
}
