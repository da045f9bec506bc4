using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace StemLab.Hub.Intake.Door;

/// <summary>Bounds what a client that does not read can hold up: after its time the connection is cut off, and whatever waited for it goes on. Safe from any thread.</summary>
internal sealed class CutOff(ConnectionContext context, TimeProvider time)
{
    /// <summary>Waits for work that ends with the connection at the latest; cuts the connection off when it takes longer than that.</summary>
    public async Task WithinAsync(TimeSpan patience, Task work)
    {
        try
        {
            await work.WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            context.Abort(new ConnectionAbortedException("the client does not read"));
            await work;
        }
    }

    /// <summary>
    /// What was written may still go out for so long. Kestrel would hold the socket for as long as the client likes; a WebSocket it ends by itself.
    /// </summary>
    public void After(TimeSpan patience)
    {
        if (context.Features.Get<ITransferFormatFeature>() is null && !context.ConnectionClosed.IsCancellationRequested)
        {
            var timer = time.CreateTimer(static context => ((ConnectionContext)context!).Abort(), context, patience, Timeout.InfiniteTimeSpan);
            context.ConnectionClosed.UnsafeRegister(static timer => ((ITimer)timer!).Dispose(), timer);
        }
    }
}
