using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using StemLab.Agent.Sensors.I2c;
using StemLab.TestKit;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>A bus with simulated circuits, a clock the test moves, and a fake /sys.</summary>
internal sealed class EzoBench : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly SharedBus shared;

    public EzoBench(int seed = 1)
    {
        Wire = new SimulatedI2cBus(seed);
        Ground = new Ground(Time, Log, new Troubles(), () => Changes++);
        shared = new SharedBus(1, Wire.Open, folder.Path, Ground);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeLogger Log { get; } = new();

    /// <summary>What drivers stand on.</summary>
    public Ground Ground { get; }

    public SimulatedI2cBus Wire { get; }

    public SharedBus Bus => shared;

    public int Changes { get; private set; }

    public string Sysfs => folder.Path;

    /// <summary>Plugs a circuit in at its factory address.</summary>
    public SimulatedEzo Plug(string kind)
    {
        var model = EzoModel.Find(kind)!;
        var chip = new SimulatedEzo(model.Type, Time);
        Wire.Chips[model.FactoryAddress] = chip;
        return chip;
    }

    public void Unplug(string kind) => Wire.Chips.TryRemove(EzoModel.Find(kind)!.FactoryAddress, out _);

    public Task<EzoProbe> OpenAsync(string kind, string outputs = "", LatestReading? temperature = null)
    {
        var model = EzoModel.Find(kind)!;
        var settings = new EzoSettings(model, kind, TimeSpan.FromSeconds(1), EzoSettings.Choose(model, outputs)!.Value, temperature, temperature is null ? "" : "t");
        return RunAsync(EzoProbe.OpenAsync(settings, new EzoChip(shared, model.FactoryAddress, Time), Ground, TestContext.Current.CancellationToken));
    }

    public async Task<RawReading[]> ReadAsync(IProbe probe)
    {
        var into = new RawReading[probe.Description.Outputs.Length];
        await RunAsync(Read());
        return into;

        async Task<bool> Read()
        {
            await probe.ReadAsync(into, TestContext.Current.CancellationToken);
            return true;
        }
    }

    /// <summary>Moves the clock until a task has ended; a minute of it is more than anything here may take.</summary>
    public async Task<T> RunAsync<T>(Task<T> task)
    {
        for (var step = 0; step < 6_000 && !task.IsCompleted; step++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            for (var i = 0; i < 10 && !task.IsCompleted; i++)
            {
                await Task.Yield();
            }

            if (step % 10 == 9 && !task.IsCompleted)
            {
                // On a busy machine the task's own threads need a moment that is real.
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
            }
        }

        Assert.True(task.IsCompleted, "did not end within a minute of the clock");
        return await task;
    }

    /// <summary>Lines of the log since the last call, with their level.</summary>
    public List<(LogLevel Level, string Text)> Lines()
    {
        var lines = Log.Collector.GetSnapshot(clear: true).Select(record => (record.Level, record.Message)).ToList();
        return lines;
    }

    public void Dispose()
    {
        shared.Dispose();
        folder.Dispose();
    }
}
