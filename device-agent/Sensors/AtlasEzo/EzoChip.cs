using System.Globalization;
using System.Text;
using StemLab.Agent.Sensors.I2c;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>How a question to a circuit ended.</summary>
internal enum EzoOutcome
{
    /// <summary>It answered; the text counts.</summary>
    Ok,

    /// <summary>Nobody is at the address, or there is no bus.</summary>
    Absent,

    /// <summary>The bus is stuck.</summary>
    BusStuck,

    /// <summary>The bus fails in another way.</summary>
    BusFailed,

    /// <summary>It says that it does not know the command.</summary>
    SyntaxError,

    /// <summary>It was still at work long after the time of the datasheet.</summary>
    StillBusy,

    /// <summary>It had nothing to say, also when asked again.</summary>
    NoData,

    /// <summary>What it sent is no answer.</summary>
    Garbage,
}

/// <summary>Outcome and text of a question.</summary>
internal readonly record struct EzoAnswer(EzoOutcome Outcome, string Text);

/// <summary>
/// Talks with one circuit: command, the datasheet's processing delay, answer. The bus is free during the delay, so circuits on one bus work side by side.
/// One conversation at a time.
/// </summary>
internal sealed class EzoChip(SharedBus bus, int address, TimeProvider time) : IEzoCircuit
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private readonly byte[] buffer = new byte[EzoReply.Length];

    /// <inheritdoc/>
    public Words Place { get; } = new(
        string.Create(CultureInfo.InvariantCulture, $"address {address} (0x{address:x2}) on i2c-{bus.Number}"),
        string.Create(CultureInfo.InvariantCulture, $"địa chỉ {address} (0x{address:x2}) trên i2c-{bus.Number}"));

    /// <inheritdoc/>
    public Words WhenSilent { get; } = new(
        "is the board plugged in and in I2C mode (LED blue, not green)?",
        "bo mạch đã cắm và ở chế độ I2C chưa (đèn xanh dương, không phải xanh lá)?");

    /// <inheritdoc/>
    public int Glitches { get; private set; }

    /// <inheritdoc/>
    public Words? Refusal() => bus.KernelDriverOf(address) is { } driver
        ? new Words(
            $"{Place.En} belongs to the kernel driver {driver}; give the circuit another address, or take that driver's overlay out",
            $"{Place.Vi} thuộc về trình điều khiển {driver} của nhân; hãy đổi địa chỉ của mạch, hoặc bỏ overlay của trình điều khiển đó")
        : null;

    /// <summary>The bus is the shelf's.</summary>
    public void Dispose()
    {
        // Nothing is held open for one circuit.
    }

    /// <summary>Asks. A circuit that was asleep loses the command that wakes it, so one without an answer is asked twice.</summary>
    public async ValueTask<EzoAnswer> AskAsync(string command, TimeSpan processing, CancellationToken cancellationToken)
    {
        var answer = await AskOnceAsync(command, processing, cancellationToken);
        return answer.Outcome == EzoOutcome.NoData ? await AskOnceAsync(command, processing, cancellationToken) : answer;
    }

    private async ValueTask<EzoAnswer> AskOnceAsync(string command, TimeSpan processing, CancellationToken cancellationToken)
    {
        var sent = await bus.WriteAsync(address, Encoding.ASCII.GetBytes(command), cancellationToken);
        if (sent != Transfer.Done)
        {
            return Failed(sent);
        }

        var sentAt = time.GetTimestamp();
        await Task.Delay(processing, time, cancellationToken);
        while (true)
        {
            var read = await bus.ReadAsync(address, buffer, cancellationToken);
            if (read != Transfer.Done)
            {
                return Failed(read);
            }

            var reply = EzoReply.Parse(buffer);
            if (reply.Code == EzoCode.Busy && time.GetElapsedTime(sentAt) < processing + Grace)
            {
                await Task.Delay(AskAgain, time, cancellationToken);
                continue;
            }

            Glitches += reply.Glitches;
            return new EzoAnswer(OutcomeOf(reply.Code), reply.Text);
        }
    }

    private static EzoOutcome OutcomeOf(EzoCode code) => code switch
    {
        EzoCode.Ok => EzoOutcome.Ok,
        EzoCode.SyntaxError => EzoOutcome.SyntaxError,
        EzoCode.Busy => EzoOutcome.StillBusy,
        EzoCode.NoData => EzoOutcome.NoData,
        _ => EzoOutcome.Garbage,
    };

    private static EzoAnswer Failed(Transfer transfer) => new(transfer switch
    {
        Transfer.NoAcknowledge or Transfer.NoBus => EzoOutcome.Absent,
        Transfer.Stuck => EzoOutcome.BusStuck,
        _ => EzoOutcome.BusFailed,
    }, "");
}
