using System.Runtime.CompilerServices;
using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>A theory that needs WebKit's driver and a screen for it; without them skipped by name, or failed where servers are required.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WebKitTheoryAttribute : TheoryAttribute
{
    public WebKitTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber) =>
        Skip = Servers.AreRequired || (Servers.Find(WebKit.Driver) is not null && Servers.Find(WebKit.Screen) is not null) ? null : "needs WebKitWebDriver and Xvfb: run tests/install-servers";
}
