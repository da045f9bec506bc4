using Microsoft.Extensions.DependencyInjection;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Intake;
using StemLab.Hub.Startup;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Pages;

/// <summary>An agent's boat that goes out of reach and comes back: a reading each second, numbered, in blocks put in at the store's door in the order the test likes.</summary>
internal sealed class SmallBoat
{
    private const long Second = 1_000_000;
    private static readonly AgentId Agent = new(new Id128(0xB0A7).Value);
    private static readonly BootId Boot = new(new Id128(0xB1).Value);
    private static readonly StreamId Stream = new(7);

    private static readonly CatalogDeclaration Catalog = new(0xCA7, [new InputDeclaration("ph", "ph", "[pH]", 0)]);

    private readonly HubHost hub;
    private readonly long firstUs;

    private SmallBoat(HubHost hub, long firstUs) => (this.hub, this.firstUs) = (hub, firstUs);

    /// <summary>Enrols it; its clock is tied to the hub's, or to nothing.</summary>
    /// <param name="hub">Its hub.</param>
    /// <param name="agoS">How long ago it took its first reading.</param>
    public static async Task<SmallBoat> EnrolAsync(HubHost hub, int agoS)
    {
        var clock = hub.Services.GetRequiredService<HubClock>();
        hub.Services.GetRequiredService<FleetBook>().Enrol("small-boat", Agent);
        var boat = new SmallBoat(hub, clock.NowUs() - (agoS * Second));
        await boat.DeclareAsync(null);
        hub.Services.GetRequiredService<FactLog>().Append(new FactDraft(new ClockTie(new Id128(Boot.Value), clock.NowUs(), clock.BootId, clock.NowUs(), 1_000), clock.Now, FactRoles.Teacher));
        return boat;
    }

    /// <summary>It says how many readings it has saved, as it does when it is back after a boot.</summary>
    public Task SayItHasAsync(int readings) => DeclareAsync((ulong)readings);

    /// <summary>Readings by their numbers arrive.</summary>
    public async Task DeliverAsync(int first, int count)
    {
        var draft = new BlockDraft(Stream.Value, new Id128(Boot.Value), Catalog.Hash);
        for (var i = first; i < first + count; i++)
        {
            draft.Add(0, firstUs + (i * Second), 7.1);
        }

        var payload = BlockCodec.ToUp(BlockCodec.Seal(draft, (ulong)first));
        Assert.True(StoredBlock.TryDecode(payload, out var rows));
        var block = new NativeBlock(Agent, Stream, Boot, Catalog.Hash, (ulong)first, count, payload, rows);
        await hub.Services.GetRequiredService<ObservationStore>().SubmitAsync(block);
        await block.Completion;
    }

    private async Task DeclareAsync(ulong? saved)
    {
        var stream = new StreamDeclaration(Stream, Boot, saved) { IsComplete = saved is not null };
        var outcome = await hub.Services.GetRequiredService<ObservationStore>().DeclareAsync(new Declarations(Agent, [new BootDeclaration(Boot, Agent, BootKind.Device, 1, null)], [Catalog], [stream]));
        Assert.Empty(outcome.Refused);
    }
}
