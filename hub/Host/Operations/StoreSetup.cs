using StemLab.Hub.Derive;
using StemLab.Hub.Stream;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Operations;

/// <summary>Opens the store and joins it to the committed stream: the writer publishes, the stream falls back to the store's log.</summary>
internal static class StoreSetup
{
    public static void AddStore(this IServiceCollection services, HubOptions options)
    {
        services.AddSingleton<CommittedStream>();
        services.AddSingleton(provider => Open(provider, options));
    }

    private static ObservationStore Open(IServiceProvider provider, HubOptions options)
    {
        var stream = provider.GetRequiredService<CommittedStream>();
        var extents = provider.GetRequiredService<StoredExtents>();
        var store = ObservationStore.Open(
            new StoreOptions { Folder = options.DataFolder },
            TryDecode,
            rows =>
            {
                extents.Observe(rows);
                stream.Publish(rows);
            },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger<ObservationStore>());
        stream.Attach(store, store.Stats.Commit);
        return store;
    }

    /// <summary>How the store reads a native block in its log again. Pure.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, out BlockRows rows)
    {
        if (UpDecoder.Decode(payload, out var block, out _, out _) != UpVerdict.Block)
        {
            rows = null!;
            return false;
        }

        rows = Rows(block!);
        return true;
    }

    /// <summary>A decoded block as the store takes it; arrays are shared.</summary>
    public static BlockRows Rows(DecodedBlock block) => new()
    {
        TUs = block.TUs,
        Raw = block.Raw,
        Missing = block.Missing,
        Columns = Array.ConvertAll(block.Columns, column => new BlockColumn(column.Input, column.Start, column.Length)),
    };
}
