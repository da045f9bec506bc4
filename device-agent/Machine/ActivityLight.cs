using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace StemLab.Agent.Machine;

/// <summary>What the board's light says.</summary>
internal enum LightState
{
    /// <summary>No hub yet: even, slow.</summary>
    Searching,

    /// <summary>Readings reach the hub: one short flash every two seconds.</summary>
    Measuring,

    /// <summary>Readings are kept for later: two short flashes every two seconds.</summary>
    Keeping,

    /// <summary>Somebody must look: three long flashes, a pause.</summary>
    NeedsHelp,
}

/// <summary>The board's own light. Where there is none, or this program may not write it, nothing happens. <see cref="RunAsync"/> owns it; <see cref="Identify"/> is safe from any thread.</summary>
/// <param name="tree">The machine.</param>
/// <param name="time">For the rhythm.</param>
/// <param name="logger">Says once that there is no light.</param>
internal sealed class ActivityLight(MachineTree tree, TimeProvider time, ILogger logger)
{
    private const string Leds = "sys/class/leds";
    private static readonly ImmutableArray<string> Names = ["ACT", "led0"];
    private static readonly ImmutableArray<int> Flicker = [80, 80];
    private readonly AsyncSignal asked = new();
    private long identifyUntil;

    /// <summary>Lengths in ms, on and off in turn, beginning with on.</summary>
    public static ImmutableArray<int> Rhythm(LightState state) => state switch
    {
        LightState.Searching => [500, 500],
        LightState.Measuring => [60, 1940],
        LightState.Keeping => [60, 240, 60, 1640],
        LightState.NeedsHelp => [600, 300, 600, 300, 600, 1200],
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };

    /// <summary>Flickers for a while, whatever else it would say.</summary>
    public void Identify(TimeSpan span)
    {
        Volatile.Write(ref identifyUntil, time.GetTimestamp() + (long)(span.TotalSeconds * time.TimestampFrequency));
        asked.Set();
    }

    /// <summary>Shows the state until cancelled, then gives the light back to whom it belonged.</summary>
    public async Task RunAsync(Func<LightState> state, CancellationToken cancellationToken)
    {
        var light = Names.Select(name => $"{Leds}/{name}").FirstOrDefault(tree.Has);
        if (light is null || Trigger(light) is not { } before || !TryWrite($"{light}/trigger", "none"))
        {
            MachineLog.NoLight(logger);
            return;
        }

        try
        {
            while (true)
            {
                var flickers = time.GetTimestamp() < Volatile.Read(ref identifyUntil);
                var isOn = true;
                foreach (var length in flickers ? Flicker : Rhythm(state()))
                {
                    _ = TryWrite($"{light}/brightness", isOn ? "1" : "0");
                    isOn = !isOn;
                    await asked.WaitAsync(TimeSpan.FromMilliseconds(length), time, cancellationToken);
                    if (!flickers && time.GetTimestamp() < Volatile.Read(ref identifyUntil))
                    {
                        break;
                    }
                }
            }
        }
        finally
        {
            _ = TryWrite($"{light}/brightness", "0");
            _ = TryWrite($"{light}/trigger", before);
        }
    }

    /// <summary>"none rc-feedback [mmc0] timer": the one in brackets is in force.</summary>
    private string? Trigger(string light) =>
        tree.Text($"{light}/trigger") is { } text ? text.Split('[', ']') is { Length: > 1 } parts ? parts[1] : "none" : null;

    private bool TryWrite(string relative, string text)
    {
        try
        {
            File.WriteAllText(tree.At(relative), text);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
