using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StemLab.Benchmarks;

/// <summary>What the agent's figures stand beside, measured in the same run: its own program compiled as it runs, a plain timer, one JSON message a reading.</summary>
internal static class AgentBaselines
{
    /// <summary>The same program, the same work, with the just-in-time compiler of the SDK.</summary>
    public static async Task JustInTimeAsync(Figures figures, string folder, string[] arguments, TimeSpan turn)
    {
        using var agent = await AgentProgram.StartAsync(AgentProgram.AsBuilt, folder, arguments);
        await Task.Delay(turn, TimeProvider.System, CancellationToken.None);
        figures.Stated("agent_baseline_jit_ready_ms", agent.ReadyMs);
        figures.Stated("agent_baseline_jit_resident_mb", agent.Memory().ResidentMb);
        await agent.StopAsync();
    }

    /// <summary>How late a periodic timer of 10 ms comes, which most samplers are built on.</summary>
    public static async Task TimerAsync(Figures figures, TimeSpan turn)
    {
        var interval = TimeSpan.FromMilliseconds(10);
        var late = new List<double>();
        using var timer = new PeriodicTimer(interval, TimeProvider.System);
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 1; TimeProvider.System.GetElapsedTime(started) < turn; i++)
        {
            await timer.WaitForNextTickAsync();
            late.Add((TimeProvider.System.GetElapsedTime(started) - (i * interval)).TotalMilliseconds);
        }

        late.Sort();
        figures.Stated("agent_baseline_periodic_timer_lateness_p50_ms_100_hz", late[late.Count / 2]);
    }

    /// <summary>The readings of a day, each a JSON message of QoS 1, to the same hub over four connections with a window of 20; reckoned from a few seconds of it.</summary>
    public static void JsonDrain(Figures figures, ServerProcess hub, TimeSpan turn, long readings)
    {
        using var load = new MqttLoad(hub.MqttPort, 4);
        var messages = new Messages(4);
        load.Once(messages.Write);
        figures.Stated("agent_baseline_json_qos1_drains_the_same_day_s", readings / load.Run(messages.Write, 20, 0, turn).PerSecond);
    }

    /// <summary>One reading as the JSON a maker's board publishes.</summary>
    public static void JsonBytes(Figures figures)
    {
        const string Topic = "lab/pond/water";
        var payload = JsonSerializer.SerializeToUtf8Bytes(new { ph = 7.123, t = 1_764_115_200_123 });
        figures.Stated("agent_baseline_json_wire_bytes_per_reading", PublishBytes(Encoding.UTF8.GetByteCount(Topic), payload.Length));
    }

    /// <summary>Bytes of an MQTT 5 PUBLISH of QoS 1 without properties, without those of TCP.</summary>
    public static int PublishBytes(int topic, int payload)
    {
        var rest = 2 + topic + 2 + 1 + payload;
        return 1 + (rest < 128 ? 1 : rest < 16_384 ? 2 : 3) + rest;
    }

    /// <summary>Where a process's memory is, for whoever looks for some to save: the greatest parts of /proc/PID/smaps.</summary>
    public static string Parts(int processId)
    {
        var parts = new Dictionary<string, long>(StringComparer.Ordinal);
        var name = "";
        foreach (var line in File.ReadLines($"/proc/{processId}/smaps"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0].Contains('-', StringComparison.Ordinal))
            {
                name = words.Length > 5 ? Path.GetFileName(words[5]) : "anonymous";
            }
            else if (words[0] == "Rss:")
            {
                parts[name] = parts.GetValueOrDefault(name) + long.Parse(words[1], CultureInfo.InvariantCulture);
            }
        }

        return string.Join(", ", parts.OrderByDescending(part => part.Value).Take(8).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Key} {part.Value / 1024.0:0.0}")));
    }
}
