using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;

namespace StemLab.Hub.Access;

/// <summary>Seats that are told no measured value now, because their group is to predict first. The Classroom room says who, every border asks. Safe from any thread.</summary>
internal sealed class WithheldValues
{
    public const string English = "Values are hidden until your group has said what it expects: predict first";
    public const string Vietnamese = "Số đo đang được giấu: nhóm em hãy dự đoán trước rồi mới xem";

    private readonly Lock _gate = new();

    // Under _gate for writing; replaced whole. Credentials by class session; a session that withholds nothing is not in it.
    private volatile ImmutableDictionary<long, ImmutableHashSet<long>> _bySession = ImmutableDictionary<long, ImmutableHashSet<long>>.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change after it was asked for.</summary>
    public Task NextChange => _changed.Task;

    /// <summary>Replaces who is told nothing in one class session.</summary>
    public void Set(long session, IEnumerable<long> seats)
    {
        lock (_gate)
        {
            var now = seats.ToImmutableHashSet();
            if (_bySession.TryGetValue(session, out var before) ? before.SetEquals(now) : now.IsEmpty)
            {
                return;
            }

            _bySession = now.IsEmpty ? _bySession.Remove(session) : _bySession.SetItem(session, now);
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    /// <summary>True for the credential of such a seat.</summary>
    public bool From(long credential) => _bySession.Any(session => session.Value.Contains(credential));

    /// <summary>True for a caller who is such a seat.</summary>
    public bool From(ClaimsPrincipal caller) => !_bySession.IsEmpty && caller.IsInRole(Roles.Seat)
        && caller.FindFirstValue(HubAuthentication.CredentialClaim) is { } id && From(long.Parse(id, CultureInfo.InvariantCulture));
}
