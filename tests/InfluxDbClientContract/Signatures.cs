// Signatures of InfluxDB.Client 5.1 (MIT) as far as they are used, written by hand; nothing here runs.
namespace InfluxDB.Client
{
    internal sealed class InfluxDBClientOptions(string url)
    {
        public string Url { get; } = url;

        public string? Token { get; set; }

        public TimeSpan Timeout { get; set; }
    }

    internal sealed class InfluxDBClient(InfluxDBClientOptions options) : IDisposable
    {
        public InfluxDBClientOptions Options { get; } = options;

        public WriteApiAsync GetWriteApiAsync() => new();

        public void Dispose()
        {
        }
    }

    internal sealed class WriteApiAsync
    {
        public Task WriteRecordAsync(string record, Api.Domain.WritePrecision precision, string? bucket = null, string? org = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}

namespace InfluxDB.Client.Api.Domain
{
    // Takes the name of System.IO's, as the package's own does.
    internal static class File
    {
    }

    internal enum WritePrecision
    {
        Ms = 1,
        S = 2,
        Us = 3,
        Ns = 4,
    }
}

namespace InfluxDB.Client.Core.Exceptions
{
    internal class InfluxException(string message) : Exception(message)
    {
        public int Status { get; set; }
    }

    internal sealed class HttpException(string message) : InfluxException(message)
    {
        public int? RetryAfter { get; set; }
    }
}
