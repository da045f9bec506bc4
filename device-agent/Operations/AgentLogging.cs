using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace StemLab.Agent.Operations;

/// <summary>The only place that knows Serilog: readable lines on the console, compact JSON in the data folder.</summary>
internal static class AgentLogging
{
    private const int FilesKept = 7;
    private const long FileBytes = 8L << 20;

    /// <summary>A logger factory that owns its sinks.</summary>
    public static ILoggerFactory Open(string dataFolder) => new SerilogLoggerFactory(
        new LoggerConfiguration()
            .MinimumLevel.Information()
            .WriteTo.Console(restrictedToMinimumLevel: LogEventLevel.Information, outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}",
                formatProvider: System.Globalization.CultureInfo.InvariantCulture)
            .WriteTo.File(new CompactJsonFormatter(), Path.Combine(dataFolder, "logs", "agent-.jsonl"), rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true, fileSizeLimitBytes: FileBytes, retainedFileCountLimit: FilesKept)
            .CreateLogger(),
        dispose: true);
}
