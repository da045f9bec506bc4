using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;
using Channel = System.Threading.Channels.Channel;
using Fact = StemLab.Hub.Facts.Fact;

namespace StemLab.Hub.Export;

/// <summary>Freezes versions one after another and writes their files; withdraws those whose readings were erased since. One loop of each.</summary>
internal sealed class DatasetExports(
    DatasetBook book, Freezer freezer, FactLog facts, HubOptions options, HubUtc utc, HubClock clock, SetupState setup, TimeProvider time, ILogger<DatasetExports> logger) : BackgroundService
{
    /// <summary>Versions that may wait; who asks for another is told to come back.</summary>
    public const int MostWaiting = 16;

    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private static readonly ImmutableArray<IExportWriter> Writers =
        [new CsvBundleWriter(), new NetCdfWriter(), new ParquetWriter(), new ExcelWriter(DatasetFormat.ExcelVi), new ExcelWriter(DatasetFormat.ExcelEn), new CodapWriter()];

    // Bounded: each takes disk and time. Full = refused by TryStart, so nobody waits in it unseen.
    private readonly Channel<Order> _orders = Channel.CreateBounded<Order>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.Wait });
    private readonly DatasetFolder _folder = new(options.DataFolder);

    /// <summary>Starts a version; null when too many wait.</summary>
    public DatasetVersion? TryStart(Dataset dataset, DatasetSelection selection, FreezeRequest request, ImmutableArray<DatasetFormat> formats)
    {
        if (_orders.Reader.Count >= MostWaiting)
        {
            return null;
        }

        DatasetVersion version = book.Begin(dataset, selection);
        if (_orders.Writer.TryWrite(new Order(version.Clone(), request, formats)))
        {
            return version;
        }

        Fail(version, "Too many versions were asked for at once", "Có quá nhiều bản được yêu cầu cùng lúc");
        return null;
    }

    /// <summary>Path of a file of a version; null where it has none of that name.</summary>
    public string? PathOf(DatasetVersion version, string fileName) =>
        version.State == DatasetVersion.Types.State.Ready && version.Files.Any(file => file.FileName == fileName) && Path.Combine(_folder.Of(version.Name), fileName) is var path && File.Exists(path) ? path : null;

    /// <summary>A version as writers and its card see it; null where it is not ready.</summary>
    public FrozenVersion? Frozen(DatasetVersion version) => version.State == DatasetVersion.Types.State.Ready && _folder.Has(version.Name)
        ? new FrozenVersion(version, _folder.ReadTables(version.Name), DatasetFolder.RowsPath(_folder.Of(version.Name)), HubName, TimeZoneInfo.Local)
        : null;

    /// <summary>Channels, stretches and counts of a version that is ready.</summary>
    public FrozenTables TablesOf(DatasetVersion version) => _folder.ReadTables(version.Name);

    private string HubName => setup.SchoolName.Length > 0 ? setup.SchoolName : "a StemLab hub";

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (DatasetVersion cut in book.Versions("-").Where(version => version.State == DatasetVersion.Types.State.Running))
        {
            Fail(cut, "The hub was stopped while it was being frozen; ask for it again", "Trạm đã dừng khi đang đóng băng; hãy yêu cầu lại");
        }

        foreach (DatasetVersion lost in book.Versions("-").Where(version => version.State == DatasetVersion.Types.State.Ready && !_folder.Has(version.Name)))
        {
            Fail(
                lost,
                $"Its files are not in the data folder, which came from a backup without them. Freeze it again at revision {lost.Revision}: the same rows have the same SHA-256, {lost.RowsSha256}",
                $"Tệp của bản này không có trong thư mục dữ liệu, được phục hồi từ một bản sao lưu không có chúng. Hãy đóng băng lại ở lần sửa {lost.Revision}: các dòng giống nhau có cùng SHA-256, {lost.RowsSha256}");
        }

        return Task.WhenAll(Task.Run(() => FreezeAllAsync(stoppingToken), stoppingToken), WithdrawAsync(stoppingToken));
    }

    private async Task FreezeAllAsync(CancellationToken stoppingToken)
    {
        await foreach (Order order in _orders.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await FreezeAsync(order, stoppingToken);
            }
            catch (IOException full)
            {
                Fail(order.Version, $"The files could not be written: {full.Message.TrimEnd('.')}. Make room on the disk and ask for it again", $"Không ghi được tệp: {full.Message.TrimEnd('.')}. Hãy dọn chỗ trên đĩa rồi yêu cầu lại");
            }
            catch (SqliteException full)
            {
                Fail(order.Version, $"The version could not be noted in hub.db: {full.Message.TrimEnd('.')}. Make room on the disk and ask for it again", $"Không ghi được vào hub.db: {full.Message.TrimEnd('.')}. Hãy dọn chỗ trên đĩa rồi yêu cầu lại");
            }
            catch (Exception fault) when (fault is StoreDamagedException or StoreUnavailableException or InvalidDataException or UnauthorizedAccessException)
            {
                Fail(order.Version, fault.Message, fault.Message);
            }
        }
    }

    private async Task FreezeAsync(Order order, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        DatasetVersion version = order.Version;
        string part = _folder.Begin(version.Name);
        string rows = DatasetFolder.RowsPath(part);
        var progress = new Progress(version, book, time, order.Formats.Length + 1);
        progress.Begin("reading");
        Frozen frozen = await freezer.FreezeAsync(order.Request, rows, progress.Told, cancellationToken);
        DatasetFolder.WriteTables(part, frozen.Tables);
        Describe(version, frozen);
        var about = new FrozenVersion(version, frozen.Tables, rows, HubName, TimeZoneInfo.Local);
        foreach (IExportWriter writer in Writers.Where(writer => order.Formats.Contains(writer.Format)))
        {
            progress.Begin(writer.Format.ToString());
            foreach (string name in writer.Write(about, part, written => progress.Told(written, frozen.Tables.Rows), cancellationToken))
            {
                version.Files.Add(DatasetFolder.Describe(part, version.Name, name, writer.Format));
            }
        }

        _folder.Settle(version.Name);
        version.State = DatasetVersion.Types.State.Ready;
        (version.ProgressPercent, version.ProgressStep) = (100, "");
        book.Settle(version);
        ExportLog.Frozen(logger, version.Name, version.RowCount, time.GetElapsedTime(started).TotalMilliseconds);
    }

    private void Describe(DatasetVersion version, Frozen frozen)
    {
        FrozenTables tables = frozen.Tables;
        (version.RowCount, version.Revision, version.Commit, version.RowsSha256) = (tables.Rows, frozen.Revision, frozen.Commit, tables.RowsSha256);
        foreach ((int flag, long count) in tables.ByFlag)
        {
            version.RowsByFlag[(uint)flag] = count;
        }

        if (utc.At(clock.NowUs()) is { } now)
        {
            version.FrozenTimeUs = now.UtcUs;
        }

        if (tables.Channels.Length > 0)
        {
            (version.FirstTimeUs, version.LastTimeUs) = (tables.Channels.Min(channel => channel.FirstUtcUs), tables.Channels.Max(channel => channel.LastUtcUs));
        }

        foreach (FrozenChannel channel in tables.Channels)
        {
            var told = new DatasetChannel
            {
                Name = channel.Name,
                DisplayName = channel.DisplayName,
                ObservedProperty = channel.Property,
                UnitUcum = channel.UnitUcum,
                Stored = channel.Rows,
                MissingValues = channel.MissingValues,
                Simulated = channel.Simulated,
            };
            if (channel.Expected is { } expected)
            {
                told.Expected = expected;
            }

            version.Channels.Add(told);
        }

        version.Practice = DatasetWords.Practice(tables.Practice);
        version.SameRowsAs = book.Versions(DatasetBook.SlugOf(version.Name))
            .FirstOrDefault(earlier => earlier.State == DatasetVersion.Types.State.Ready && earlier.RowsSha256 == version.RowsSha256)?.Name ?? "";
    }

    private void Fail(DatasetVersion version, string en, string vi)
    {
        try
        {
            _folder.Abandon(version.Name);
        }
        catch (IOException left)
        {
            ExportLog.NotRemoved(logger, left.Message);
        }

        version.State = DatasetVersion.Types.State.Failed;
        (version.ReasonEn, version.ReasonVi, version.ProgressStep) = (en, vi, "");
        version.Files.Clear();
        ExportLog.Failed(logger, version.Name, en);
        try
        {
            book.Settle(version);
        }
        catch (SqliteException unwritten)
        {
            // Told as long as this process lives; the next start finds it unfinished and says so.
            book.Tell(version);
            ExportLog.NotNoted(logger, version.Name, unwritten.Message);
        }
    }

    private async Task WithdrawAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            FactSnapshot current = facts.Current;
            bool isDone = Withdraw(current);
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            Task wait = isDone ? Task.Delay(Timeout.InfiniteTimeSpan, time, woken.Token) : Task.Delay(Pause, time, woken.Token);
            await Task.WhenAny(facts.WaitForChangeAsync(current.Revision, woken.Token), wait);
            await woken.CancelAsync();
        }
    }

    /// <summary>False when files could not be removed.</summary>
    private bool Withdraw(FactSnapshot current)
    {
        bool isDone = true;
        (Fact Fact, Erasure Body)[] erasures = [.. current.Of<Erasure>()];
        if (erasures.Length == 0)
        {
            return true;
        }

        foreach (DatasetVersion version in book.Versions("-").Where(version => version.State == DatasetVersion.Types.State.Ready))
        {
            try
            {
                FrozenTables tables = _folder.ReadTables(version.Name);
                if (erasures.FirstOrDefault(erasure => erasure.Fact.Revision > version.Revision && Touches(version, tables, erasure.Body)) is not { Fact: { } cause } found)
                {
                    continue;
                }

                _folder.Remove(version.Name);
                version.State = DatasetVersion.Types.State.Withdrawn;
                (version.ReasonEn, version.ReasonVi) = ($"Readings in it were erased: {found.Body.Reason}", $"Số đo trong bản này đã bị xóa: {found.Body.Reason}");
                version.Files.Clear();
                book.Settle(version);
                ExportLog.Withdrawn(logger, version.Name, cause.FactId.ToString());
            }
            catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
            {
                ExportLog.NotRemoved(logger, kept.Message);
                isDone = false;
            }
        }

        return isDone;
    }

    /// <summary>True when an erased row is in the version; read from its rows, since only they tell.</summary>
    private bool Touches(DatasetVersion version, FrozenTables tables, Erasure erasure)
    {
        var spans = erasure.Spans.Where(span => tables.Stretches.Any(stretch => stretch.Boot == span.Boot.ToString() && stretch.RawQuantity == span.Quantity)).ToArray();
        if (spans.Length == 0)
        {
            return false;
        }

        foreach (ExportRows rows in FrozenReader.Read(DatasetFolder.RowsPath(_folder.Of(version.Name))))
        {
            FrozenStretch stretch = tables.Stretches[rows.Stretch];
            FrozenChannel channel = tables.Channels[rows.Channel];
            bool isHit = spans.Any(span => stretch.Boot == span.Boot.ToString() && stretch.RawQuantity == span.Quantity && channel.IsOf(span)
                && rows.TUs.AsSpan(0, rows.Count).ContainsAnyInRange(span.FromTUs, span.ToTUs - 1));
            if (isHit)
            {
                return true;
            }
        }

        return false;
    }

    private sealed record Order(DatasetVersion Version, FreezeRequest Request, ImmutableArray<DatasetFormat> Formats);

    /// <summary>Tells how far a version is, some times a second.</summary>
    private sealed class Progress(DatasetVersion version, DatasetBook book, TimeProvider time, int steps)
    {
        private int _step = -1;
        private long _told;

        public void Begin(string step)
        {
            _step++;
            version.ProgressStep = step;
            version.ProgressPercent = 100 * _step / steps;
            book.Tell(version);
        }

        public void Told(long done, long total)
        {
            if (time.GetElapsedTime(_told) < TellEvery)
            {
                return;
            }

            _told = time.GetTimestamp();
            version.ProgressPercent = (int)Math.Min(99, ((100.0 * _step) + (100.0 * done / Math.Max(1, total))) / steps);
            book.Tell(version);
        }
    }
}
