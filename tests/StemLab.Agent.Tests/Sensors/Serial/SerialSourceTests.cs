using System.Text;
using Microsoft.Extensions.Logging.Testing;
using StemLab.TestKit;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Serial;

/// <summary>A board on a serial port, at the end of a pseudo-terminal: it babbles, is pulled, comes back under another number.</summary>
public sealed class SerialSourceTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeLogger log = new();
    private readonly Troubles troubles = new();
    private readonly TempFolder folder = new();
    private int changes;

    private string ById => folder.File("usb-BBC_micro_bit-if00");

    [Fact]
    public async Task What_a_board_sends_is_learnt_and_its_readings_follow()
    {
        using var pty = new Pty();
        using var talking = new Talker(pty, i => FormattableString.Invariant($"temp={20 + (i % 5)} C, light={i} lux\r\n"));
        await using var source = await OpenAsync(pty.Path, "");
        Assert.Equal(["p/light:illuminance:lx", "p/temp:air_temperature:Cel"], source.Description.Outputs.Select(output => $"{output.Port}:{output.Quantity}:{output.UnitUcum}"));
        var readings = await TakeAsync(source, 10);
        Assert.All(readings, reading => Assert.Equal((TimedReading.OnArrival, MissingReason.Unspecified), (reading.TUs, reading.Missing)));
        Assert.Equal([0, 1, 0, 1], readings.Take(4).Select(reading => reading.Output));
    }

    [Fact]
    public async Task Garbage_and_endless_lines_are_counted_and_the_readings_between_are_kept()
    {
        using var pty = new Pty();
        var endless = new string('x', 5_000) + "\n";
        using var talking = new Talker(pty, i => (i % 3) switch { 0 => "temp=21 C\n", 1 => "\u0001\u0080\u00FFgarbage=\n", _ => endless });
        await using var source = await OpenAsync(pty.Path, "temp");
        Assert.All(await TakeAsync(source, 5), reading => Assert.Equal(21, reading.Value));
        Assert.True(source.Health.Single(fact => fact.Quantity == "lines_rejected").Read() >= 4);
        Assert.Contains(log.Collector.GetSnapshot(), record => record.Message.Contains("without an end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_board_that_is_pulled_and_comes_back_under_another_number_is_read_on_by_its_name()
    {
        var first = new Pty();
        File.CreateSymbolicLink(ById, first.Path);
        var talking = new Talker(first, _ => "temp=21 C\n");
        await using var source = await OpenAsync(ById, "temp");
        await using var readings = source.ReadAsync(0, 0, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.Equal(21, (await NextAsync(readings)).Value);
        talking.Dispose();
        first.Dispose();
        File.Delete(ById);
        TimedReading reading;
        while ((reading = await NextAsync(readings)).Missing == MissingReason.Unspecified)
        {
            Assert.Equal(21, reading.Value);
        }

        Assert.Equal(MissingReason.Absent, reading.Missing);
        Assert.Contains("usb-BBC_micro_bit-if00", Assert.Single(troubles.Now).Words.Vi, StringComparison.Ordinal);
        using var second = new Pty();
        File.CreateSymbolicLink(ById, second.Path);
        using var again = new Talker(second, _ => "temp=22 C\n");
        Assert.Equal(22, (await NextAsync(readings)).Value);
        Assert.Empty(troubles.Now);
        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task A_board_that_comes_later_is_declared_then_and_another_unit_is_not_taken_for_the_declared_one()
    {
        await using (var nothing = await OpenAsync(ById, ""))
        {
            Assert.Empty(nothing.Description.Outputs);
            using var late = new Pty();
            File.CreateSymbolicLink(ById, late.Path);
            using var talking = new Talker(late, _ => "ph=7.1\n");
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            stop.CancelAfter(TimeSpan.FromSeconds(20));
            var reading = Task.Run(async () =>
            {
                await foreach (var _ in nothing.ReadAsync(0, 0, stop.Token))
                {
                    Assert.Fail("nothing is declared");
                }
            }, TestContext.Current.CancellationToken);
            while (Volatile.Read(ref changes) == 0 && !reading.IsCompleted)
            {
                await Task.Yield();
            }

            Assert.Equal(1, changes);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        }

        File.Delete(ById);
        using var pty = new Pty();
        using var other = new Talker(pty, i => i % 2 == 0 ? "distance=30 cm\n" : "distance=12 N\n");
        await using var source = await OpenAsync(pty.Path, "distance:cm");
        var missing = (await TakeAsync(source, 6)).ToLookup(taken => taken.Missing);
        Assert.All(missing[MissingReason.Unspecified], taken => Assert.Equal(30, taken.Value));
        Assert.NotEmpty(missing[MissingReason.Fault]);
    }

    public void Dispose() => folder.Dispose();

    private static async Task<TimedReading> NextAsync(IAsyncEnumerator<TimedReading> readings)
    {
        Assert.True(await readings.MoveNextAsync().AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken));
        return readings.Current;
    }

    private static async Task<List<TimedReading>> TakeAsync(SerialSource source, int count)
    {
        var taken = new List<TimedReading>();
        await using var readings = source.ReadAsync(0, 0, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        while (taken.Count < count)
        {
            taken.Add(await NextAsync(readings));
        }

        return taken;
    }

    private async Task<SerialSource> OpenAsync(string path, string outputs) => await SerialSource.OpenAsync(
        new SerialLine(path, 115_200), "p", SerialColumn.Read(outputs)!.Value, new Ground(TimeProvider.System, log, troubles, () => Interlocked.Increment(ref changes)), TestContext.Current.CancellationToken)
        .AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>A board that writes a line every few milliseconds until it is silenced.</summary>
    private sealed class Talker : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Thread thread;

        public Talker(Pty pty, Func<int, string> line)
        {
            thread = new Thread(() =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    try
                    {
                        pty.Say(Encoding.Latin1.GetBytes(line(i)));
                    }
                    catch (Exception pulled) when (pulled is IOException or ObjectDisposedException)
                    {
                        return;
                    }

                    stop.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10));
                }
            });
            thread.IsBackground = true;
            thread.Start();
        }

        public void Dispose()
        {
            stop.Cancel();
            _ = thread.Join(TimeSpan.FromSeconds(2));
        }
    }
}
