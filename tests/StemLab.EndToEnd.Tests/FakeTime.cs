using System.Globalization;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>
/// What a program in a process of its own is told when it asks the system for the time, by libfaketime. Our programs look up the C library by its name, past what is loaded before it,
/// so that name leads to libfaketime too. One test owns one.
/// </summary>
internal sealed class FakeTime : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly string library;

    public FakeTime()
    {
        library = Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu*").Select(libraries => Path.Combine(libraries, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("libfaketime is not installed; run tests/install-servers");
        File.CreateSymbolicLink(folder.File("libc.so"), library);
    }

    /// <summary>A wall clock that is off by what was <see cref="Set"/> last, also while the program runs; the clock since the start of the machine is the true one.</summary>
    public IReadOnlyDictionary<string, string> WallClock => new Dictionary<string, string>(Loaded)
    {
        ["FAKETIME_TIMESTAMP_FILE"] = folder.File("offset"),
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",

        // Its mending of waits for a glibc of old: with it the runtime's waits end at once, and the program spins.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
    };

    private Dictionary<string, string> Loaded => new() { ["LD_PRELOAD"] = library, ["LD_LIBRARY_PATH"] = folder.Path };

    /// <summary>Sets the wall clock, as a person or a time server does.</summary>
    public void Set(TimeSpan offset)
    {
        // Whole, or not at all: a program may be reading it.
        File.WriteAllText(folder.File("next"), string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));
        File.Move(folder.File("next"), folder.File("offset"), overwrite: true);
    }

    /// <summary>All clocks of a machine on which so much time has passed besides, and passes so many times faster from the program's start on. Those since its start then count from 1970 on as well: every program of a test needs it, or none.</summary>
    public IReadOnlyDictionary<string, string> Machine(TimeSpan passed, int speed = 1) => new Dictionary<string, string>(Loaded)
    {
        ["FAKETIME"] = string.Create(CultureInfo.InvariantCulture, $"+{passed.TotalSeconds:0} x{speed}"),
    };

    public void Dispose() => folder.Dispose();
}
