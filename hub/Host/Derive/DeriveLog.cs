namespace StemLab.Hub.Derive;

/// <summary>Event ids 1480 to 1499.</summary>
internal static partial class DeriveLog
{
    [LoggerMessage(1480, LogLevel.Debug, "Derivation of revision {Revision}: {Series} series, {Count} channels changed")]
    public static partial void Rebuilt(ILogger logger, long revision, int series, int count);
}
