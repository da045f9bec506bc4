using System.Runtime.CompilerServices;
using Xunit;

namespace StemLab.TestKit;

/// <summary>A fact that needs real programs. Missing ones skip it by name, or fail it where servers are required.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ServerFactAttribute : FactAttribute
{
    /// <param name="programs">Names on PATH, for example "mosquitto_pub".</param>
    /// <param name="sourceFilePath">Filled by the compiler.</param>
    /// <param name="sourceLineNumber">Filled by the compiler.</param>
    public ServerFactAttribute(string[] programs, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        Programs = programs;
        Skip = Servers.AreRequired ? null : Servers.WhyMissing(programs);
    }

    /// <inheritdoc cref="ServerFactAttribute(string[], string?, int)"/>
    public ServerFactAttribute(string program, [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : this([program], sourceFilePath, sourceLineNumber)
    {
    }

    /// <summary>What the test needs.</summary>
    public string[] Programs { get; }
}
