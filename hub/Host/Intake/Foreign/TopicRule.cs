namespace StemLab.Hub.Intake.Foreign;

/// <summary>What a topic is by its form alone.</summary>
internal enum TopicUse
{
    /// <summary>Readings, whatever mapper fits the payload.</summary>
    Readings,

    /// <summary>Readings if the payload is an object or a number, otherwise a word about the device ("online").</summary>
    ReadingsOrStatus,

    /// <summary>About a device, never readings: bridges, discovery, last wills, logs.</summary>
    Status,

    /// <summary>To a device: commands and requests.</summary>
    Command,
}

/// <summary>
/// Which device and port a topic means. A plain number: the last level names the quantity, the levels before the device (lab/pond/ph: device lab/pond, port ph).
/// An object: the whole topic names the device and its keys the ports; a last level that says nothing (state, SENSOR, data…) is left out.
/// Tasmota, ESPHome, Zigbee2MQTT and Homie have topic forms of their own. Pure.
/// </summary>
/// <param name="Use">What comes on it.</param>
/// <param name="NumberDevice">Device of a plain number.</param>
/// <param name="NumberPort">Its port.</param>
/// <param name="ObjectDevice">Device of an object.</param>
internal readonly record struct TopicRule(TopicUse Use, string NumberDevice, string NumberPort, string ObjectDevice)
{
    public static TopicRule Of(string topic)
    {
        var levels = topic.Split('/');
        var last = levels[^1].ToLowerInvariant();
        var use = UseOf(levels, last);
        if (levels.Length >= 4 && last == "state" && levels[^3] == "sensor")
        {
            // ESPHome: {node}/sensor/{name}/state
            return new TopicRule(use, Join(levels, levels.Length - 3), levels[^2], Join(levels, levels.Length - 1));
        }

        var saysNothing = last is "state" or "status" or "sensor" or "sensors" or "data" or "json" or "telemetry" or "values" or "measurements" or "readings" or "up" or "result" or "";
        var parent = levels.Length > 1 ? Join(levels, levels.Length - 1) : topic;
        return new TopicRule(use, parent, levels[^1].Length > 0 ? levels[^1] : "value", saysNothing ? parent : topic);
    }

    private static TopicUse UseOf(string[] levels, string last) => levels[0] switch
    {
        "homeassistant" => TopicUse.Status,
        "cmnd" => TopicUse.Command,
        "stat" => TopicUse.Status,
        "tele" => last == "sensor" ? TopicUse.Readings : TopicUse.Status,
        "zigbee2mqtt" when levels.Length > 1 && levels[1] == "bridge" => TopicUse.Status,
        _ when levels.Any(level => level.StartsWith('$')) => TopicUse.Status,
        _ when last is "set" or "get" or "cmd" or "command" or "config" => TopicUse.Command,
        _ when last is "debug" or "log" => TopicUse.Status,
        _ when last is "status" or "availability" or "lwt" or "online" or "connected" => TopicUse.ReadingsOrStatus,
        _ when last == "state" && levels.Length >= 4 && levels[^3] is "binary_sensor" or "switch" or "light" or "text_sensor" or "button" => TopicUse.ReadingsOrStatus,
        _ => TopicUse.Readings,
    };

    private static string Join(string[] levels, int count) => string.Join('/', levels, 0, count);
}
