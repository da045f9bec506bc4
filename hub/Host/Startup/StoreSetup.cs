using StemLab.Hub.Derive;
using StemLab.Hub.Intake;
using StemLab.Hub.Operations;
using StemLab.Hub.Stream;
using StemLab.Store;

namespace StemLab.Hub.Startup;

/// <summary>Opens the store and joins it to the committed stream: the writer publishes, the stream falls back to the store's log.</summary>
internal static class StoreSetup
{
    public static void AddStore(this IServiceCollection services, HubOptions options)
    {
        services.AddSingleton<CommittedStream>();
        services.AddSingleton(_ => StorePreset.Choose(options, options.DataFolder));
        services.AddSingleton(provider => Open(provider, options));
    }

    private static ObservationStore Open(IServiceProvider provider, HubOptions options)
    {
        var stream = provider.GetRequiredService<CommittedStream>();
        var extents = provider.GetRequiredService<StoredExtents>();
        var store = ObservationStore.Open(
            new StoreOptions { Folder = options.DataFolder, HasFarStore = options.Store == "influx", CommitInterval = provider.GetRequiredService<StorePreset>().CommitInterval },
            StoredBlock.TryDecode,
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
}
