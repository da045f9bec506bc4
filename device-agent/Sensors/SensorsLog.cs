using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Sensors;

internal static partial class SensorsLog
{
    [LoggerMessage(EventId = 2500, Level = LogLevel.Warning, Message = "Bus i2c-{Bus} is stuck: {Reason}; its probes are missing. Unplug them one after the other: the last one unplugged before it works again, or its cable, holds it")]
    public static partial void BusStuck(ILogger logger, int bus, string reason);

    [LoggerMessage(EventId = 2501, Level = LogLevel.Warning, Message = "Bus i2c-{Bus} cannot be opened: {Reason}; is it switched on (dtparam=i2c_arm=on) and may this program use it (group i2c)?")]
    public static partial void NoBus(ILogger logger, int bus, string reason);

    [LoggerMessage(EventId = 2502, Level = LogLevel.Information, Message = "Bus i2c-{Bus} works again")]
    public static partial void BusWorks(ILogger logger, int bus);

    [LoggerMessage(EventId = 2503, Level = LogLevel.Warning, Message = "{Probe}: {Reason} · {ReasonVi}")]
    public static partial void ProbeInTrouble(ILogger logger, string probe, string reason, string reasonVi);

    [LoggerMessage(EventId = 2504, Level = LogLevel.Information, Message = "{Probe} gives readings again")]
    public static partial void ProbeRecovered(ILogger logger, string probe);

    [LoggerMessage(EventId = 2505, Level = LogLevel.Information, Message = "{Probe} found: {Settings}")]
    public static partial void BoardFound(ILogger logger, string probe, string settings);

    [LoggerMessage(EventId = 2506, Level = LogLevel.Information, Message = "{Probe} is set otherwise than declared ({Settings}, declared {Declared}): the agent declares its inputs anew")]
    public static partial void BoardChanged(ILogger logger, string probe, string settings, string declared);

    [LoggerMessage(EventId = 2507, Level = LogLevel.Information, Message = "{Probe}: {Device} has come, or is set otherwise than declared: the agent declares its inputs anew")]
    public static partial void DeviceChanged(ILogger logger, string probe, string device);

    [LoggerMessage(EventId = 2508, Level = LogLevel.Warning, Message = "{Probe} also sends '{Name}', which is not declared and not kept: add it to Outputs, or leave Outputs empty and start again")]
    public static partial void StrangeValue(ILogger logger, string probe, string name);
}
