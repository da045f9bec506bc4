using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Store;
using StemLab.Store.Influx;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Influx;

public sealed class InfluxLinkTests
{
    private const long Day = 86_400 * Second;

    [Fact]
    public async Task A_boot_is_held_while_nobody_knows_it_within_a_day_unless_a_person_places_it()
    {
        await using var hub = await DeriveFixture.OpenAsync();
        await using var link = new InfluxLink(
            new HubOptions { DataFolder = hub.Folder }, hub.Store, hub.Book, hub.Judged(), hub.Extents, TimeProvider.System, NullLogger<InfluxStore>.Instance);
        var boot = new BootId(Boot.Value);
        await hub.RowsAsync("ph", "ph", "[pH]", (Second, 7.0));
        Assert.Null(link.OffsetOf(boot));

        // A machine's guess of three days is no time; a teacher's word of three days is the best there will ever be.
        var guess = hub.Log.Append(new FactDraft(new UtcAnchor(Boot, Second, Utc0, 3 * Day, "rtc"), hub.Clock.Now, FactRoles.Hub)).Stated[0];
        Assert.Null(link.OffsetOf(boot));
        hub.Withdraw(guess);
        hub.State(new UtcAnchor(Boot, Second, Utc0, 3 * Day, "teacher"));
        Assert.Equal(Utc0 - Second, link.OffsetOf(boot));
    }
}
