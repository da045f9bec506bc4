using System.Runtime.CompilerServices;
using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>A theory that needs Chromium; without it skipped by name, or failed where servers are required.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) =>
        Skip = Servers.AreRequired || Servers.Chromium is not null ? null : "needs chromium: run tests/install-servers";
}
