using StemLab.Hub.Access;
using StemLab.Science.Texts;

namespace StemLab.Hub.Startup;

/// <summary>Tells the console of a hub that is open to the network when nobody has come for a while, why that may be, and when somebody does.</summary>
internal static class ReachLines
{
    public static readonly TimeSpan After = TimeSpan.FromMinutes(2);

    /// <summary>Ends when somebody has come, or the hub stops.</summary>
    public static async Task WatchAsync(HubOrigin origin, FirstContact contact, bool vi, TextWriter console, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await contact.Reached.WaitAsync(After, time, cancellationToken);
            return;
        }
        catch (TimeoutException)
        {
            await console.WriteLineAsync(Say(ReachWords.Title, vi));
            foreach (var reason in ReachWords.Why(origin.PageUrls, [origin.MqttTlsPort, origin.MqttPlainPort], contact.WasAsked, Environment.OSVersion.Platform))
            {
                await console.WriteLineAsync($"  · {Say(reason, vi)}");
            }
        }

        await contact.Reached.WaitAsync(cancellationToken);
        await console.WriteLineAsync(Say(ReachWords.Reached, vi));
    }

    private static string Say(Sentence sentence, bool vi) => vi ? sentence.Vi : sentence.En;
}
