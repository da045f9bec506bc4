using StemLab.TestKit;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>A real hub.db in a folder of its own, with its log; reopen as often as a test wants.</summary>
internal sealed class FactFixture : IDisposable
{
    private readonly TempFolder _folder = new();

    public FactFixture() => Open();

    public HubDatabase Database { get; private set; } = null!;

    public HubIdentity Identity { get; private set; } = null!;

    public FactLog Log { get; private set; } = null!;

    public static Instant Now { get; } = Instant.AtBoot(new Id128(77), 1_000_000);

    public static FactDraft Draft(FactBody body, params Id128[] supersedes) => new(body, Now, FactRoles.Teacher) { Supersedes = [.. supersedes] };

    public static Calibration Slope(Id128 probe, double slope, double offset = 0) => new(probe, "", "", "", "", slope, offset, Instant.AtUtc(0), "");

    public void Reopen()
    {
        Database.Dispose();
        Open();
    }

    public void Dispose()
    {
        Database.Dispose();
        _folder.Dispose();
    }

    private void Open()
    {
        Database = HubDatabase.Open(_folder.File("hub.db"));
        Identity = HubIdentity.Of(Database);
        Log = new FactLog(Database, Identity);
    }
}
