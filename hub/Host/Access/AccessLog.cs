namespace StemLab.Hub.Access;

/// <summary>What the room writes to the log; no address, no code, no name of a person.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(EventId = 1700, Level = LogLevel.Information, Message = "The hub's own TLS certificate was made anew, good until {Until:yyyy-MM-dd}")]
    public static partial void CertificateRenewed(ILogger logger, DateTime until);

    [LoggerMessage(EventId = 1701, Level = LogLevel.Warning, Message = "The hub's TLS certificate could not be made anew, the old one is shown: {Reason}")]
    public static partial void CertificateKept(ILogger logger, string reason);
}
