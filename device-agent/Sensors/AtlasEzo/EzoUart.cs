using System.Text;
using StemLab.Agent.Sensors.Serial;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>
/// Talks with one circuit in UART mode, as new boards are sold: command and CR, then a line with the answer, and *OK or *ER. What it says unasked is not taken for an answer: readings of its continuous
/// mode, which is switched off, and the words it says when it starts.
/// </summary>
/// <param name="line">The serial line; owned.</param>
/// <param name="time">For the processing delays.</param>
internal sealed class EzoUart(SerialLine line, TimeProvider time) : IEzoCircuit
{
    /// <summary>Baud rate of a new board.</summary>
    public const int FactoryBaud = 9600;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(30);
    private bool isQuiet;

    /// <inheritdoc/>
    public Words Place { get; } = new($"the circuit at {line.Name}", $"mạch ở {line.Name}");

    /// <inheritdoc/>
    public Words WhenSilent { get; } = new(
        "is the board plugged in and in UART mode (LED green, not blue), TX to RX and RX to TX?",
        "bo mạch đã cắm và ở chế độ UART chưa (đèn xanh lá, không phải xanh dương), TX nối RX và RX nối TX chưa?");

    /// <inheritdoc/>
    public int Glitches { get; private set; }

    /// <inheritdoc/>
    public Words? Refusal() => null;

    /// <inheritdoc/>
    public async ValueTask<EzoAnswer> AskAsync(string command, TimeSpan processing, CancellationToken cancellationToken)
    {
        if (!isQuiet)
        {
            // A line that was cut may hold half a command: an empty one ends it. Then: speak when asked, and say *OK.
            await AskOnceAsync("", Quiet, cancellationToken);
            await AskOnceAsync("C,0", EzoModel.CommandTime, cancellationToken);
            isQuiet = (await AskOnceAsync("*OK,1", EzoModel.CommandTime, cancellationToken)).Outcome == EzoOutcome.Ok;
        }

        var answer = await AskOnceAsync(command, processing, cancellationToken);
        isQuiet &= answer.Outcome is EzoOutcome.Ok or EzoOutcome.SyntaxError;
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => line.Dispose();

    private async ValueTask<EzoAnswer> AskOnceAsync(string command, TimeSpan processing, CancellationToken cancellationToken)
    {
        line.Forget();
        if (!await line.WriteAsync(Encoding.ASCII.GetBytes(command + "\r"), cancellationToken))
        {
            return new EzoAnswer(EzoOutcome.Absent, "");
        }

        using var limit = new CancellationTokenSource(processing + Grace, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var text = "";
        try
        {
            while (true)
            {
                var heard = await line.ReadAsync(both.Token);
                if (heard.Outcome == LineOutcome.Gone)
                {
                    return new EzoAnswer(EzoOutcome.Absent, "");
                }

                if (heard.Outcome == LineOutcome.TooLong)
                {
                    return new EzoAnswer(EzoOutcome.Garbage, "");
                }

                switch (Clean(heard.Text))
                {
                    case "*OK":
                        return new EzoAnswer(EzoOutcome.Ok, text);
                    case "*ER":
                        return new EzoAnswer(EzoOutcome.SyntaxError, "");
                    case "*RS" or "*RE" or "*UV" or "*OV":
                        // It has just started, or its supply is wrong: what was set is gone.
                        isQuiet = false;
                        return new EzoAnswer(EzoOutcome.NoData, "");
                    case null:
                        return new EzoAnswer(EzoOutcome.Garbage, "");
                    case "" or "*WA" or "*SL" or "*DONE":
                        break;
                    case var said:
                        text = said;
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new EzoAnswer(text.Length > 0 ? EzoOutcome.StillBusy : EzoOutcome.Absent, "");
        }
    }

    /// <summary>The line as letters; null where it holds what no circuit sends.</summary>
    private string? Clean(string heard)
    {
        var letters = heard.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
        {
            Glitches += letters[i] > 0x7F ? 1 : 0;
            letters[i] = (char)(letters[i] & 0x7F);
            if (letters[i] is < ' ' or > '~')
            {
                return null;
            }
        }

        return new string(letters).Trim();
    }
}
