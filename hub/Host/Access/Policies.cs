namespace StemLab.Hub.Access;

/// <summary>Names of the policies every rpc, page, endpoint and topic is bound to. What no policy opens, the fallback policy closes.</summary>
internal static class Policies
{
    /// <summary>See what stands on a board: channels and their readings. Everybody who is somebody here, a wall display for its own board.</summary>
    public const string Show = "show";

    /// <summary>See facts, samples, agents and the state of the hub: everybody who is somebody here, but no wall display.</summary>
    public const string Read = "read";

    /// <summary>Keep a sample, say otherwise than a flag, annotate: a seat, a teacher, the admin.</summary>
    public const string Take = "take";

    /// <summary>State and withdraw facts, start and stop runs, open a class session: a teacher, the admin.</summary>
    public const string Teach = "teach";

    /// <summary>Take whole data sets out: a researcher whose token says so, a teacher, the admin.</summary>
    public const string Export = "export";

    /// <summary>Enrol, adopt and command agents; people, tokens, retention, audit.</summary>
    public const string Admin = "admin";

    /// <summary>Speak MQTT: an agent on its own topics, a maker's device on the open ones. Decided per connection by MqttAccess.</summary>
    public const string Device = "device";

    /// <summary>Open to anybody who reaches the port: liveness, style sheets, scripts, the page that says who one is.</summary>
    public const string Open = "open";

    /// <summary>Open to anybody, but counted by address: set-up, sign in, join, knock. Also the name of the rate limiter's policy.</summary>
    public const string Knock = "knock";

    /// <summary>The roles each policy lets in; a policy that is not here asks for none (<see cref="Open"/>, <see cref="Knock"/>) or is not HTTP's (<see cref="Device"/>).</summary>
    public static IReadOnlyDictionary<string, string[]> RolesOf { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [Show] = [Roles.Admin, Roles.Teacher, Roles.Researcher, Roles.Kiosk, Roles.Seat],
        [Read] = [Roles.Admin, Roles.Teacher, Roles.Researcher, Roles.Seat],
        [Take] = [Roles.Admin, Roles.Teacher, Roles.Seat],
        [Teach] = [Roles.Admin, Roles.Teacher],
        [Export] = [Roles.Admin, Roles.Teacher, Roles.Exporter],
        [Admin] = [Roles.Admin],
    };
}
