using Xunit;

namespace StemLab.TestKit;

/// <summary>Waits for another process to reach a state. The only place in the tests that waits in real time: bounded, and it says what it last saw.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>Looks until what is seen is enough.</summary>
    /// <exception cref="TimeoutException">It was not within the limit.</exception>
    public static async Task<T> Get<T>(Func<Task<T?>> look, Func<T, bool> enough, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        T? last = default;
        Exception? trouble = null;
        while (TimeProvider.System.GetElapsedTime(started) < Limit)
        {
            try
            {
                last = await look();
                if (last is not null && enough(last))
                {
                    return last;
                }
            }
            catch (Exception notYet) when (notYet is IOException or HttpRequestException or Grpc.Core.RpcException or System.Text.Json.JsonException)
            {
                trouble = notYet;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"{what}: not within {Limit.TotalSeconds} s; last seen {last}; last trouble {trouble?.Message}");
    }

    /// <summary>Looks until it is so.</summary>
    public static Task True(Func<Task<bool>> look, string what) => Get(async () => (bool?)await look(), seen => seen == true, what);
}
