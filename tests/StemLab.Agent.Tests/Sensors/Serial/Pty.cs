using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace StemLab.Agent.Sensors.Serial;

/// <summary>A pseudo-terminal: the driver has one end, as /dev/pts/N, the test the other. Disposing it is pulling the plug.</summary>
internal sealed class Pty : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControl = 0x100;
    private readonly FileStream master;
    private readonly Lock gate = new();

    public Pty()
    {
        var fd = Open(ReadWrite | NoControl);
        if (fd < 0 || Grant(fd) != 0 || Unlock(fd) != 0)
        {
            throw new IOException("no pseudo-terminal");
        }

        var name = new byte[64];
        _ = Name(fd, name, name.Length);
        Path = Encoding.ASCII.GetString(name).TrimEnd('\0');
        master = new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.ReadWrite, 1);
    }

    public string Path { get; }

    /// <summary>Says something, as the device at the other end would.</summary>
    public void Say(string text) => Say(Encoding.Latin1.GetBytes(text));

    public void Say(byte[] bytes)
    {
        lock (gate)
        {
            master.Write(bytes);
            master.Flush();
        }
    }

    /// <summary>Answers every command that ends with CR until the plug is pulled.</summary>
    public Thread Answer(Func<string, string> answer)
    {
        var thread = new Thread(() =>
        {
            var command = new StringBuilder();
            var one = new byte[1];
            try
            {
                while (true)
                {
                    if (!TryRead(one))
                    {
                        continue;
                    }

                    if (one[0] != '\r')
                    {
                        command.Append((char)one[0]);
                        continue;
                    }

                    var said = answer(command.ToString());
                    command.Clear();
                    if (said.Length > 0)
                    {
                        Say(said);
                    }
                }
            }
            catch (Exception pulled) when (pulled is ObjectDisposedException or IOException)
            {
                // The plug is pulled.
            }
        });
        thread.IsBackground = true;
        thread.Start();
        return thread;
    }

    public void Dispose() => master.Dispose();

    /// <summary>False where nobody has the other end open at the moment.</summary>
    private bool TryRead(byte[] one)
    {
        try
        {
            return master.Read(one) == 1;
        }
        catch (IOException) when (!master.SafeFileHandle.IsClosed)
        {
            using var moment = new ManualResetEvent(false);
            moment.WaitOne(TimeSpan.FromMilliseconds(5));
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "posix_openpt")]
    private static extern int Open(int flags);

    [DllImport("libc", EntryPoint = "grantpt")]
    private static extern int Grant(int fd);

    [DllImport("libc", EntryPoint = "unlockpt")]
    private static extern int Unlock(int fd);

    [DllImport("libc", EntryPoint = "ptsname_r")]
    private static extern int Name(int fd, byte[] into, nint length);
}
