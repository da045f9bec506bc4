using StemLab.InfluxDbClient;
using StemLab.Store.Influx;
using StemLab.TestKit;

namespace StemLab.Store.Contract;

/// <summary>A store as the contract sees it.</summary>
internal interface IStoreUnderTest : IAsyncDisposable
{
    ObservationStore Store { get; }

    Task<Outcome> SubmitAsync(Submission submission);

    /// <summary>Brings about the condition under test: rows in chunks here, or in InfluxDB alone.</summary>
    Task SettleAsync();

    Task ReopenAsync();

    SeriesId Series(int input);

    List<StoredRow> Rows(int input, long from = long.MinValue, long to = long.MaxValue)
    {
        using var snapshot = Store.Snapshot();
        return TestStore.Rows(snapshot, Series(input), from, to);
    }

    BucketAggregate[] Aggregate(int input, long[] edges)
    {
        using var snapshot = Store.Snapshot();
        var into = new BucketAggregate[edges.Length - 1];
        snapshot.Aggregate(Series(input), edges, into);
        return into;
    }

    StoredRow Latest(int input)
    {
        using var snapshot = Store.Snapshot();
        Assert.True(snapshot.TryLatest(Series(input), out var row));
        return row;
    }

    async Task EraseAsync(int input, long from, long to) => await Store.EraseAsync([new RowMask(Series(input), from, to)], TestContext.Current.CancellationToken);
}

/// <summary>Every row in series.db.</summary>
internal sealed class EmbeddedUnderTest(TestStore test) : IStoreUnderTest
{
    public ObservationStore Store => test.Store;

    public Task<Outcome> SubmitAsync(Submission submission) => test.SubmitAsync(submission);

    public async Task SettleAsync() => await test.Store.FlushAsync(TestContext.Current.CancellationToken);

    public Task ReopenAsync() => test.ReopenAsync();

    public SeriesId Series(int input) => test.Series(input);

    public ValueTask DisposeAsync() => test.DisposeAsync();
}

/// <summary>Every row in InfluxDB alone, but for chunks with contradictions, which never leave.</summary>
internal sealed class InfluxUnderTest(InfluxBench bench, IAsyncDisposable server) : IStoreUnderTest
{
    public ObservationStore Store => bench.Store;

    public Task<Outcome> SubmitAsync(Submission submission) => bench.SubmitAsync(submission);

    public async Task SettleAsync()
    {
        await bench.ForwardedAsync();
        await bench.Influx.EvictAsync(10_000, TestContext.Current.CancellationToken);
        await bench.ForwardedAsync();
        await bench.Influx.EvictAsync(10_000, TestContext.Current.CancellationToken);
        Assert.True(bench.Influx.Status is { RemoteChunks: > 0 } or { Deletes: false });
    }

    public Task ReopenAsync() => bench.ReopenAsync();

    public SeriesId Series(int input) => bench.Series(input);

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        await server.DisposeAsync();
    }
}

public sealed class EmbeddedStoreTests : StoreContract
{
    private protected override async Task<IStoreUnderTest> OpenAsync() => new EmbeddedUnderTest(await TestStore.OpenAsync());
}

/// <summary>Over a real influxd.</summary>
public sealed class InfluxDbStoreTests : StoreContract
{
    private protected override async Task<IStoreUnderTest> OpenAsync()
    {
        Assert.SkipWhen(!Servers.AreRequired && Servers.Find("influxd") is null, "needs influxd: run tests/install-servers");
        var server = await InfluxServer.StartAsync();
        return new InfluxUnderTest(await InfluxBench.OpenAsync(server.Url, options => options with { CacheBytes = 0 }), server);
    }
}

/// <summary>Over replies recorded from InfluxDB 1.8.</summary>
public sealed class RecordedInflux1StoreTests : RecordedContract
{
    private protected override string Version => "1.8.10";
}

/// <summary>Over replies recorded from InfluxDB 2.</summary>
public sealed class RecordedInflux2StoreTests : RecordedContract
{
    private protected override string Version => "2.7.1";
}

/// <summary>Over replies recorded from InfluxDB 3.</summary>
public sealed class RecordedInflux3StoreTests : RecordedContract
{
    private protected override string Version => "3.2.0";
}

/// <summary>Over replies recorded from InfluxDB 2, the lines carried by InfluxDB.Client, in builds that have it.</summary>
public sealed class InfluxDbClientStoreTests : RecordedContract
{
    private protected override string Version => "2.7.1";

    private protected override Func<InfluxOptions, ILineWriter>? Writer
    {
        get
        {
            Assert.SkipWhen(!NamedClient.IsBuiltIn, NamedClient.HowToGetIt);
            var token = Path.Combine(AppContext.BaseDirectory, "influx-token");
            File.WriteAllText(token, "school");
            return options => NamedClient.Open(options with { Organisation = "school", TokenFile = token });
        }
    }
}

public abstract class RecordedContract : StoreContract
{
    private protected abstract string Version { get; }

    private protected virtual Func<InfluxOptions, ILineWriter>? Writer => null;

    private protected override async Task<IStoreUnderTest> OpenAsync()
    {
        var writer = Writer;
        var server = await RecordedInflux.StartAsync(Version);
        return new InfluxUnderTest(await InfluxBench.OpenAsync(server.Url, options => options with { CacheBytes = 0 }, writer: writer), server);
    }
}
