using System.ComponentModel;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace StemLab.Hub.Sockets;

/// <summary>
/// One connection: its loop reads the socket into a pipe, what is written goes to the socket from the thread that writes. The socket is never used with .NET's own waiting, which would
/// wake a thread for every arrival.
/// </summary>
internal sealed class GatheredConnection : ConnectionContext, IDuplexPipe
{
    private const int LeastRoom = 512;

    private readonly Socket _socket;
    private readonly SocketLoop _loop;
    private readonly long _key;
    private readonly Pipe _input = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly SocketOutput _output;
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _gate = new();

    // Under _gate.
    private uint _watched;
    private bool _isReading = true;
    private bool _isClosed;

    // Held while bytes go into the pipe's memory: a pipe that ends meanwhile would lend it to another connection.
    private readonly Lock _filling = new();
    private bool _hasEnded;

    /// <summary>Takes a connected socket over, and begins to read it.</summary>
    public GatheredConnection(Socket socket, SocketLoop loop)
    {
        _socket = socket;
        _loop = loop;
        socket.Blocking = false;
        socket.NoDelay = true;
        _output = new SocketOutput(socket, Watch);
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        ConnectionClosed = _closed.Token;
        Transport = this;
        Features.Set(this);
        _key = loop.Add(this);
        try
        {
            Watch();
        }
        catch (Win32Exception)
        {
            loop.Remove(_key);
            throw;
        }
    }

    public override string ConnectionId { get; set; } = Guid.NewGuid().ToString("N");

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public PipeReader Input => _input.Reader;

    public PipeWriter Output => _output;

    /// <summary>The newest bytes read came at least so long before they were read, µs; 0 = just now, or not known. On the thread that reads only.</summary>
    public long ArrivedUsAgo { get; private set; }

    /// <summary>Does what the socket is ready for; returns how many bytes were read. The loop's thread only.</summary>
    public int Take(uint what)
    {
        if (what != Epoll.Readable)
        {
            _output.GoOn();
        }

        if (what == Epoll.Writable)
        {
            return 0;
        }

        try
        {
            return Read();
        }
        catch (ObjectDisposedException)
        {
            // Closed by another thread in this moment.
            return 0;
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        EndInput(abortReason);
        Close();
    }

    /// <summary>Kestrel is done with the connection: waits until what was written has gone, or the connection is aborted.</summary>
    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await _output.CompleteAsync();
        await _output.Gone;
        EndInput(null);
        Close();
        await base.DisposeAsync();
    }

    private int Read()
    {
        int count;
        SocketError fault;
        lock (_filling)
        {
            if (_hasEnded)
            {
                return 0;
            }

            count = _socket.Receive(_input.Writer.GetSpan(LeastRoom), SocketFlags.None, out fault);
            _input.Writer.Advance(fault == SocketError.Success ? count : 0);
        }

        if (fault == SocketError.WouldBlock)
        {
            return 0;
        }

        if (fault != SocketError.Success || count == 0)
        {
            EndInput(fault == SocketError.Success ? null : new ConnectionResetException($"the socket failed: {fault}"));
            return 0;
        }

        ArrivedUsAgo = _loop.HasRested ? Arrival.UsAgo(_socket) : 0;
        var flushing = _input.Writer.FlushAsync();
        if (!flushing.IsCompletedSuccessfully)
        {
            PauseReading(flushing.AsTask());
        }
        else if (flushing.Result.IsCompleted)
        {
            EndInput(null);
        }

        return count;
    }

    /// <summary>Whoever reads the pipe is behind: the socket is not read, so that TCP holds the sender back.</summary>
    private void PauseReading(Task<FlushResult> flushing)
    {
        SetReading(false);
        flushing.ContinueWith(
            static (flushed, connection) => ((GatheredConnection)connection!).GoOnReading(flushed), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void GoOnReading(Task<FlushResult> flushed)
    {
        if (flushed.IsCompletedSuccessfully && !flushed.Result.IsCompleted)
        {
            SetReading(true);
        }
        else
        {
            EndInput(null);
        }
    }

    /// <summary>Nothing more is read. Any thread, any number of times.</summary>
    private void EndInput(Exception? why)
    {
        lock (_filling)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
        }

        SetReading(false);
        _input.Writer.Complete(why);

        // Who waits for the end does not go on in the loop.
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    private void SetReading(bool isReading)
    {
        lock (_gate)
        {
            _isReading = isReading && !_hasEnded;
        }

        Watch();
    }

    private void Watch()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            var what = (_isReading ? Epoll.Readable : 0) | (_output.IsBehind ? Epoll.Writable : 0);
            _loop.Watch(_socket.SafeHandle, _key, _watched, what);
            _watched = what;
        }
    }

    private void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        // A closed socket is not watched any longer (epoll(7), question 6).
        _loop.Remove(_key);
        _socket.Dispose();
        _output.CutOff();
    }
}
