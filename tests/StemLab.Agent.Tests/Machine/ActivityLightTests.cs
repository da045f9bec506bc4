using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace StemLab.Agent.Machine;

/// <summary>The light has four rhythms and a flicker, and belongs to the system again afterwards.</summary>
public sealed class ActivityLightTests : IDisposable
{
    private readonly FakeMachine pi = new();
    private readonly CountedTime time = new();
    private readonly FakeLogger<ActivityLight> log = new();
    private readonly CancellationTokenSource stop = new();
    private int steps;

    [Theory]
    [InlineData(nameof(LightState.Searching))]
    [InlineData(nameof(LightState.Measuring))]
    [InlineData(nameof(LightState.Keeping))]
    [InlineData(nameof(LightState.NeedsHelp))]
    public async Task Each_state_is_shown_in_its_rhythm(string named)
    {
        var state = Enum.Parse<LightState>(named);
        var light = new ActivityLight(pi.Tree, time, log);
        var running = light.RunAsync(() => state, stop.Token);
        Assert.Equal("none", pi.Tree.Text("sys/class/leds/ACT/trigger"));
        var isOn = true;
        foreach (var length in ActivityLight.Rhythm(state).Concat(ActivityLight.Rhythm(state)))
        {
            await BrightnessAsync(isOn);
            time.Advance(TimeSpan.FromMilliseconds(length));
            isOn = !isOn;
        }

        await StopAsync(running);
        Assert.Equal("mmc0", pi.Tree.Text("sys/class/leds/ACT/trigger"));
    }

    [Fact]
    public async Task Identify_flickers_at_once_and_ends()
    {
        var light = new ActivityLight(pi.Tree, time, log);
        var running = light.RunAsync(() => LightState.Measuring, stop.Token);
        await BrightnessAsync(true);
        time.Advance(TimeSpan.FromMilliseconds(60));
        await BrightnessAsync(false);
        light.Identify(TimeSpan.FromSeconds(1));
        await BrightnessAsync(true);
        time.Advance(TimeSpan.FromMilliseconds(80));
        await BrightnessAsync(false);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_board_without_a_light_says_so_once()
    {
        Directory.Delete(pi.Tree.At("sys/class/leds"), recursive: true);
        await new ActivityLight(pi.Tree, time, log).RunAsync(() => LightState.Measuring, stop.Token);
        Assert.Equal(2700, Assert.Single(log.Collector.GetSnapshot()).Id.Id);
    }

    [Fact]
    public void The_rhythms_differ() =>
        Assert.Equal(4, Enum.GetValues<LightState>().Select(state => string.Join(' ', ActivityLight.Rhythm(state))).Distinct().Count());

    public void Dispose()
    {
        stop.Dispose();
        pi.Dispose();
    }

    private async Task BrightnessAsync(bool isOn)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var asked = ++steps;

        // Lit or dark is written before the light waits: only then may time pass.
        while (pi.Tree.Text("sys/class/leds/ACT/brightness") != (isOn ? "1" : "0") || time.Timers < asked)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private async Task StopAsync(Task running)
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private sealed class CountedTime : FakeTimeProvider
    {
        private int timers;

        /// <summary>Waits that have begun.</summary>
        public int Timers => Volatile.Read(ref timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref timers);
            return timer;
        }
    }
}
