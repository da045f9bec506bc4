namespace StemLab.Store.Influx;

/// <summary>
/// The one place where bodies differ: who carries lines to InfluxDB. <see cref="InfluxConnection"/> over plain HTTP, or InfluxDB.Client where that package is built in.
/// One call at a time.
/// </summary>
public interface ILineWriter
{
    /// <summary>Sends lines and understands the answer; never throws for what the world does, only for cancellation.</summary>
    /// <param name="lines">Line protocol, UTF-8, times in ns, each line ended by a line feed.</param>
    /// <param name="cancellationToken">Gives up; the lines may have landed.</param>
    ValueTask<InfluxReply> WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken = default);
}
