using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using StemLab.Agent.TimeKeeping;
using StemLab.TestKit;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>An outbox on a real file, with a clock the test moves, and a hub that remembers what it was given.</summary>
internal sealed class OutboxBench : IDisposable
{
    private readonly TempFolder folder = new();
    private long nextT = 1;

    public OutboxBench(Func<OutboxOptions, OutboxOptions>? with = null)
    {
        var options = new OutboxOptions { Path = folder.File("outbox.db") };
        Options = with?.Invoke(options) ?? options;
        Boot = new BootRecord(Id128.New(), BootKind.Device, 1, default, "", 0, 0);
        Outbox = Open();
        Sealer = Outbox.OpenStream(Boot, Catalog);
    }

    public static Catalog Catalog { get; } = MakeCatalog();

    public OutboxOptions Options { get; }

    public FakeTimeProvider Time { get; } = new();

    public FakeLogger<Outbox> Log { get; } = new();

    public BootRecord Boot { get; }

    public Outbox Outbox { get; private set; }

    public StreamSealer Sealer { get; private set; }

    public Id128 Store { get; set; } = Id128.New();

    /// <summary>Appends rows of one input, seals them into one block, and returns it.</summary>
    public HeldBlock Block(int rows = 3)
    {
        var newest = Outbox.NewestAfter(0);
        for (var i = 0; i < rows; i++)
        {
            Outbox.Append(Sealer, [new Row(0, nextT++, nextT / 7.0, MissingReason.Unspecified)]);
        }

        Outbox.Seal();
        return Assert.Single(Outbox.Waiting(newest, long.MaxValue));
    }

    public void Receipt(params HeldBlock[] blocks)
    {
        foreach (var block in blocks)
        {
            Outbox.Cover(Store, block.StreamId, [new SeqRange { FirstSeq = block.FirstSeq, Count = block.Count }]);
        }
    }

    public IReadOnlyList<HeldBlock> Waiting()
    {
        var all = new List<HeldBlock>();
        for (var page = Outbox.Waiting(0, long.MaxValue); page.Count > 0; page = Outbox.Waiting(all[^1].Id, long.MaxValue))
        {
            all.AddRange(page);
        }

        return all;
    }

    /// <summary>Time passes; the keeper looks once a second.</summary>
    public void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Outbox.Keep(all: false);
        }
    }

    /// <summary>The process dies now: what SQLite has written is what a new process finds. The old one is left to itself.</summary>
    public void Kill()
    {
        var dead = Outbox;
        var copy = Directory.CreateDirectory(Path.Combine(folder.Path, Guid.NewGuid().ToString("N"))).FullName;
        foreach (var file in Directory.GetFiles(folder.Path, "outbox.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        dead.Dispose();
        foreach (var file in Directory.GetFiles(folder.Path, "outbox.db*"))
        {
            File.Delete(file);
        }

        foreach (var file in Directory.GetFiles(copy))
        {
            File.Move(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        }

        Reopen();
    }

    public void Restart()
    {
        Outbox.Dispose();
        Reopen();
    }

    public void Reopen()
    {
        Outbox = Open();
        Sealer = Outbox.OpenStream(Boot, Catalog);
    }

    public void Dispose()
    {
        Outbox.Dispose();
        folder.Dispose();
    }

    public static Lost LostOf(HeldBlock block)
    {
        Assert.Equal(UpVerdict.Lost, UpDecoder.Decode(block.Payload, out _, out var lost, out _));
        return lost!;
    }

    private Outbox Open() => StemLab.Agent.Outbox.Outbox.Open(Options, Time, Log);

    private static Catalog MakeCatalog()
    {
        var catalog = new Catalog { Inputs = { new Input { Port = "ph", Quantity = "ph", UnitUcum = "[pH]", ConfigRev = 1 }, new Input { Port = "t", Quantity = "water_temperature", UnitUcum = "Cel", ConfigRev = 1 } } };
        catalog.Hash = CatalogHash.Of(catalog.Inputs);
        return catalog;
    }

    internal IEnumerable<FakeLogRecord> Warnings() => Log.Collector.GetSnapshot().Where(record => record.Level >= LogLevel.Warning);
}
