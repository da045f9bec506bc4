namespace StemLab.Hub.Export;

/// <summary>
/// Passes bytes on from a second thread while the next are made: a ring of buffers, so at most three wait and the writer stops where the other thread is slower. What that
/// thread came upon (a full disk) is thrown by a later write or the flush. One writer at a time; after a flush everything was passed on, after Dispose nothing is any more.
/// </summary>
internal sealed class BesideStream(System.IO.Stream into) : System.IO.Stream
{
    // A core that sleeps takes a tenth of a millisecond to wake: the ring is as long as the writer needs not to wait for that, and lies in the cache.
    private const int AtOnce = 1 << 17;
    private const int Pieces = 4;

    private readonly byte[][] _pieces = [.. Enumerable.Range(0, Pieces).Select(_ => new byte[AtOnce])];
    private readonly Task[] _passed = [.. Enumerable.Repeat(Task.CompletedTask, Pieces)];
    private int _turn;
    private int _at;
    private Task _last = Task.CompletedTask;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int count = Math.Min(buffer.Length, AtOnce - _at);
            buffer[..count].CopyTo(_pieces[_turn].AsSpan(_at));
            buffer = buffer[count..];
            if ((_at += count) == AtOnce)
            {
                Pass();
            }
        }
    }

    /// <summary>Returns when everything was passed on.</summary>
    public override void Flush()
    {
        Pass();
        _last.GetAwaiter().GetResult();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // Without a flush before, a fault of the writer is under way: no second one hides it.
        Task.WaitAny(_last);
        _ = _last.Exception;
        base.Dispose(disposing);
    }

    private void Pass()
    {
        (Task before, byte[] piece, int count) = (_last, _pieces[_turn], _at);
        _last = _passed[_turn] = Task.Run(async () =>
        {
            await before;
            into.Write(piece, 0, count);
        });
        (_turn, _at) = ((_turn + 1) % Pieces, 0);
        _passed[_turn].GetAwaiter().GetResult();
    }
}
