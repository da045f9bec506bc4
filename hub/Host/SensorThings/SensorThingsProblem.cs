namespace StemLab.Hub.SensorThings;

/// <summary>A request that cannot be answered, and why; caught at the room's door and nowhere else.</summary>
internal sealed class SensorThingsProblem(int status, string text) : Exception(text)
{
    /// <summary>HTTP status: 400 out of form, 404 not there, 501 of the standard but not offered here.</summary>
    public int Status { get; } = status;

    public static SensorThingsProblem Form(string text) => new(StatusCodes.Status400BadRequest, text);

    public static SensorThingsProblem NotFound(string text) => new(StatusCodes.Status404NotFound, text);

    public static SensorThingsProblem NotOffered(string text) => new(StatusCodes.Status501NotImplemented, text);
}
