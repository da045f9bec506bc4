using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using StemLab.Hub.Api;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>The disk, the network and the backup do what they do.</summary>
public sealed class DatasetFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disk_that_fills_in_mid_export_fails_the_version_with_a_reason_leaves_nothing_half_and_the_next_one_is_whole()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        string datasets = Directory.CreateDirectory(Path.Combine(pond.Hub.Get<HubOptions>().DataFolder, DatasetFolder.Name)).FullName;
        Assert.SkipUnless(OperatingSystem.IsLinux() && await MountAsync(datasets, "96k"), "a small tmpfs cannot be mounted here (needs root)");
        try
        {
            DatasetVersion full = await pond.FreezeAsync(null, DatasetFormat.Netcdf, DatasetFormat.ExcelEn);

            Assert.Equal(DatasetVersion.Types.State.Failed, full.State);
            Assert.Contains("Make room", full.ReasonEn, StringComparison.Ordinal);
            Assert.Contains("dọn chỗ", full.ReasonVi, StringComparison.Ordinal);
            Assert.Empty(full.Files);
            Assert.Empty(Directory.EnumerateFiles(datasets, "*", SearchOption.AllDirectories));

            DatasetVersion small = await pond.FreezeAsync(new DatasetSelection { Channels = { HubFixture.Channel("t1", "water_temperature") } }, DatasetFormat.Codap);
            Assert.Equal(DatasetVersion.Types.State.Ready, small.State);
        }
        finally
        {
            await RunAsync("umount", datasets);
        }
    }

    [Fact]
    public void A_version_that_was_cut_off_between_its_files_and_the_word_ready_leaves_nothing()
    {
        using var data = new TempFolder();
        var folder = new DatasetFolder(data.Path);
        File.WriteAllText(Path.Combine(folder.Begin("datasets/pond/versions/1"), "file"), "x");
        folder.Settle("datasets/pond/versions/1");

        folder.Abandon("datasets/pond/versions/1");

        Assert.Empty(Directory.EnumerateFiles(data.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_client_that_goes_away_in_mid_download_fetches_the_rest_later_and_has_the_whole_file()
    {
        await using ExportFixture pond = await ExportFixture.StartAsync();
        DatasetFile file = (await pond.FreezeAsync(null, DatasetFormat.ExcelEn)).Files.Single();
        using var have = new MemoryStream();
        using (HttpResponseMessage begun = await pond.Hub.Http.GetAsync(file.Path.TrimStart('/'), HttpCompletionOption.ResponseHeadersRead, Token))
        {
            await using System.IO.Stream from = await begun.Content.ReadAsStreamAsync(Token);
            var piece = new byte[4_000];
            await from.ReadExactlyAsync(piece, Token);
            have.Write(piece);
        }

        using var rest = new HttpRequestMessage(HttpMethod.Get, file.Path.TrimStart('/'))
        {
            Headers = { Range = new RangeHeaderValue(have.Length, null), IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{file.Sha256}\"")) },
        };
        using HttpResponseMessage answer = await pond.Hub.Http.SendAsync(rest, Token);
        await answer.Content.CopyToAsync(have, Token);

        Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(have.ToArray())));
        using var head = new HttpRequestMessage(HttpMethod.Head, file.Path.TrimStart('/'));
        using HttpResponseMessage size = await pond.Hub.Http.SendAsync(head, Token);
        Assert.Equal((file.SizeBytes, $"\"{file.Sha256}\""), (size.Content.Headers.ContentLength, size.Headers.ETag!.Tag));
    }

    [Fact]
    public async Task A_backup_holds_the_datasets_and_a_hub_restored_from_it_serves_the_same_bytes()
    {
        using var other = new TempFolder();
        DatasetVersion version;
        string backup = other.File("school.zip");
        await using (ExportFixture pond = await ExportFixture.StartAsync())
        {
            version = await pond.FreezeAsync(null, DatasetFormat.Csv, DatasetFormat.Parquet);
            HubBackup.Write(pond.Hub.Get<HubOptions>().DataFolder, backup, TimeProvider.System, _ => { });
        }

        HubBackup.Restore(backup, other.File("restored"), mayReplace: false, _ => { });
        await using HubHost hub = await HubHost.StartAsync(new HubOptions { DataFolder = other.File("restored"), HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "none" }, Token);
        using var http = new HttpClient { BaseAddress = new Uri(hub.PageUrl) };
        foreach (DatasetFile file in version.Files)
        {
            Assert.Equal(file.Sha256, Convert.ToHexStringLower(SHA256.HashData(await http.GetByteArrayAsync(file.Path.TrimStart('/'), Token))));
        }
    }

    [ServerFact("influxd")]
    public async Task The_same_rows_have_the_same_hash_on_a_hub_that_keeps_them_in_InfluxDB()
    {
        using var other = new TempFolder();
        DatasetVersion embedded;
        string backup = other.File("school.zip");
        await using (ExportFixture pond = await ExportFixture.StartAsync())
        {
            embedded = await pond.FreezeAsync(null, DatasetFormat.Codap);
            HubBackup.Write(pond.Hub.Get<HubOptions>().DataFolder, backup, TimeProvider.System, _ => { });
        }

        HubBackup.Restore(backup, other.File("restored"), mayReplace: false, _ => { });
        await using InfluxServer influx = await InfluxServer.StartAsync();
        await using HubHost hub = await HubHost.StartAsync(
            new HubOptions { DataFolder = other.File("restored"), HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "none", Store = "influx", InfluxUrl = influx.Url.ToString() }, Token);
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress($"http://127.0.0.1:{hub.GrpcPort}");
        var datasets = new DatasetService.DatasetServiceClient(channel);
        var request = new CreateDatasetVersionRequest { Parent = "datasets/pond", Selection = new DatasetSelection { AsOfRevision = embedded.Revision }, Formats = { DatasetFormat.Codap } };
        string name = (await datasets.CreateDatasetVersionAsync(request, cancellationToken: Token)).Version.Name;
        using var watch = datasets.WatchDatasetVersion(new WatchDatasetVersionRequest { Name = name }, cancellationToken: Token);
        DatasetVersion? last = null;
        while (await watch.ResponseStream.MoveNext(Token))
        {
            last = watch.ResponseStream.Current.Version;
        }

        Assert.Equal((DatasetVersion.Types.State.Ready, embedded.RowsSha256), (last!.State, last.RowsSha256));
    }

    [Fact]
    public async Task A_version_whose_files_did_not_come_along_says_so_and_how_to_make_it_again()
    {
        using var folder = new TempFolder();
        var options = new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "none" };
        await using (HubHost hub = await HubHost.StartAsync(options, Token))
        {
            using var channel = Grpc.Net.Client.GrpcChannel.ForAddress($"http://127.0.0.1:{hub.GrpcPort}");
            var datasets = new DatasetService.DatasetServiceClient(channel);
            await datasets.DescribeDatasetAsync(new DescribeDatasetRequest { Dataset = new Dataset { Name = "datasets/pond", Title = "x", Licence = "CC0-1.0", Creator = "y" } }, cancellationToken: Token);
            await datasets.CreateDatasetVersionAsync(new CreateDatasetVersionRequest { Parent = "datasets/pond", Formats = { DatasetFormat.Codap } }, cancellationToken: Token);
            using var watch = datasets.WatchDatasetVersion(new WatchDatasetVersionRequest { Name = "datasets/pond/versions/1" }, cancellationToken: Token);
            while (await watch.ResponseStream.MoveNext(Token))
            {
            }
        }

        Directory.Delete(folder.File(DatasetFolder.Name), recursive: true);
        await using HubHost again = await HubHost.StartAsync(options, Token);
        DatasetVersion? version = null;
        DatasetBook book = again.Services.GetService(typeof(DatasetBook)) as DatasetBook ?? throw new InvalidOperationException();
        while (true)
        {
            (version, Task moved) = book.State("datasets/pond/versions/1");
            if (version!.State != DatasetVersion.Types.State.Ready)
            {
                break;
            }

            await moved.WaitAsync(TimeSpan.FromSeconds(60), Token);
        }

        Assert.Equal(DatasetVersion.Types.State.Failed, version.State);
        Assert.Contains("backup without them", version.ReasonEn, StringComparison.Ordinal);
    }

    private static async Task<bool> MountAsync(string folder, string size) => await RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder) == 0;

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            await process.WaitForExitAsync(Token);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return 1;
        }
    }
}
