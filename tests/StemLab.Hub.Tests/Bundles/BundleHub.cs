using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Hub.Access;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Retention;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.TestKit;

namespace StemLab.Hub.Bundles;

/// <summary>A hub without its door, with agents that send native blocks.</summary>
internal sealed class BundleHub : IAsyncDisposable
{
    public const long Second = 1_000_000;
    private static readonly ImmutableArray<InputDeclaration> Inputs = [new("ph", "ph", "[pH]", 0), new("t1", "water_temperature", "Cel", 0), new("t1", "water_temperature", "Cel", 1)];

    private readonly TempFolder? _own;

    /// <param name="disk">Where to live, as long as it has a single byte; default: a folder of its own.</param>
    public BundleHub(string? disk = null)
    {
        _own = disk is null ? new TempFolder() : null;
        var folder = _own?.Path ?? disk!;
        Database = HubDatabase.Open(Path.Combine(folder, "hub.db"));
        Identity = HubIdentity.Of(Database);
        Facts = new FactLog(Database, Identity);
        Clock = new HubClock(Database, Identity, new BootSource("kernel", () => 5 * Second));
        Fleet = new FleetBook(Database, Clock);
        Store = ObservationStore.Open(new StoreOptions { Folder = folder, ChunkRows = 512, MemtableRows = 2000, MinFreeBytes = 0 }, (ReadOnlySpan<byte> _, out BlockRows rows) => (rows = null!) is not null, Extents.Observe, TimeProvider.System);
        Book = new DerivationBook(Facts, Fleet, Clock, Store, Extents, NullLogger<DerivationBook>.Instance);
        Removals = new RemovalBook(Facts, Book, Store, Clock, NullLogger<RemovalBook>.Instance);
        Writing = new BundleWriting(Store, Facts, Fleet, Book, Identity, new SetupState(Database, new AccessOptions(folder, true, [])));
    }

    public HubDatabase Database { get; }

    public HubIdentity Identity { get; }

    public FactLog Facts { get; }

    public HubClock Clock { get; }

    public FleetBook Fleet { get; }

    public ObservationStore Store { get; }

    public StoredExtents Extents { get; } = new();

    public DerivationBook Book { get; }

    public RemovalBook Removals { get; }

    public BundleWriting Writing { get; }

    public string Hash => SetHash.Of(Store, Facts);

    public static InputDeclaration Input(int i) => Inputs[i];

    /// <summary>An agent with one boot and one stream.</summary>
    public async Task DeclareAsync(int agent)
    {
        Fleet.Learn(new FleetAgent { Id = Agent(agent), Slug = $"ag-{agent}", Adopted = true });
        var outcome = await Store.DeclareAsync(new Declarations(
            Agent(agent), [new BootDeclaration(Boot(agent), Agent(agent), BootKind.Device, 1, null)], [new CatalogDeclaration(9, Inputs)], [new StreamDeclaration(Stream(agent), Boot(agent), null)]));
        Assert.Empty(outcome.Refused);
    }

    /// <summary>Rows of one input at even seconds under the next sequence numbers.</summary>
    public async Task<Outcome> SendAsync(int agent, int input, int firstSeq, int count, Func<int, double> value)
    {
        var rows = new BlockRows
        {
            TUs = [.. Enumerable.Range(0, count).Select(i => (firstSeq + i) * Second)],
            Raw = [.. Enumerable.Range(0, count).Select(i => i % 50 == 7 ? double.NaN : value(i))],
            Missing = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 50 == 7 ? 1 : 0))],
            Columns = [new BlockColumn(input, 0, count)],
        };
        var block = new NativeBlock(Agent(agent), Stream(agent), Boot(agent), 9, (ulong)firstSeq, count, new byte[16], rows);
        await Store.SubmitAsync(block);
        return await block.Completion.WaitAsync(TimeSpan.FromSeconds(60));
    }

    public Fact State(FactBody body) => Facts.Append(new FactDraft(body, Clock.Now, FactRoles.Teacher)).Stated[0];

    public byte[] Bundle(long? sinceUtcUs = null) => Bundle(out _, sinceUtcUs);

    public byte[] Bundle(out BundleContents contents, long? sinceUtcUs = null)
    {
        using var into = new MemoryStream();
        contents = Writing.Write(into, sinceUtcUs, _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(into.Length, contents.Bytes);
        return into.ToArray();
    }

    public async Task<MergeReport> MergeAsync(byte[] bundle)
    {
        using var file = new MemoryStream(bundle, writable: false);
        var report = await new BundleMerge(Store, Facts, Fleet).RunAsync(file, _ => Task.CompletedTask, TestContext.Current.CancellationToken);
        await Removals.EnforceAllAsync(TestContext.Current.CancellationToken);
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Removals.Dispose();
        Database.Dispose();
        _own?.Dispose();
    }

    public static AgentId Agent(int agent) => new((UInt128)(0xA00 + agent));

    public static BootId Boot(int agent) => new((UInt128)(0xB00 + agent));

    public static StreamId Stream(int agent) => new((ulong)(0xC00 + agent));
}
