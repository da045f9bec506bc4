using StemLab.Store.Influx;

namespace StemLab.InfluxDbClient;

/// <summary>Whether this build has InfluxDB.Client, and a writer over it. Pure.</summary>
public static class NamedClient
{
    /// <summary>What to do where <see cref="IsBuiltIn"/> is false.</summary>
    public const string HowToGetIt = "this build has no InfluxDB.Client: build it again with -p:StemLabInfluxDbClient=true where the package can be had (.ci/detect-packages finds out), or give http";

#if STEMLAB_INFLUXDB_CLIENT
    /// <summary>True in a build with -p:StemLabInfluxDbClient=true.</summary>
    public static bool IsBuiltIn => true;

    /// <summary>Makes a writer; touches no network.</summary>
    /// <param name="options">Of an InfluxDB 2.x, with a token and an organisation.</param>
    public static ILineWriter Open(InfluxOptions options) => new ClientLineWriter(options);
#else
    /// <summary>True in a build with -p:StemLabInfluxDbClient=true.</summary>
    public static bool IsBuiltIn => false;

    /// <summary>Makes a writer; touches no network.</summary>
    /// <param name="options">Of an InfluxDB 2.x, with a token and an organisation.</param>
    /// <exception cref="NotSupportedException">This build has none.</exception>
    public static ILineWriter Open(InfluxOptions options) => throw new NotSupportedException(HowToGetIt);
#endif
}
