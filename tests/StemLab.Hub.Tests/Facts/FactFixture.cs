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

    /// <summary>An electrode fitted in two buffers at 25 °C, compensated by the water's temperature of at most a minute ago.</summary>
    public static CalibrationMethod PhMethod { get; } = new(
        CalibrationForm.Ph,
        [],
        [new StandardReading(177.5, 4.01, 0.2, 0.02, 25, "pH 4.01"), new StandardReading(0.5, 7, 0.2, 0.02, 25, "pH 7.00")],
        [new Compensation(CompensationRole.Temperature, "water_temperature", 60_000_000, 25)],
        ResidualSd: 0.01,
        SlopePercent: 99.4,
        ReferenceCelsius: 25,
        ValidUntil: Instant.AtUtc(1_800_000_000_000_000));

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
