namespace StemLab.Hub.Access;

/// <summary>Who somebody may be. A person has one role; the owner at an unconfigured hub's own machine is admin and teacher.</summary>
internal static class Roles
{
    public const string Admin = "admin";
    public const string Teacher = "teacher";
    public const string Researcher = "researcher";

    /// <summary>A researcher whose token's scope holds the export; always together with <see cref="Researcher"/>.</summary>
    public const string Exporter = "exporter";
    public const string Kiosk = "kiosk";

    /// <summary>A student's place in an open class session.</summary>
    public const string Seat = "seat";
}
