using System.Globalization;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>
/// What the agent does with a circuit before it believes its readings: asks who it is, sets what is configured, reads back what was set and what changes the meaning of a reading.
/// One conversation at a time.
/// </summary>
internal sealed class EzoBoard(EzoSettings settings, IEzoCircuit circuit)
{
    private readonly List<(string Question, string Answer, bool IsPin)> known = [];
    private int nextQuestion;

    /// <summary>The circuit.</summary>
    public IEzoCircuit Circuit => circuit;

    /// <summary>Slope of a pH electrode toward acid and base in % of an ideal one, and its zero in mV; null where it was not told.</summary>
    public (double Acid, double Base, double ZeroMv)? Slope { get; private set; }

    /// <summary>Supply of the board, V; null where it was not told.</summary>
    public double? SupplyVolts { get; private set; }

    /// <summary>How an introduction ended.</summary>
    /// <param name="Outcome">Ok, or why not.</param>
    /// <param name="Settings">Everything set on the board that changes what a reading means; null where it could not be asked.</param>
    /// <param name="Trouble">Why not, for people; none where it was introduced.</param>
    internal readonly record struct Introduction(EzoOutcome Outcome, string? Settings, Words Trouble);

    /// <summary>Introduces the circuit. About 2 s; a silent address takes milliseconds.</summary>
    public async ValueTask<Introduction> IntroduceAsync(CancellationToken cancellationToken)
    {
        // :: Step 1: is it ours, and what it should be
        if (circuit.Refusal() is { } refusal)
        {
            return Refused(refusal.En, refusal.Vi);
        }

        var answer = await EzoIdentity.AskAsync(circuit, cancellationToken);
        if (answer.Outcome != EzoOutcome.Ok)
        {
            return new Introduction(answer.Outcome, null, Words(answer.Outcome));
        }

        if (!EzoText.TryIdentity(answer.Text, out var type, out _))
        {
            return Refused(
                $"{circuit.Place.En} answers '{answer.Text}', as no EZO circuit does; run stemlab-agent detect to see what is there",
                $"{circuit.Place.Vi} trả lời '{answer.Text}', không mạch EZO nào trả lời như vậy; hãy chạy stemlab-agent detect để xem ở đó có gì");
        }

        if (!string.Equals(type, settings.Model.Type, StringComparison.OrdinalIgnoreCase))
        {
            return EzoModel.OfType(type) is { } other
                ? Refused(
                    $"{circuit.Place.En} is an EZO {other.Type} circuit, not {settings.Model.Type}; set Kind to {other.Kind}, or plug in the {settings.Model.Type} circuit",
                    $"{circuit.Place.Vi} là mạch EZO {other.Type}, không phải {settings.Model.Type}; hãy đặt Kind là {other.Kind}, hoặc cắm mạch {settings.Model.Type} vào")
                : Refused(
                    $"{circuit.Place.En} is an EZO {type} circuit, not {settings.Model.Type}, and there is no kind for it; plug in the {settings.Model.Type} circuit",
                    $"{circuit.Place.Vi} là mạch EZO {type}, không phải {settings.Model.Type}, và chưa có Kind cho nó; hãy cắm mạch {settings.Model.Type} vào");
        }

        // :: Step 2: set what is configured
        known.Clear();
        foreach (var pin in settings.Model.Pins)
        {
            if (await PinAsync(pin, cancellationToken) is { } notPinned)
            {
                return notPinned;
            }
        }

        if (settings.Model.HasChoice && await ChooseOutputsAsync(cancellationToken) is { } trouble)
        {
            return trouble;
        }

        // :: Step 3: what its readings mean
        return await ReadSettingsAsync(cancellationToken);
    }

    /// <summary>A sentence for an outcome.</summary>
    public Words Words(EzoOutcome outcome) => outcome switch
    {
        EzoOutcome.Absent => new($"{circuit.Place.En} is silent: {circuit.WhenSilent.En}", $"{circuit.Place.Vi} im lặng: {circuit.WhenSilent.Vi}"),
        EzoOutcome.BusStuck => new("its bus is stuck", "bus của nó bị kẹt"),
        EzoOutcome.BusFailed => new("its bus fails", "bus của nó bị lỗi"),
        EzoOutcome.SyntaxError => new($"{circuit.Place.En} does not understand", $"{circuit.Place.Vi} không hiểu lệnh"),
        EzoOutcome.StillBusy => new($"{circuit.Place.En} does not come to an end", $"{circuit.Place.Vi} mãi chưa đo xong"),
        EzoOutcome.NoData => new($"{circuit.Place.En} has no answer", $"{circuit.Place.Vi} không có câu trả lời"),
        EzoOutcome.Garbage => new($"{circuit.Place.En} sends bytes that are no answer; is the cable short, and is a pull-up on both wires?", $"{circuit.Place.Vi} gửi những byte vô nghĩa; dây có ngắn không, hai dây có điện trở kéo lên không?"),
        _ => Sensors.Words.None,
    };

    private ValueTask<EzoAnswer> AskAsync(string command, CancellationToken cancellationToken) => circuit.AskAsync(command, EzoModel.CommandTime, cancellationToken);

    /// <summary>Switches outputs on, then off, until the circuit says that it sends what is configured; null where it does.</summary>
    private async ValueTask<Introduction?> ChooseOutputsAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var answer = await AskAsync("O,?", cancellationToken);
            if (answer.Outcome != EzoOutcome.Ok || !EzoText.TryAnswer(answer.Text, "O", out var names))
            {
                return new Introduction(answer.Outcome == EzoOutcome.Ok ? EzoOutcome.Garbage : answer.Outcome, null, Words(answer.Outcome == EzoOutcome.Ok ? EzoOutcome.Garbage : answer.Outcome));
            }

            var sends = names.Split(',', StringSplitOptions.RemoveEmptyEntries);
            var wanted = settings.Outputs.Select(output => output.Name).ToList();
            var on = wanted.Except(sends, StringComparer.OrdinalIgnoreCase).Select(name => $"O,{name},1");
            var off = sends.Except(wanted, StringComparer.OrdinalIgnoreCase).Select(name => $"O,{name},0");
            var commands = on.Concat(off).ToList();
            if (commands.Count == 0)
            {
                return null;
            }

            foreach (var command in commands)
            {
                // Refusals show when it is asked again.
                await AskAsync(command, cancellationToken);
            }
        }

        var chosen = string.Join(",", settings.Outputs.Select(output => output.Name));
        return Refused($"{circuit.Place.En} does not send {chosen} when told to", $"{circuit.Place.Vi} không gửi {chosen} dù đã được yêu cầu");
    }

    private async ValueTask<Introduction> ReadSettingsAsync(CancellationToken cancellationToken)
    {
        var text = new List<string> { settings.TemperatureFrom.Length > 0 ? "T from " + settings.TemperatureFrom : string.Join(' ', settings.Model.Pins) };
        var questions = settings.Outputs.Any(output => output.Name == "TDS") ? settings.Model.Questions.Add("TDS,?") : settings.Model.Questions;
        foreach (var question in questions)
        {
            var answer = await AskAsync(question, cancellationToken);
            if (answer.Outcome is not (EzoOutcome.Ok or EzoOutcome.SyntaxError))
            {
                return new Introduction(answer.Outcome, null, Words(answer.Outcome));
            }

            // Older firmware does not know every question: then nothing of the kind can be set.
            text.Add(answer.Outcome == EzoOutcome.Ok ? answer.Text : question[..^2] + " unknown");
            if (answer.Outcome == EzoOutcome.Ok)
            {
                known.Add((question, answer.Text, false));
                Note(question, answer.Text);
            }
        }

        return new Introduction(EzoOutcome.Ok, string.Join("; ", text), Sensors.Words.None);
    }

    /// <summary>Asks one thing of those that were read or set, another with every call, and how the board is supplied: a board that lost power or was calibrated elsewhere is found within minutes.</summary>
    /// <returns>What the board does otherwise than when it was introduced; null where it does not, or could not be asked.</returns>
    public async ValueTask<EzoSlip?> LookAgainAsync(CancellationToken cancellationToken)
    {
        if (nextQuestion >= known.Count)
        {
            nextQuestion = 0;
            var status = await AskAsync("Status", cancellationToken);
            if (status.Outcome == EzoOutcome.Ok && status.Text.Split(',') is ["?Status" or "?STATUS", _, var volts]
                && double.TryParse(volts, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var supply))
            {
                SupplyVolts = supply;
            }

            return null;
        }

        var (question, before, isPin) = known[nextQuestion++];
        var answer = await AskAsync(question, cancellationToken);
        if (answer.Outcome != EzoOutcome.Ok || answer.Text == before)
        {
            return null;
        }

        Note(question, answer.Text);
        return isPin ? EzoSlip.Compensation : EzoSlip.Settings;
    }

    /// <summary>Sets a compensation and reads it back; null where the circuit has it. Firmware that cannot be asked for it is believed.</summary>
    private async ValueTask<Introduction?> PinAsync(string pin, CancellationToken cancellationToken)
    {
        var told = await AskAsync(pin, cancellationToken);
        if (told.Outcome != EzoOutcome.Ok)
        {
            return new Introduction(told.Outcome, null, new Words($"{Words(told.Outcome).En} to '{pin}'", $"{Words(told.Outcome).Vi} với '{pin}'"));
        }

        var question = pin.Split(',')[0] + ",?";
        var answer = await AskAsync(question, cancellationToken);
        if (answer.Outcome == EzoOutcome.SyntaxError)
        {
            return null;
        }

        if (answer.Outcome != EzoOutcome.Ok)
        {
            return new Introduction(answer.Outcome, null, Words(answer.Outcome));
        }

        if (!EzoText.IsAnswerTo(pin, answer.Text))
        {
            return Refused(
                $"{circuit.Place.En} was told '{pin}' and says '{answer.Text}'; its readings would be compensated otherwise than stated",
                $"{circuit.Place.Vi} được bảo '{pin}' nhưng báo '{answer.Text}'; số đo của nó sẽ được bù khác với khai báo");
        }

        // With a temperature of every moment its own is another each time.
        if (settings.Temperature is null || question != "T,?")
        {
            known.Add((question, answer.Text, true));
        }

        return null;
    }

    private void Note(string question, string answer)
    {
        Span<double> numbers = stackalloc double[3];
        if (question == "Slope,?" && EzoText.TryAnswer(answer, "Slope", out var rest) && (EzoText.TryNumbers(rest, numbers) || EzoText.TryNumbers(rest, numbers[..2])))
        {
            Slope = (numbers[0], numbers[1], rest.Count(c => c == ',') == 2 ? numbers[2] : double.NaN);
        }
    }

    private static Introduction Refused(string en, string vi) => new(EzoOutcome.Garbage, null, new Words(en, vi));
}

/// <summary>What a board was found to do otherwise than when it was introduced.</summary>
internal enum EzoSlip
{
    /// <summary>Its compensation is not what was set: it lost its supply.</summary>
    Compensation,

    /// <summary>It was calibrated, or set, by somebody else.</summary>
    Settings,
}
