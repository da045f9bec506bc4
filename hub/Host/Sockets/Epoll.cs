using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace StemLab.Hub.Sockets;

/// <summary>
/// Which of many sockets have something: Linux's epoll, level-triggered. <see cref="Wait"/> and what it told by one thread, the rest from any.
/// Source: epoll(7); the layout of epoll_event from the kernel's include/uapi/linux/eventpoll.h (packed on x86 only).
/// </summary>
internal sealed class Epoll : IDisposable
{
    public const uint Readable = 0x001;
    public const uint Writable = 0x004;

    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const int CloseOnExec = 0x80000;
    private const int Interrupted = 4;

    private static readonly int KeyAt = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int Stride = KeyAt + 8;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _ready;

    /// <param name="most">Sockets told by one <see cref="Wait"/> at most; the others are told by the next.</param>
    /// <exception cref="Win32Exception">The system gives no more.</exception>
    public Epoll(int most)
    {
        _ready = new byte[most * Stride];
        var handle = CreateOne(CloseOnExec);
        _handle = handle >= 0 ? new SafeFileHandle(handle, ownsHandle: true) : throw new Win32Exception();
    }

    /// <summary>Waits for what a socket that was not watched is asked for. That its other end is gone is told whatever is asked for.</summary>
    public void Watch(SafeHandle socket, long key, uint what) => Control(Add, socket, key, what);

    /// <summary>The same for a socket that is watched.</summary>
    public void Change(SafeHandle socket, long key, uint what) => Control(Modify, socket, key, what);

    public void Forget(SafeHandle socket) => Control(Delete, socket, 0, 0);

    /// <summary>Waits until at least one has something, and returns how many.</summary>
    public int Wait()
    {
        while (true)
        {
            var count = WaitForSome(_handle, _ready, _ready.Length / Stride, Timeout.Infinite);
            if (count >= 0)
            {
                return count;
            }

            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new Win32Exception();
            }
        }
    }

    /// <summary>The so-manieth socket of the last <see cref="Wait"/>, and what it has; neither readable nor writable = its other end is gone.</summary>
    public (long Key, uint What) Told(int index)
    {
        var told = _ready.AsSpan(index * Stride, Stride);
        return (BinaryPrimitives.ReadInt64LittleEndian(told[KeyAt..]), BinaryPrimitives.ReadUInt32LittleEndian(told));
    }

    public void Dispose() => _handle.Dispose();

    private void Control(int operation, SafeHandle socket, long key, uint what)
    {
        var asked = new byte[Stride];
        BinaryPrimitives.WriteUInt32LittleEndian(asked, what);
        BinaryPrimitives.WriteInt64LittleEndian(asked.AsSpan(KeyAt), key);
        if (ControlOne(_handle, operation, socket, asked) != 0)
        {
            throw new Win32Exception();
        }
    }

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static extern int CreateOne(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static extern int ControlOne(SafeHandle epoll, int operation, SafeHandle socket, byte[] asked);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static extern int WaitForSome(SafeHandle epoll, [Out] byte[] ready, int most, int timeoutMs);
}
