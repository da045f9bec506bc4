namespace StemLab.Hub.Enrolling;

internal static partial class EnrollingLog
{
    [LoggerMessage(EventId = 1800, Level = LogLevel.Information, Message = "The hub cannot be found by name on the network: {Reason}; agents find it by their join file or its address")]
    public static partial void BeaconFailed(ILogger logger, string reason);
}
