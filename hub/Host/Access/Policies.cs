namespace StemLab.Hub.Access;

/// <summary>Names of the policies every rpc, page, endpoint and topic is bound to. What no policy opens, the fallback policy closes.</summary>
internal static class Policies
{
    /// <summary>See channels, readings, facts and the state of the hub.</summary>
    public const string Read = "read";

    /// <summary>State and withdraw facts, start and stop runs.</summary>
    public const string Teach = "teach";

    /// <summary>Enrol, adopt and command agents.</summary>
    public const string Admin = "admin";

    /// <summary>Speak MQTT: an agent on its own topics, a maker's device on the open ones. Decided per connection by MqttAccess.</summary>
    public const string Device = "device";

    /// <summary>Open to anybody who reaches the port: liveness, style sheets, scripts.</summary>
    public const string Open = "open";
}
