using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Win32.SafeHandles;

namespace StemLab.Hub.Export;

/// <summary>
/// The body of an answer whose files are read in large pieces, straight into the buffers that are sent. What reads them otherwise goes by 16 kB, each copied and each in a
/// turn of the thread pool. One answer's own.
/// </summary>
internal sealed class FileBody(IHttpResponseBodyFeature inner) : IHttpResponseBodyFeature
{
    /// <summary>Bytes read at once: a turn for each costs little then, and few answers at once still fit the memory.</summary>
    private const int AtOnce = 1 << 18;

    public System.IO.Stream Stream => inner.Stream;

    public PipeWriter Writer => inner.Writer;

    /// <summary>What is sent from now on in this answer is sent so.</summary>
    public static void Use(HttpContext context) => context.Features.Set<IHttpResponseBodyFeature>(new FileBody(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>()));

    public async Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        long end = offset + (count ?? (RandomAccess.GetLength(file) - offset));
        while (offset < end)
        {
            Memory<byte> room = Writer.GetMemory((int)Math.Min(AtOnce, end - offset));
            int read = RandomAccess.Read(file, room.Span[..(int)Math.Min(room.Length, end - offset)], offset);
            if (read == 0)
            {
                throw new EndOfStreamException($"{Path.GetFileName(path)} ends {end - offset} bytes too early");
            }

            Writer.Advance(read);
            offset += read;
            FlushResult sent = await Writer.FlushAsync(cancellationToken);
            if (sent.IsCompleted || sent.IsCanceled)
            {
                return;
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => inner.StartAsync(cancellationToken);

    public Task CompleteAsync() => inner.CompleteAsync();

    public void DisableBuffering() => inner.DisableBuffering();
}
