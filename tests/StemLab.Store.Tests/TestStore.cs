using Microsoft.Extensions.Time.Testing;
using StemLab.TestKit;

namespace StemLab.Store;

/// <summary>A real store in a folder of its own, opened and opened again.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Func<StoreOptions, StoreOptions> _change;

    private TestStore(Func<StoreOptions, StoreOptions> change) => _change = change;

    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public string Folder => _folder.Path;

    public FakeTimeProvider Time { get; } = new();

    public List<CommittedRows> Committed { get; } = [];

    public ObservationStore Store { get; private set; } = null!;

    public static async Task<TestStore> OpenAsync(Func<StoreOptions, StoreOptions>? change = null)
    {
        var test = new TestStore(change ?? (options => options));
        test.Open();
        await test.Store.DeclareAsync(TestBlocks.Declarations, TestContext.Current.CancellationToken);
        return test;
    }

    public void Open() => Store = ObservationStore.Open(
        _change(new StoreOptions { Folder = Folder, MinFreeBytes = 0 }), TestBlocks.Decode, Committed.Add, Time);

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Open();
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
        return Rows(snapshot, series, from, to);
    }

    public static List<StoredRow> Rows(StoreSnapshot snapshot, SeriesId series, long from = long.MinValue, long to = long.MaxValue)
    {
        List<StoredRow> rows = [];
        foreach (var run in snapshot.Rows(series, from, to))
        {
            for (var i = 0; i < run.Length; i++)
            {
                rows.Add(new StoredRow(run.TUs.Span[i], run.Raw.Span[i], run.Missing.Span[i]));
            }
        }

        return rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
