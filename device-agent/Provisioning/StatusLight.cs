namespace StemLab.Agent.Provisioning;

/// <summary>The board's own light, so that a person sees which board it is. Where there is none, or it may not be written, nothing happens. One blink at a time.</summary>
/// <param name="sysfsRoot">/sys, or a tree of the same shape.</param>
/// <param name="time">For waiting.</param>
internal sealed class StatusLight(string sysfsRoot, TimeProvider time)
{
    private static readonly string[] Names = ["ACT", "led0", "PWR"];

    /// <summary>Blinks, then gives the light back to whom it belonged. False where this board has no light to blink.</summary>
    public async Task<bool> BlinkAsync(TimeSpan span, CancellationToken cancellationToken)
    {
        var trigger = Names.Select(name => Path.Combine(sysfsRoot, "class/leds", name, "trigger")).FirstOrDefault(File.Exists);
        if (trigger is null)
        {
            return false;
        }

        try
        {
            // "none rc-feedback [mmc0] timer": the one in brackets is in force.
            var before = (await File.ReadAllTextAsync(trigger, cancellationToken)).Split('[', ']') is { Length: > 1 } parts ? parts[1] : "none";
            await File.WriteAllTextAsync(trigger, "timer", cancellationToken);
            await Task.Delay(span, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await File.WriteAllTextAsync(trigger, before, CancellationToken.None);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
