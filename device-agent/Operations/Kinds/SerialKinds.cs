namespace StemLab.Agent.Operations.Kinds;

/// <summary>What hangs on a serial port.</summary>
internal static class SerialKinds
{
    private const string ById = "/dev/serial/by-id";

    /// <summary>Path of the port a source names: by the adapter's own name, which stays when numbers change, or as written.</summary>
    public static string PathOf(SourceOptions source) => source.Path.Length > 0 ? source.Path : Path.Combine(ById, source.Serial);
}
