using Microsoft.Extensions.Logging.Abstractions;
using StemLab.TestKit;

namespace StemLab.Store.Influx;

/// <summary>A store, an InfluxDB and what lies between them, for one test.</summary>
internal sealed class InfluxBench : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TempFolder _folder = new();
    private readonly Func<InfluxOptions, InfluxOptions> _change;
    private readonly Func<StoreOptions, StoreOptions> _changeStore;
    private Uri _url;
    private bool _isOpen;

    private InfluxBench(Uri url, Func<InfluxOptions, InfluxOptions>? change, Func<StoreOptions, StoreOptions>? changeStore)
    {
        _url = url;
        _change = change ?? (options => options);
        _changeStore = changeStore ?? (options => options);
    }

    /// <summary>Clocks of the test's boots; a boot that is not here has no known time.</summary>
    public Dictionary<BootId, long> Offsets { get; } = new() { [TestBlocks.Boot] = 1_790_000_000_000_000 };

    public ValueProjection? Values { get; set; }

    /// <summary>Who carries the lines; null = our own calls.</summary>
    public Func<InfluxOptions, ILineWriter>? Writer { get; init; }

    public string Folder => _folder.Path;

    public ObservationStore Store { get; private set; } = null!;

    public InfluxStore Influx { get; private set; } = null!;

    public static async Task<InfluxBench> OpenAsync(
        Uri url, Func<InfluxOptions, InfluxOptions>? change = null, Func<StoreOptions, StoreOptions>? store = null, Func<InfluxOptions, ILineWriter>? writer = null)
    {
        var bench = new InfluxBench(url, change, store) { Writer = writer };
        await bench.OpenAsync();
        await bench.Store.DeclareAsync(TestBlocks.Declarations, TestContext.Current.CancellationToken);
        return bench;
    }

    public InfluxOptions Options => _change(new InfluxOptions { Url = _url, Database = "lab" });

    public async Task OpenAsync()
    {
        Store = ObservationStore.Open(
            _changeStore(new StoreOptions { Folder = Folder, MinFreeBytes = 0, HasFarStore = true }), TestBlocks.Decode, null, TimeProvider.System);
        Influx = await InfluxStore.AttachAsync(
            Store, Options, new FarProjection(boot => Offsets.TryGetValue(boot, out var offset) ? offset : null, Values), Writer?.Invoke(Options), TimeProvider.System, NullLogger.Instance);
        _isOpen = true;
    }

    public async Task CloseAsync()
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        await Influx.DisposeAsync();
        await Store.DisposeAsync();
    }

    public async Task ReopenAsync(Uri? url = null)
    {
        await CloseAsync();
        _url = url ?? _url;
        await OpenAsync();
    }

    public async Task<Outcome> SubmitAsync(Submission submission)
    {
        await Store.SubmitAsync(submission, TestContext.Current.CancellationToken);
        return await submission.Completion.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    public SeriesId Series(int input = 0) =>
        Store.Dictionary.TryFind(TestBlocks.Boot, TestBlocks.Agent, TestBlocks.Inputs[input], out var id) ? id : default;

    public List<StoredRow> Rows(SeriesId series, long from = long.MinValue, long to = long.MaxValue)
    {
        using var snapshot = Store.Snapshot();
        return TestStore.Rows(snapshot, series, from, to);
    }

    /// <summary>Waits until the status is as wanted.</summary>
    public async Task<FarStatus> UntilAsync(Func<FarStatus, bool> isSo)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (true)
        {
            var status = Influx.Status;
            if (isSo(status))
            {
                return status;
            }

            if (limit.IsCancellationRequested)
            {
                Assert.Fail($"After {Limit}: {status}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public Task<FarStatus> ForwardedAsync() => UntilAsync(status => status is { State: FarState.Good or FarState.RowsGone, WaitingRows: 0 });

    /// <summary>Every series counts and adds up to the same on both sides.</summary>
    public async Task AssertSameOnBothSidesAsync()
    {
        var all = await Influx.CompareAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(all);
        Assert.All(all, one => Assert.True(one.Matches, $"{one.Series}: {one.Here} here, {one.There} there"));
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }
}
