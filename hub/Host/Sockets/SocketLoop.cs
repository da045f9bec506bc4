using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace StemLab.Hub.Sockets;

/// <summary>
/// One thread that reads many sockets in rounds: all that have something, one after the other, then perhaps a rest (<see cref="WakeRest"/>). What is read is taken on this thread, so
/// nothing on its way may wait.
/// </summary>
internal sealed class SocketLoop : IDisposable
{
    private const int MostOfARound = 512;
    private const long BellKey = 0;

    private readonly Epoll _epoll = new(MostOfARound);
    private readonly ConcurrentDictionary<long, GatheredConnection> _connections = [];
    private readonly GatheredOptions _options;
    private readonly WakeRest _rest;

    // An unconnected socket has "its other end is gone" to tell as soon as it is watched: the end of the loop.
    private readonly Socket _bell = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ManualResetEvent _isEnding = new(initialState: false);
    private readonly Thread _thread;
    private long _newestKey = BellKey;

    public SocketLoop(GatheredOptions options)
    {
        _options = options;
        _rest = new WakeRest(options.Rest);
        _thread = new Thread(Run) { IsBackground = true, Name = "socket loop" };
        _thread.Start();
    }

    /// <summary>True while the newest round came after a rest: what it reads may have come up to that long ago. The loop's thread only.</summary>
    public bool HasRested { get; private set; }

    /// <summary>Takes a connection in, unwatched. Any thread.</summary>
    public long Add(GatheredConnection connection)
    {
        var key = Interlocked.Increment(ref _newestKey);
        _connections[key] = connection;
        return key;
    }

    /// <summary>Changes what a connection is watched for. Any thread; a connection's calls one after the other, while its socket is open.</summary>
    public void Watch(SafeSocketHandle socket, long key, uint before, uint after)
    {
        if (before == after)
        {
            return;
        }

        if (before == 0)
        {
            _epoll.Watch(socket, key, after);
        }
        else if (after == 0)
        {
            _epoll.Forget(socket);
        }
        else
        {
            _epoll.Change(socket, key, after);
        }
    }

    public void Remove(long key) => _connections.TryRemove(key, out _);

    /// <summary>Ends the loop, and waits for that unless it is the loop itself that disposes.</summary>
    public void Dispose()
    {
        _isEnding.Set();
        _epoll.Watch(_bell.SafeHandle, BellKey, Epoll.Readable);
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (TakeRound(_epoll.Wait(), out var bytes))
        {
            var rest = _rest.After(bytes, _options.Time.GetElapsedTime(0));
            HasRested = rest > TimeSpan.Zero;
            if (HasRested)
            {
                _isEnding.WaitOne(rest);
            }
        }

        _epoll.Dispose();
        _bell.Dispose();
        _isEnding.Dispose();
    }

    private static int Take(GatheredConnection connection, uint what)
    {
        try
        {
            return connection.Take(what);
        }
        catch (Exception fault) when (fault is Win32Exception or InvalidOperationException)
        {
            // The system does not watch it any longer: one connection ends, not all.
            connection.Abort(new ConnectionAbortedException("the socket cannot be watched", fault));
            return 0;
        }
    }

    /// <summary>False when the loop is to end.</summary>
    private bool TakeRound(int count, out int bytes)
    {
        bytes = 0;
        _options.RoundBegins();
        try
        {
            for (var i = 0; i < count; i++)
            {
                var (key, what) = _epoll.Told(i);
                if (key == BellKey)
                {
                    return false;
                }

                if (_connections.TryGetValue(key, out var connection))
                {
                    bytes += Take(connection, what);
                }
            }
        }
        finally
        {
            _options.RoundEnds();
        }

        return true;
    }
}
