using StemLab.Hub.Access;
using StemLab.Wire;

namespace StemLab.Hub.Uploads;

/// <summary>A file on its way in. Immutable.</summary>
/// <param name="Id">32 hex digits.</param>
/// <param name="Name">As its sender calls it, without folders; only to be shown.</param>
/// <param name="Received">Bytes that are here.</param>
internal sealed record Upload(string Id, string Name, long Received);

/// <summary>
/// Files people bring, kept in <c>incoming/</c> of the data folder until they are used: written piece by piece, so that a cut upload goes on where it stopped. Forgotten with the
/// process. Safe from any thread.
/// </summary>
internal sealed class UploadBook
{
    /// <summary>More at a time are refused, the one idle for longest goes.</summary>
    public const int Most = 8;

    /// <summary>Largest file, bytes.</summary>
    public const long MostBytes = 16L << 30;

    /// <summary>Room that must stay on the disk.</summary>
    private const long LeastFreeBytes = 256L << 20;

    private const int LongestName = 200;
    private readonly string _folder;
    private readonly Lock _gate = new();

    // Under _gate, in order of last use.
    private readonly LinkedList<Upload> _uploads = [];
    private readonly HashSet<string> _busy = [];

    public UploadBook(AccessOptions options)
    {
        _folder = Path.Combine(options.DataFolder, "incoming");
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    public Upload Begin(string name)
    {
        var shown = new string([.. Path.GetFileName(name.Replace('\\', '/')).Where(letter => !char.IsControl(letter)).Take(LongestName)]);
        var upload = new Upload(Id128.New().ToString(), shown.Length == 0 ? "file" : shown, 0);
        lock (_gate)
        {
            while (_uploads.Count >= Most)
            {
                var oldest = _uploads.FirstOrDefault(one => !_busy.Contains(one.Id))
                    ?? throw new RefusedException($"{Most} files are being brought in at this moment: wait until one is done", $"Đang nhận {Most} tệp cùng lúc: hãy đợi một tệp xong", StatusCodes.Status429TooManyRequests);
                Forget(oldest);
            }

            Directory.CreateDirectory(_folder);
            File.Create(PathOf(upload)).Dispose();
            _uploads.AddLast(upload);
        }

        return upload;
    }

    /// <summary>Its state now.</summary>
    /// <exception cref="RefusedException">There is no such upload.</exception>
    public Upload Find(string id)
    {
        lock (_gate)
        {
            return _uploads.FirstOrDefault(upload => upload.Id == id)
                ?? throw new RefusedException("That file is not here any more: bring it again", "Tệp đó không còn ở đây: hãy đưa lên lại", StatusCodes.Status404NotFound);
        }
    }

    /// <summary>Adds a piece at the end of what is here.</summary>
    /// <param name="id">The upload.</param>
    /// <param name="offset">Where the sender believes the end to be.</param>
    /// <param name="piece">Read to its end.</param>
    /// <param name="cancellationToken">The sender went away: what came stays.</param>
    public async Task<Upload> AddAsync(string id, long offset, System.IO.Stream piece, CancellationToken cancellationToken)
    {
        using var use = Use(id);
        var upload = Find(id);
        if (offset != upload.Received)
        {
            throw new RefusedException($"{upload.Received} bytes are here, not {offset}: go on from there", $"Đã có {upload.Received} byte, không phải {offset}: hãy gửi tiếp từ đó", StatusCodes.Status409Conflict);
        }

        var buffer = new byte[1 << 16];
        await using var file = new FileStream(PathOf(upload), FileMode.Append, FileAccess.Write, FileShare.Read, 1 << 16);
        try
        {
            int read;
            while ((read = await piece.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (file.Length + read > MostBytes)
                {
                    throw new RefusedException($"A file may have {MostBytes >> 30} GB at most: split it", $"Một tệp tối đa {MostBytes >> 30} GB: hãy chia nhỏ", StatusCodes.Status413PayloadTooLarge);
                }

                RequireRoom();
                await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
            }
        }
        finally
        {
            await file.FlushAsync(CancellationToken.None);
            upload = upload with { Received = file.Length };
            Replace(upload);
        }

        return upload;
    }

    /// <summary>Opens a whole upload for reading, and keeps it from being forgotten until disposed.</summary>
    public UploadUse Open(string id)
    {
        var use = Use(id);
        try
        {
            var upload = Find(id);
            return new UploadUse(upload, PathOf(upload), use);
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    /// <summary>It is no longer wanted.</summary>
    public void Remove(string id)
    {
        lock (_gate)
        {
            if (!_busy.Contains(id) && _uploads.FirstOrDefault(upload => upload.Id == id) is { } upload)
            {
                Forget(upload);
            }
        }
    }

    private string PathOf(Upload upload) => Path.Combine(_folder, upload.Id);

    private void RequireRoom()
    {
        if (new DriveInfo(_folder).AvailableFreeSpace < LeastFreeBytes)
        {
            throw new RefusedException("The hub's disk has no room for this file: make room, then bring it again", "Đĩa của trạm không còn chỗ cho tệp này: hãy dọn chỗ trống rồi đưa lên lại", StatusCodes.Status507InsufficientStorage);
        }
    }

    private void Forget(Upload upload)
    {
        _uploads.Remove(upload);
        File.Delete(PathOf(upload));
    }

    private void Replace(Upload upload)
    {
        lock (_gate)
        {
            var known = _uploads.First(one => one.Id == upload.Id);
            _uploads.Remove(known);
            _uploads.AddLast(upload);
        }
    }

    /// <summary>One at a time per file.</summary>
    private Freeing Use(string id)
    {
        lock (_gate)
        {
            return _busy.Add(id)
                ? new Freeing(this, id)
                : throw new RefusedException("This file is in use: wait until that has ended", "Tệp này đang được dùng: hãy đợi xong", StatusCodes.Status409Conflict);
        }
    }

    private sealed class Freeing(UploadBook book, string id) : IDisposable
    {
        public void Dispose()
        {
            lock (book._gate)
            {
                book._busy.Remove(id);
            }
        }
    }
}

/// <summary>A file that was brought, while somebody reads it.</summary>
internal sealed class UploadUse(Upload upload, string path, IDisposable use) : IDisposable
{
    public Upload Upload { get; } = upload;

    public string Path { get; } = path;

    public void Dispose() => use.Dispose();
}
