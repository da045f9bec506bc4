using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Agent.Sensors;
using StemLab.Agent.Sensors.AtlasEzo;
using StemLab.Agent.Sensors.I2c;

namespace StemLab.Benchmarks;

/// <summary>Four EZO circuits on one I2C bus, simulated as their datasheets describe them, read by the agent's own drivers: all at once, and one after the other as a plain loop would.</summary>
internal static class AgentBus
{
    private static readonly string[] Kinds = ["ezo-ph", "ezo-ec", "ezo-do", "ezo-rtd"];

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        // In a smoke run the datasheet's delays pass twenty times as fast.
        var time = new HastenedTime(scale.Of(20, 1, 1));
        var wire = new SimulatedI2cBus();
        var ground = new Ground(time, NullLogger.Instance, new Troubles(), () => { });
        using var bus = new SharedBus(1, wire.Open, Path.GetTempPath(), ground);
        var probes = await Task.WhenAll(Kinds.Select(kind =>
        {
            var model = EzoModel.Find(kind)!;
            wire.Chips[model.FactoryAddress] = new SimulatedEzo(model.Type, time);
            var settings = new EzoSettings(model, kind, TimeSpan.FromSeconds(2), EzoSettings.Choose(model, "")!.Value, null, "");
            return EzoProbe.OpenAsync(settings, new EzoChip(bus, model.FactoryAddress, time), ground, CancellationToken.None);
        }));
        var longest = TimeSpan.Zero;
        for (var cycle = scale.Of(1, 3, 20); cycle > 0; cycle--)
        {
            var started = time.GetTimestamp();
            await Task.WhenAll(probes.Select(ReadAsync));
            longest = time.GetElapsedTime(started) is var took && took > longest ? took : longest;
        }

        figures.AtMost("agent_four_ezo_boards_on_one_bus_s_a_cycle", longest.TotalSeconds, 1.7);
        var begun = time.GetTimestamp();
        foreach (var probe in probes)
        {
            await ReadAsync(probe);
        }

        figures.Stated("agent_four_ezo_boards_one_after_the_other_s_a_cycle", time.GetElapsedTime(begun).TotalSeconds);
        foreach (var probe in probes)
        {
            await probe.DisposeAsync();
        }
    }

    private static async Task ReadAsync(EzoProbe probe)
    {
        var readings = new RawReading[probe.Description.Outputs.Length];
        await probe.ReadAsync(readings, CancellationToken.None);
        if (readings[0].Status != ReadStatus.Raw)
        {
            throw new InvalidOperationException($"BUG: {probe.Description.Name} gave no reading: {readings[0].Missing}");
        }
    }
}
