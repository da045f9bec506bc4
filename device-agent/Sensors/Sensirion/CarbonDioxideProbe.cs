using StemLab.Agent.Sensors.I2c;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Sensirion;

/// <summary>
/// An SCD4x or SCD30: CO2, air temperature and humidity. It measures by itself; the agent starts it, asks whether there is something new, and reads. One that was pulled is started again. One reader.
/// </summary>
internal sealed class CarbonDioxideProbe : IProbe
{
    private const double MostPpm = 40_000;
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(200);
    private const int MostAsks = 8;

    private readonly CarbonDioxideModel model;
    private readonly SharedBus bus;
    private readonly SensirionChip chip;
    private readonly Ground ground;
    private readonly TroubleLine trouble;
    private readonly Words place;
    private string? declared;
    private bool started;
    private bool changed;
    private int damaged;

    private CarbonDioxideProbe(CarbonDioxideModel model, SharedBus bus, string port, TimeSpan interval, Ground ground)
    {
        (this.model, this.bus, this.ground) = (model, bus, ground);
        chip = new SensirionChip(bus, model.Address, ground.Time);
        place = I2cWords.Place(bus, model.Address);
        var name = $"{port} ({model.Name}, {place.En})";
        trouble = new TroubleLine(name, ground);
        Description = new ProbeDescription(name, interval, []);
        Port = port;
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<HealthFact> Health =>
        [new("damaged_answers", "1", new Words("Answers with a wrong checksum", "Số câu trả lời có mã kiểm tra sai"), () => Volatile.Read(ref damaged))];

    private string Port { get; }

    /// <summary>Asks the chip how it is set and starts it. One that is not there is started when it comes.</summary>
    public static async ValueTask<CarbonDioxideProbe> OpenAsync(CarbonDioxideModel model, SharedBus bus, string port, TimeSpan interval, Ground ground, CancellationToken cancellationToken)
    {
        var probe = new CarbonDioxideProbe(model, bus, port, interval, ground);
        _ = await probe.StartAsync(cancellationToken);
        probe.Description = probe.Description with
        {
            Outputs = [probe.Describe("co2", "[ppm]"), probe.Describe("air_temperature", "Cel"), probe.Describe("relative_humidity", "%")],
        };
        return probe;
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        var reason = await TryReadAsync(into, cancellationToken);
        for (var i = 0; reason != MissingReason.Unspecified && i < into.Length; i++)
        {
            into.Span[i] = RawReading.Without(i, reason);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<MissingReason> TryReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        if (!started && await StartAsync(cancellationToken) is var notStarted && notStarted != MissingReason.Unspecified)
        {
            return notStarted;
        }

        // Its clock and ours drift past each other: a measurement may be a moment away.
        for (var asked = 0; ; asked++)
        {
            var ready = await chip.AskAsync(model.Ready, 1, model.Takes, cancellationToken);
            if (!ready.IsGood)
            {
                return Failed(ready);
            }

            if ((chip.Words[0] & model.ReadyMask) != 0)
            {
                break;
            }

            if (asked == MostAsks)
            {
                started = false;
                trouble.Say(new Words("it has nothing new to say: it is started again", "nó không có số đo mới: đang khởi động lại nó"));
                return MissingReason.Fault;
            }

            await Task.Delay(AskAgain, ground.Time, cancellationToken);
        }

        var answer = await chip.AskAsync(model.Read, model.WordsOfReading, model.Takes, cancellationToken);
        if (!answer.IsGood)
        {
            return Failed(answer);
        }

        var (co2, celsius, humidity) = model.Decode(chip.Words);
        if (co2 == 0)
        {
            trouble.Say(new Words("it warms up", "nó đang khởi động"));
            return MissingReason.Fault;
        }

        into.Span[0] = co2 is > 0 and <= MostPpm ? RawReading.Of(0, co2) : RawReading.Without(0, MissingReason.OutOfRange);
        into.Span[1] = RawReading.Of(1, celsius);
        into.Span[2] = RawReading.Of(2, humidity);
        if (into.Span[0].Status == ReadStatus.Raw)
        {
            trouble.Over();
        }
        else
        {
            trouble.Say(new Words("its CO2 is outside of what it can measure", "CO2 nằm ngoài khoảng nó đo được"));
        }

        return MissingReason.Unspecified;
    }

    /// <summary>Reads what is set on the chip and starts it; unspecified where it runs as declared.</summary>
    private async ValueTask<MissingReason> StartAsync(CancellationToken cancellationToken)
    {
        if (bus.KernelDriverOf(model.Address) is { } driver)
        {
            trouble.Say(I2cWords.Owned(place, driver));
            return MissingReason.Fault;
        }

        if (model.Stop is { } stop && await chip.TellAsync(stop, null, CarbonDioxideModel.Rest, cancellationToken) is var stopped and not Transfer.Done)
        {
            return Failed(new SensirionAnswer(stopped, true));
        }

        var settings = new List<string>();
        foreach (var (name, command) in model.Questions)
        {
            var answer = await chip.AskAsync(command, 1, model.Takes, cancellationToken);
            if (!answer.IsGood)
            {
                return Failed(answer);
            }

            settings.Add(FormattableString.Invariant($"{name} {chip.Words[0]}"));
        }

        var told = await chip.TellAsync(model.Start.Command, model.Start.Argument, model.Takes, cancellationToken);
        if (told != Transfer.Done)
        {
            return Failed(new SensirionAnswer(told, true));
        }

        var found = string.Join(", ", settings);
        if (Description.Outputs.IsEmpty)
        {
            declared = found;
        }
        else if (declared != found)
        {
            if (!changed)
            {
                changed = true;
                SensorsLog.BoardChanged(ground.Logger, Description.Name, found, declared ?? "unknown");
                ground.OnChanged();
            }

            trouble.Say(Words.DeclaredAnew);
            return MissingReason.NotCollected;
        }

        started = true;
        return MissingReason.Unspecified;
    }

    private MissingReason Failed(SensirionAnswer answer)
    {
        started = false;
        if (answer.Transfer == Transfer.Done)
        {
            Interlocked.Increment(ref damaged);
            trouble.Say(new Words("its answer has a wrong checksum: is the cable short, are there pull-ups?", "câu trả lời của nó có mã kiểm tra sai: dây có ngắn không, có điện trở kéo lên không?"));
            return MissingReason.Fault;
        }

        trouble.Say(I2cWords.Why(place, answer.Transfer));
        return I2cWords.Reason(answer.Transfer);
    }

    private OutputDescription Describe(string quantity, string unit) => new(Port, quantity, unit) { BoardSettings = declared, ProbeModel = "Sensirion " + model.Name };
}
