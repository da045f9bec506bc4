using System.Text;
using InfluxDB.Client;
using InfluxDB.Client.Api.Domain;
using InfluxDB.Client.Core.Exceptions;
using StemLab.Store.Influx;

namespace StemLab.InfluxDbClient;

/// <summary>Carries lines by the write API of InfluxDB.Client, which speaks to InfluxDB 2.x only. One call at a time; the package's own batching and retrying, which may drop, is not used.</summary>
internal sealed class ClientLineWriter : ILineWriter, IDisposable
{
    private static readonly TimeSpan MostWait = TimeSpan.FromMinutes(5);
    private readonly InfluxOptions _options;
    private readonly InfluxDBClient _client;
    private readonly WriteApiAsync _write;

    public ClientLineWriter(InfluxOptions options)
    {
        _options = options;
        var settings = new InfluxDBClientOptions(options.Url.AbsoluteUri.TrimEnd('/')) { Timeout = options.Timeout };
        if (options.TokenFile is { } file)
        {
            settings.Token = System.IO.File.ReadAllText(file).Trim();
        }

        _client = new InfluxDBClient(settings);
        _write = _client.GetWriteApiAsync();
    }

    /// <inheritdoc/>
    public async ValueTask<InfluxReply> WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken = default)
    {
        try
        {
            await _write.WriteRecordAsync(Encoding.UTF8.GetString(lines.Span), WritePrecision.Ns, _options.Database, _options.Organisation, cancellationToken).ConfigureAwait(false);

            // Off the thread that wakes the sockets: see InfluxConnection.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return InfluxReply.Ok;
        }
        catch (HttpException refused) when (refused.Status > 0)
        {
            // The package gives the message, not the body; the table of replies needs no more.
            TimeSpan? wait = refused.RetryAfter is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MostWait.TotalSeconds)) : null;
            return InfluxReply.Classify(refused.Status, refused.Message, wait);
        }
        catch (Exception broken) when (broken is InfluxException or HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return InfluxReply.Of(ReplyKind.Unreachable, broken.Message);
        }
    }

    public void Dispose() => _client.Dispose();
}
