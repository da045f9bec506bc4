using System.Globalization;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>
/// An Atlas Scientific EZO circuit on I2C. Whatever goes wrong the next reading begins with the introduction again, so a board that was pulled, swapped or put to sleep comes back by itself.
/// One reader.
/// </summary>
/// <remarks>
/// A reading only counts under the board settings its input was declared with. Where those turn out otherwise (a board calibrated elsewhere, one that was not there at the start),
/// readings are missing and <c>onBoardChanged</c> is called: the agent then opens its probes again and declares the input with a config_rev of its own.
/// </remarks>
internal sealed class EzoProbe : IProbe
{
    private readonly EzoSettings settings;
    private readonly EzoBoard board;
    private readonly Action onBoardChanged;
    private readonly ILogger logger;
    private readonly TroubleLine trouble;
    private readonly string? declared;
    private readonly double[] numbers;
    private bool introduced;
    private bool changed;

    private EzoProbe(EzoSettings settings, SharedBus bus, EzoBoard board, string? declared, Action onBoardChanged, ILogger logger)
    {
        (this.settings, this.board, this.declared, this.onBoardChanged, this.logger) = (settings, board, declared, onBoardChanged, logger);
        numbers = new double[settings.Outputs.Length];
        var name = string.Create(CultureInfo.InvariantCulture, $"{settings.Port} (EZO {settings.Model.Type} at {settings.Address} on i2c-{bus.Number})");
        trouble = new TroubleLine(name, logger);
        Description = new ProbeDescription(name, settings.Interval, [.. settings.Outputs.Select(Describe)]);
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <summary>Asks the board how it is set, so that its inputs are declared with it. A silent or wrong board is no reason to fail: it may be plugged in later.</summary>
    /// <param name="settings">As configured.</param>
    /// <param name="bus">Shared with the other probes on it.</param>
    /// <param name="time">For the processing delays.</param>
    /// <param name="onBoardChanged">Called once when the board is found to be set otherwise than declared.</param>
    /// <param name="logger">One line an episode.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<EzoProbe> OpenAsync(EzoSettings settings, SharedBus bus, TimeProvider time, Action onBoardChanged, ILogger logger, CancellationToken cancellationToken)
    {
        var board = new EzoBoard(settings, bus, time);
        var found = await board.IntroduceAsync(cancellationToken);
        var probe = new EzoProbe(settings, bus, board, found.Settings, onBoardChanged, logger) { introduced = found.Settings is not null };
        if (found.Settings is null)
        {
            probe.trouble.Say(found.Trouble);
        }
        else
        {
            SensorsLog.BoardFound(logger, probe.Description.Name, found.Settings);
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

        var command = "R";
        var processing = settings.Model.ReadingTime;
        if (settings.Temperature is not null)
        {
            if (!settings.Temperature.TryRead(out var celsius) || celsius is not (> -10 and < 110))
            {
                trouble.Say($"there is no temperature from {settings.TemperatureFrom}, which it is to be compensated with");
                Fill(into.Span, MissingReason.NotCollected);
                return;
            }

            command = string.Create(CultureInfo.InvariantCulture, $"RT,{celsius:0.00}");
            processing = EzoModel.CompensatedReadingTime;
        }

        var answer = await board.Chip.AskAsync(command, processing, cancellationToken);
        if (answer.Outcome == EzoOutcome.Ok && EzoText.TryNumbers(answer.Text, numbers))
        {
            Fill(into.Span);
            return;
        }

        introduced = false;
        trouble.Say(answer.Outcome == EzoOutcome.Ok ? $"its reading '{answer.Text}' is not {numbers.Length} number(s)" : board.Words(answer.Outcome));
        Fill(into.Span, ReasonOf(answer.Outcome));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

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
            SensorsLog.BoardChanged(logger, Description.Name, found.Settings, declared ?? "unknown");
            onBoardChanged();
        }

        return MissingReason.NotCollected;
    }

    private void Fill(Span<RawReading> into)
    {
        if (numbers[0] == settings.Model.Disconnected)
        {
            trouble.Say("the circuit says that no probe is plugged into it");
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
            trouble.Say("its reading is outside of the circuit's range");
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
