using System.IO.Pipelines;
using System.Net.Sockets;

namespace StemLab.Hub.Sockets;

/// <summary>
/// Writes to a socket from the thread that flushes. What the other end does not take is kept, and the flush waits for it; the loop goes on when there is room. One writer at a time; the
/// rest from any thread.
/// </summary>
/// <param name="socket">Not blocking; closed by its owner.</param>
/// <param name="behindChanged">Told when <see cref="IsBehind"/> has changed.</param>
internal sealed class SocketOutput(Socket socket, Action behindChanged) : PipeWriter
{
    private const int LeastBytes = 256;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The writer's, between two flushes.
    private byte[] _filling = [];
    private int _filled;

    // Under _gate: what the other end has not taken, and who waits for that.
    private byte[] _kept = [];
    private TaskCompletionSource<FlushResult>? _waiting;
    private bool _isComplete;
    private bool _isCut;

    /// <summary>True while the other end does not take what there is for it.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Completes when nothing more will be sent: all has gone, or the connection is cut.</summary>
    public Task Gone => _gone.Task;

    public override void Advance(int bytes) => _filled += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _filling.AsMemory(_filled);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _filling.AsSpan(_filled);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Task<FlushResult> waiting;
        lock (_gate)
        {
            var bytes = _filling.AsSpan(0, _filled);
            _filled = 0;
            if (!IsBehind)
            {
                bytes = bytes[Send(bytes)..];
                if (bytes.IsEmpty || _isCut)
                {
                    return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: _isCut));
                }
            }

            _kept = [.. _kept, .. bytes];
            IsBehind = true;
            waiting = (_waiting ??= new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        behindChanged();
        return new ValueTask<FlushResult>(waiting.WaitAsync(cancellationToken));
    }

    /// <summary>There is room again.</summary>
    public void GoOn()
    {
        lock (_gate)
        {
            _kept = _kept[Send(_kept)..];
            if (!_isCut && _kept.Length > 0)
            {
                return;
            }

            CatchUp(new FlushResult(isCanceled: false, isCompleted: _isCut));
        }

        behindChanged();
    }

    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            _waiting?.TrySetResult(new FlushResult(isCanceled: true, isCompleted: false));
            _waiting = null;
        }
    }

    /// <summary>Nothing more will be written; what is there still goes out, then the other end is told.</summary>
    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            _isComplete = true;
            if (!IsBehind)
            {
                End();
            }
        }
    }

    /// <summary>The socket is closed: what is left will not go out.</summary>
    public void CutOff()
    {
        lock (_gate)
        {
            _isCut = true;
            CatchUp(new FlushResult(isCanceled: false, isCompleted: true));
            _gone.TrySetResult();
        }
    }

    private void Grow(int sizeHint)
    {
        var needed = _filled + Math.Max(sizeHint, LeastBytes);
        if (_filling.Length < needed)
        {
            Array.Resize(ref _filling, Math.Max(needed, _filling.Length * 2));
        }
    }

    /// <summary>Under _gate. Returns how much the other end took.</summary>
    private int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        try
        {
            while (sent < bytes.Length && !_isCut)
            {
                sent += socket.Send(bytes[sent..], SocketFlags.None, out var fault);
                if (fault == SocketError.WouldBlock)
                {
                    break;
                }

                _isCut = fault != SocketError.Success;
            }
        }
        catch (ObjectDisposedException)
        {
            _isCut = true;
        }

        return sent;
    }

    /// <summary>Under _gate.</summary>
    private void CatchUp(FlushResult result)
    {
        IsBehind = false;
        _kept = [];
        _waiting?.TrySetResult(result);
        _waiting = null;
        if (_isComplete)
        {
            End();
        }
    }

    /// <summary>Under _gate.</summary>
    private void End()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The other end was faster.
        }

        _gone.TrySetResult();
    }
}
