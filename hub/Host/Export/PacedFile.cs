namespace StemLab.Hub.Export;

/// <summary>
/// A new file whose bytes go to the disk while it is written, some MB at a time. Left to the kernel they pile up to a tenth of the memory and then go at once, and whoever
/// waits for a commit beside them waits for all of them; the hub's journal does so for every reading. One thread at a time.
/// </summary>
internal sealed class PacedFile(string path) : System.IO.Stream
{
    /// <summary>Bytes of a file that may wait for the disk.</summary>
    public const int Pace = 4 << 20;

    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
    private int _waiting;

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _file.Length;

    public override long Position { get => _file.Position; set => _file.Position = value; }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _file.Write(buffer);
        _waiting += buffer.Length;
        if (_waiting >= Pace)
        {
            ToDisk();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writes before it returns: files have no other way on every system, and a thread to wait on costs more than the write.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Everything written is on the disk.</summary>
    public void ToDisk()
    {
        _file.Flush(flushToDisk: true);
        _waiting = 0;
    }

    public override void Flush() => _file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    public override void SetLength(long value) => _file.SetLength(value);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
