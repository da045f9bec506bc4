using StemLab.Hub.Api;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>A hub with a pond of three channels, a calibrated pH among them, and what is asked of datasets.</summary>
internal sealed class ExportFixture : IAsyncDisposable
{
    public const int Rows = 500;

    private ExportFixture(HubFixture hub, long firstTUs) => (Hub, FirstTUs) = (hub, firstTUs);

    public HubFixture Hub { get; }

    /// <summary>Agent's clock at the first row; the boot's UTC is <see cref="HubFixture.Utc0"/> later.</summary>
    public long FirstTUs { get; }

    public DatasetService.DatasetServiceClient Datasets => new(Hub.Grpc);

    public static async Task<ExportFixture> StartAsync()
    {
        HubFixture hub = await HubFixture.StartAsync();
        var probe = new Wire.Id128(0x77);
        hub.State(new Facts.Deployment(HubFixture.PiKey, "ph", probe, "EZO-pH", "S-1", Facts.Instant.AtUtc(1)));
        hub.State(new Facts.Calibration(probe, "", "", "", "", 1.25, -0.5, Facts.Instant.AtUtc(1), "two buffers"));
        long first = hub.NowUs - (Rows * HubFixture.Second);
        await hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, Rows).Select(i => (first + (i * HubFixture.Second), i % 50 == 7 ? double.NaN : 7 + (0.01 * (i % 40))))]);
        await hub.RowsAsync("t1", "water_temperature", "Cel", [.. Enumerable.Range(0, Rows).Select(i => (first + (i * HubFixture.Second) + 1_234, 28.125 + (0.5 * (i % 3))))]);
        await hub.RowsAsync("do", "dissolved_oxygen", "mg/L", [.. Enumerable.Range(0, Rows).Select(i => (first + (i * HubFixture.Second) + 77, 1 / 3.0 * (10 + (i % 7))))]);
        var fixture = new ExportFixture(hub, first);
        await fixture.DescribeAsync();
        return fixture;
    }

    public async Task DescribeAsync() => await Datasets.DescribeDatasetAsync(new DescribeDatasetRequest
    {
        Dataset = new Dataset { Name = "datasets/pond", Title = "The pond, \"=1+1\"", Licence = "CC-BY-4.0", Creator = "Trường Hạ Long", Keywords = { "pond" } },
    });

    /// <summary>Freezes and waits until it is what it will be.</summary>
    public async Task<DatasetVersion> FreezeAsync(DatasetSelection? selection = null, params DatasetFormat[] formats)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        var begun = await Datasets.CreateDatasetVersionAsync(new CreateDatasetVersionRequest { Parent = "datasets/pond", Selection = selection, Formats = { formats } }, cancellationToken: cancellationToken);
        DatasetVersion? last = null;
        using var watch = Datasets.WatchDatasetVersion(new WatchDatasetVersionRequest { Name = begun.Version.Name }, cancellationToken: cancellationToken);
        while (await watch.ResponseStream.MoveNext(cancellationToken))
        {
            last = watch.ResponseStream.Current.Version;
        }

        return last!;
    }

    public Task<byte[]> FetchAsync(DatasetFile file) => Hub.Http.GetByteArrayAsync(file.Path.TrimStart('/'), TestContext.Current.CancellationToken);

    /// <summary>Fetches all files into a folder.</summary>
    public async Task FetchAllAsync(DatasetVersion version, string folder)
    {
        foreach (DatasetFile file in version.Files)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, file.FileName), await FetchAsync(file), TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
