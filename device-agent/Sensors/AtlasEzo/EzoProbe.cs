using System.Globalization;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>
/// An Atlas Scientific EZO circuit. Whatever goes wrong the next reading begins with the introduction again, so a board that was pulled, swapped or put to sleep comes back by itself.
/// One reader.
/// </summary>
/// <remarks>
/// A reading only counts under the board settings its input was declared with. Where those turn out otherwise (a board calibrated elsewhere, one that was not there at the start),
/// readings are missing and <see cref="Ground.OnChanged"/> is called: the agent then opens its probes again and declares the input with a config_rev of its own.
/// </remarks>
internal sealed class EzoProbe : IProbe
{
    private static readonly TimeSpan LookOften = TimeSpan.FromSeconds(20);

    // Where a question besides makes the next deadline be missed.
    private static readonly TimeSpan LookSeldom = TimeSpan.FromSeconds(60);

    private readonly EzoSettings settings;
    private readonly EzoBoard board;
    private readonly Ground ground;
    private readonly TroubleLine trouble;
    private readonly string? declared;
    private readonly double[] numbers;
    private readonly TimeSpan lookAgain;
    private long lookedAgainAt;
    private int resets;
    private bool introduced;
    private bool changed;

    private EzoProbe(EzoSettings settings, EzoBoard board, string? declared, Ground ground)
    {
        (this.settings, this.board, this.declared, this.ground) = (settings, board, declared, ground);
        numbers = new double[settings.Outputs.Length];
        lookedAgainAt = ground.Time.GetTimestamp();
        var longest = settings.Temperature is null ? settings.Model.ReadingTime : EzoModel.CompensatedReadingTime;
        lookAgain = settings.Interval > longest + EzoModel.CommandTime ? LookOften : LookSeldom;
        var name = $"{settings.Port} (EZO {settings.Model.Type}, {board.Circuit.Place.En})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, settings.Interval, [.. settings.Outputs.Select(Describe)]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <summary>Asks the board how it is set, so that its inputs are declared with it. A silent or wrong board is no reason to fail: it may be plugged in later.</summary>
    /// <param name="settings">As configured.</param>
    /// <param name="circuit">The circuit; owned.</param>
    /// <param name="ground">Clock, log, and whom to tell when the board is found to be set otherwise than declared.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<EzoProbe> OpenAsync(EzoSettings settings, IEzoCircuit circuit, Ground ground, CancellationToken cancellationToken)
    {
        var board = new EzoBoard(settings, circuit);
        var found = await board.IntroduceAsync(cancellationToken);
        var probe = new EzoProbe(settings, board, found.Settings, ground) { introduced = found.Settings is not null };
        if (found.Settings is null)
        {
            probe.trouble.Say(found.Trouble);
        }
        else
        {
            SensorsLog.BoardFound(ground.Logger, probe.Description.Name, found.Settings);
        }

        return probe;
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        if (!introduced && await IntroduceAsync(cancellationToken) is { } why)
        {
            Fill(into.Span, why);
            return;
        }

        if (ground.Time.GetElapsedTime(lookedAgainAt) >= lookAgain && await HasSlippedAsync(cancellationToken))
        {
            Fill(into.Span, MissingReason.NotCollected);
            return;
        }

        var command = "R";
        var processing = settings.Model.ReadingTime;
        if (settings.Temperature is not null)
        {
            if (!settings.Temperature.TryRead(out var celsius) || celsius is not (> -10 and < 110))
            {
                trouble.Say(new Words(
                    $"there is no temperature from {settings.TemperatureFrom}, which it is to be compensated with",
                    $"không có nhiệt độ từ {settings.TemperatureFrom} để bù cho nó"));
                Fill(into.Span, MissingReason.NotCollected);
                return;
            }

            command = string.Create(CultureInfo.InvariantCulture, $"RT,{celsius:0.00}");
            processing = EzoModel.CompensatedReadingTime;
        }

        var answer = await board.Circuit.AskAsync(command, processing, cancellationToken);
        if (answer.Outcome == EzoOutcome.Ok && EzoText.TryNumbers(answer.Text, numbers))
        {
            Fill(into.Span);
            return;
        }

        introduced = false;
        trouble.Say(answer.Outcome == EzoOutcome.Ok
            ? new Words($"its reading '{answer.Text}' is not {numbers.Length} number(s)", $"số đo '{answer.Text}' của nó không phải là {numbers.Length} con số")
            : board.Words(answer.Outcome));
        Fill(into.Span, ReasonOf(answer.Outcome));
    }

    /// <inheritdoc/>
    public IReadOnlyList<HealthFact> Health => [.. HealthOf(board).Append(
        new HealthFact("compensation_resets", "1", new Words("Times the circuit had lost its compensation", "Số lần mạch mất thông số bù"), () => Volatile.Read(ref resets)))
        .Where(fact => settings.Model.Type == "pH" || !fact.Quantity.StartsWith("electrode", StringComparison.Ordinal))];

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        board.Circuit.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IEnumerable<HealthFact> HealthOf(EzoBoard board) =>
    [
        new("electrode_slope_acid", "%", new Words("Slope toward acid, of an ideal electrode; below 85 replace it", "Độ dốc phía axit so với điện cực lý tưởng; dưới 85 thì thay"), () => board.Slope?.Acid),
        new("electrode_slope_base", "%", new Words("Slope toward base, of an ideal electrode; below 85 replace it", "Độ dốc phía bazơ so với điện cực lý tưởng; dưới 85 thì thay"), () => board.Slope?.Base),
        new("electrode_zero", "mV", new Words("Voltage of the electrode at pH 7", "Điện thế của điện cực ở pH 7"), () => board.Slope is { ZeroMv: var zero } && double.IsFinite(zero) ? zero : null),
        new("supply_voltage", "V", new Words("Supply of the board", "Điện áp nguồn của bo mạch"), () => board.SupplyVolts),
        new("masked_bits", "1", new Words("Bits the wire had flipped", "Số bit bị lật trên dây"), () => board.Circuit.Glitches),
    ];

    /// <summary>True where the board is not as it was introduced, so that what it gives now means something else: it is introduced again with the next reading.</summary>
    private async ValueTask<bool> HasSlippedAsync(CancellationToken cancellationToken)
    {
        lookedAgainAt = ground.Time.GetTimestamp();
        if (await board.LookAgainAsync(cancellationToken) is not { } slip)
        {
            return false;
        }

        introduced = false;
        if (slip == EzoSlip.Compensation)
        {
            Interlocked.Increment(ref resets);
            trouble.Say(new Words(
                "it had lost what was set for its compensation, as after a power cut: it is set again; readings of the minutes before may be compensated otherwise",
                "nó đã mất thông số bù, như sau khi mất điện: đang đặt lại; số đo của vài phút trước có thể được bù khác"));
        }
        else
        {
            trouble.Say(Words.DeclaredAnew);
        }

        return true;
    }

    /// <summary>Null where the board is as declared; else why there is no reading.</summary>
    private async ValueTask<MissingReason?> IntroduceAsync(CancellationToken cancellationToken)
    {
        var found = await board.IntroduceAsync(cancellationToken);
        if (found.Settings is null)
        {
            trouble.Say(found.Trouble);
            return ReasonOf(found.Outcome);
        }

        if (found.Settings == declared)
        {
            introduced = true;
            return null;
        }

        if (!changed)
        {
            changed = true;
            SensorsLog.BoardChanged(ground.Logger, Description.Name, found.Settings, declared ?? "unknown");
            ground.OnChanged();
        }

        trouble.Say(Words.DeclaredAnew);
        return MissingReason.NotCollected;
    }

    private void Fill(Span<RawReading> into)
    {
        if (numbers[0] == settings.Model.Disconnected)
        {
            trouble.Say(new Words("the circuit says that no probe is plugged into it", "mạch báo rằng không có đầu dò nào được cắm vào"));
            Fill(into, MissingReason.Absent);
            return;
        }

        var isInRange = true;
        for (var i = 0; i < numbers.Length; i++)
        {
            var fits = numbers[i] >= settings.Outputs[i].Lowest && numbers[i] <= settings.Outputs[i].Highest;
            into[i] = fits ? RawReading.Of(i, numbers[i]) : RawReading.Without(i, MissingReason.OutOfRange);
            isInRange &= fits;
        }

        if (isInRange)
        {
            trouble.Over();
        }
        else
        {
            trouble.Say(new Words("its reading is outside of the circuit's range", "số đo của nó nằm ngoài khoảng đo của mạch"));
        }
    }

    private static void Fill(Span<RawReading> into, MissingReason reason)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = RawReading.Without(i, reason);
        }
    }

    private static MissingReason ReasonOf(EzoOutcome outcome) => outcome == EzoOutcome.Absent ? MissingReason.Absent : MissingReason.Fault;

    private OutputDescription Describe(EzoOutput output) => new(
        settings.Port,
        settings.Temperature is not null && output.Name == "EC" ? EzoModel.ConductanceAt25 : output.Quantity,
        output.UnitUcum)
    {
        BoardSettings = declared,
        ProbeModel = "Atlas EZO-" + settings.Model.Type,
    };
}
