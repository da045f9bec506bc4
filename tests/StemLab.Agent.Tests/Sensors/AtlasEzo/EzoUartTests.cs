using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using StemLab.Agent.Sensors.Serial;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>A circuit in UART mode, at the end of a pseudo-terminal.</summary>
public sealed class EzoUartTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FakeLogger log = new();
    private readonly Troubles troubles = new();

    [Fact]
    public async Task A_board_as_sold_is_made_quiet_introduced_and_read()
    {
        using var pty = new Pty();
        var chip = new SimulatedEzo("pH", new FakeTimeProvider()) { Values = [7.123] };
        var heard = new List<string>();
        pty.Answer(command =>
        {
            heard.Add(command);
            return command switch
            {
                "" => "*ER\r",

                // Continuous mode spoke in between, and *OK was switched off until now.
                "C,0" => "7.050\r*OK\r",
                "*OK,1" => "*OK\r",
                _ => chip.Answer(command) is { } text ? (text.Length > 0 ? text + "\r" : "") + "*OK\r" : "*ER\r",
            };
        });
        await using var probe = await OpenAsync("ezo-ph", pty);
        Assert.Equal("T,25; ?Cal,2; ?Slope,99.7,100.3,-0.89", probe.Description.Outputs[0].BoardSettings);
        Assert.Equal(RawReading.Of(0, 7.123), await ReadAsync(probe));
        chip.Values = [8.001];
        Assert.Equal(RawReading.Of(0, 8.001), await ReadAsync(probe));
        Assert.Equal(["", "C,0", "*OK,1", "i", "T,25", "T,?", "Cal,?", "Slope,?", "R", "R"], heard);
        Assert.Equal([99.7, 100.3, -0.89], probe.Health.Where(fact => fact.Quantity.StartsWith("electrode", StringComparison.Ordinal)).Select(fact => fact.Read()!.Value));
    }

    [Fact]
    public async Task One_that_starts_anew_in_the_middle_is_introduced_again()
    {
        using var pty = new Pty();
        var chip = new SimulatedEzo("DO", new FakeTimeProvider()) { Values = [6.85] };
        var restart = false;
        pty.Answer(command =>
        {
            if (restart && command == "R")
            {
                restart = false;
                chip.LosePower();
                return "*RS\r*RE\r";
            }

            return command is "" or "C,0" or "*OK,1" ? "*OK\r" : chip.Answer(command) is { } text ? (text.Length > 0 ? text + "\r" : "") + "*OK\r" : "*ER\r";
        });
        await using var probe = await OpenAsync("ezo-do", pty);
        Assert.Equal(6.85, (await ReadAsync(probe)).Value);
        restart = true;
        Assert.Equal(MissingReason.Fault, (await ReadAsync(probe)).Missing);
        Assert.Equal(20, chip.Celsius);
        Assert.Equal(6.85, (await ReadAsync(probe)).Value);
        Assert.Equal(25, chip.Celsius);
    }

    [Fact]
    public async Task A_port_that_is_not_there_is_absent_and_letters_that_are_none_are_a_fault()
    {
        using var pty = new Pty();
        pty.Answer(command => command is "" or "C,0" or "*OK,1" ? "*OK\r" : "\u0001\u0002\r*OK\r");
        await using var garbled = await OpenAsync("ezo-ph", pty);
        Assert.Equal(MissingReason.Fault, (await ReadAsync(garbled)).Missing);
        await using var gone = await EzoProbe.OpenAsync(Settings("ezo-ph"), new EzoUart(new SerialLine("/dev/serial/by-id/nothing", 9600), TimeProvider.System), Ground(), TestContext.Current.CancellationToken);
        Assert.Equal(MissingReason.Absent, (await ReadAsync(gone)).Missing);
        Assert.Contains(troubles.Now, trouble => trouble.Words.En.Contains("LED green", StringComparison.Ordinal) && trouble.Words.Vi.Contains("xanh lá", StringComparison.Ordinal));
    }

    private static async Task<RawReading> ReadAsync(EzoProbe probe)
    {
        var into = new RawReading[1];
        await probe.ReadAsync(into, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        return into[0];
    }

    private static EzoSettings Settings(string kind)
    {
        var model = EzoModel.Find(kind)!;
        return new EzoSettings(model, kind, TimeSpan.FromSeconds(2), EzoSettings.Choose(model, "")!.Value, null, "");
    }

    private Ground Ground() => new(TimeProvider.System, log, troubles, () => { });

    private Task<EzoProbe> OpenAsync(string kind, Pty pty) =>
        EzoProbe.OpenAsync(Settings(kind), new EzoUart(new SerialLine(pty.Path, 9600), TimeProvider.System), Ground(), TestContext.Current.CancellationToken)
            .WaitAsync(Patience, TimeProvider.System, TestContext.Current.CancellationToken);
}
