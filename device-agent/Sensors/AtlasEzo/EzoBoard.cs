using System.Globalization;
using StemLab.Agent.Sensors.I2c;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>
/// What the agent does with a circuit before it believes its readings: asks who it is, sets what is configured, reads back what changes the meaning of a reading.
/// One conversation at a time.
/// </summary>
internal sealed class EzoBoard(EzoSettings settings, SharedBus bus, TimeProvider time)
{
    private readonly string place = string.Create(CultureInfo.InvariantCulture, $"address {settings.Address} (0x{settings.Address:x2}) on i2c-{bus.Number}");
    private readonly string viPlace = string.Create(CultureInfo.InvariantCulture, $"địa chỉ {settings.Address} (0x{settings.Address:x2}) trên i2c-{bus.Number}");

    /// <summary>The circuit.</summary>
    public EzoChip Chip { get; } = new(bus, settings.Address, time);

    /// <summary>How an introduction ended.</summary>
    /// <param name="Outcome">Ok, or why not.</param>
    /// <param name="Settings">Everything set on the board that changes what a reading means; null where it could not be asked.</param>
    /// <param name="Trouble">Why not, for people; none where it was introduced.</param>
    internal readonly record struct Introduction(EzoOutcome Outcome, string? Settings, Words Trouble);

    /// <summary>Introduces the circuit. About 2 s; a silent address takes milliseconds.</summary>
    public async ValueTask<Introduction> IntroduceAsync(CancellationToken cancellationToken)
    {
        // :: Step 1: is it ours, and what it should be
        if (bus.KernelDriverOf(settings.Address) is { } driver)
        {
            return Refused(
                $"{place} belongs to the kernel driver {driver}; give the circuit another address, or take that driver's overlay out",
                $"{viPlace} thuộc về trình điều khiển {driver} của nhân; hãy đổi địa chỉ của mạch, hoặc bỏ overlay của trình điều khiển đó");
        }

        var answer = await AskAsync("i", cancellationToken);
        if (answer.Outcome != EzoOutcome.Ok)
        {
            return new Introduction(answer.Outcome, null, Words(answer.Outcome));
        }

        if (!EzoText.TryIdentity(answer.Text, out var type, out _))
        {
            return Refused(
                $"{place} answers '{answer.Text}', as no EZO circuit does; run stemlab-agent detect to see what is there",
                $"{viPlace} trả lời '{answer.Text}', không mạch EZO nào trả lời như vậy; hãy chạy stemlab-agent detect để xem ở đó có gì");
        }

        if (!string.Equals(type, settings.Model.Type, StringComparison.OrdinalIgnoreCase))
        {
            return EzoModel.OfType(type) is { } other
                ? Refused(
                    $"{place} is an EZO {other.Type} circuit, not {settings.Model.Type}; set Kind to {other.Kind}, or plug in the {settings.Model.Type} circuit",
                    $"{viPlace} là mạch EZO {other.Type}, không phải {settings.Model.Type}; hãy đặt Kind là {other.Kind}, hoặc cắm mạch {settings.Model.Type} vào")
                : Refused(
                    $"{place} is an EZO {type} circuit, not {settings.Model.Type}, and there is no kind for it; plug in the {settings.Model.Type} circuit",
                    $"{viPlace} là mạch EZO {type}, không phải {settings.Model.Type}, và chưa có Kind cho nó; hãy cắm mạch {settings.Model.Type} vào");
        }

        // :: Step 2: set what is configured
        foreach (var pin in settings.Model.Pins)
        {
            if (await AskAsync(pin, cancellationToken) is { Outcome: not EzoOutcome.Ok } refused)
            {
                return new Introduction(refused.Outcome, null, new Words($"{Words(refused.Outcome).En} to '{pin}'", $"{Words(refused.Outcome).Vi} với '{pin}'"));
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
        EzoOutcome.Absent => new($"{place} is silent: is the board plugged in and in I2C mode (LED blue, not green)?", $"{viPlace} im lặng: bo mạch đã cắm và ở chế độ I2C chưa (đèn xanh dương, không phải xanh lá)?"),
        EzoOutcome.BusStuck => new($"i2c-{bus.Number} is stuck", $"i2c-{bus.Number} bị kẹt"),
        EzoOutcome.BusFailed => new($"i2c-{bus.Number} fails", $"i2c-{bus.Number} bị lỗi"),
        EzoOutcome.SyntaxError => new($"{place} does not understand", $"{viPlace} không hiểu lệnh"),
        EzoOutcome.StillBusy => new($"{place} does not come to an end", $"{viPlace} mãi chưa đo xong"),
        EzoOutcome.NoData => new($"{place} has no answer", $"{viPlace} không có câu trả lời"),
        EzoOutcome.Garbage => new($"{place} sends bytes that are no answer; is the cable short, and is a pull-up on both wires?", $"{viPlace} gửi những byte vô nghĩa; dây có ngắn không, hai dây có điện trở kéo lên không?"),
        _ => Sensors.Words.None,
    };

    private ValueTask<EzoAnswer> AskAsync(string command, CancellationToken cancellationToken) => Chip.AskAsync(command, EzoModel.CommandTime, cancellationToken);

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
        return Refused($"{place} does not send {chosen} when told to", $"{viPlace} không gửi {chosen} dù đã được yêu cầu");
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
        }

        return new Introduction(EzoOutcome.Ok, string.Join("; ", text), Sensors.Words.None);
    }

    private static Introduction Refused(string en, string vi) => new(EzoOutcome.Garbage, null, new Words(en, vi));
}
