using System.Security.Cryptography;

namespace StemLab.Hub.Access;

/// <summary>The one-time code with which a hub nobody has set up is taken into possession from another machine. RAM only; new at every start; gone with the set-up. Safe from any thread.</summary>
internal sealed class SetupCode(SetupState setup)
{
    private readonly string _code = Secrets.NewCode(8);

    /// <summary>Eight letters for the console, as "7FK2-93AQ"; null once the hub is set up.</summary>
    public string? Shown => setup.IsSetUp ? null : $"{_code[..4]}-{_code[4..]}";

    public bool Matches(string typed) => !setup.IsSetUp && CryptographicOperations.FixedTimeEquals(Secrets.HashOf(Secrets.Typed(typed)), Secrets.HashOf(_code));
}
