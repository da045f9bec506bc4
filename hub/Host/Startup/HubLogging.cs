using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace StemLab.Hub.Startup;

/// <summary>The only place that knows Serilog: warnings to the terminal, everything from Information up as compact JSON to a rolling file (7 days, 16 MiB each).</summary>
internal static class HubLogging
{
    /// <summary>Said by the framework, with a stack, of what whoever starts the hub is told by an exception.</summary>
    private const string StartFault = "Hosting failed to start";

    /// <summary>A logger that writes below <paramref name="dataFolder"/>/logs. The caller disposes it last.</summary>
    public static Logger Create(string dataFolder) => new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("Grpc", LogEventLevel.Warning)
        .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
        .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
        .MinimumLevel.Override("Microsoft.AspNetCore.Antiforgery", LogEventLevel.Error)
        .Filter.ByExcluding(IsUnreadableCall)
        .Filter.ByExcluding(static told => told.MessageTemplate.Text == StartFault)
        .Enrich.FromLogContext()
        .WriteTo.Console(
            restrictedToMinimumLevel: LogEventLevel.Warning,
            standardErrorFromLevel: LogEventLevel.Verbose,
            formatProvider: CultureInfo.InvariantCulture,
            outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}")
        .WriteTo.File(
            new CompactJsonFormatter(),
            Path.Combine(dataFolder, "logs", "stemlab-.clef"),
            rollingInterval: RollingInterval.Day,
            retainedFileCountLimit: 7,
            fileSizeLimitBytes: 16 * 1024 * 1024,
            rollOnFileSizeLimit: true)
        .CreateLogger();

    /// <summary>gRPC tells a body that is no message as a fault of the service, with its stack; CallBorder says and counts it as what it is.</summary>
    private static bool IsUnreadableCall(LogEvent told) =>
        told.Exception is IOException or InvalidDataException && told.Properties.GetValueOrDefault(Constants.SourceContextPropertyName) is ScalarValue { Value: string source } && source.StartsWith("Grpc.AspNetCore.Server.", StringComparison.Ordinal);
}
