using StemLab.Wire.V1;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>
/// A device the Linux kernel drives, read from its files in /sys. It may come and go, and come back under another number: it is looked for by where it sits. One reader.
/// </summary>
internal sealed class KernelProbe : IProbe
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly KernelTree tree;
    private readonly KernelSettings settings;
    private readonly Ground ground;
    private readonly TroubleLine trouble;
    private readonly string declared;

    // Null while the device is not there or not yet as declared.
    private KernelInput[]? inputs;
    private long checkedAt;
    private MissingReason lastReason = MissingReason.Absent;
    private bool changed;

    private KernelProbe(KernelTree tree, KernelSettings settings, Ground ground)
    {
        (this.tree, this.settings, this.ground) = (tree, settings, ground);
        var name = $"{settings.Port} ({(settings.Id.Length > 0 ? settings.Id : $"the only {settings.Class} device")})";
        trouble = new TroubleLine(name, ground);
        inputs = Bind(out var device, out var words, out lastReason);
        declared = inputs is null ? "" : Declaration(device!, inputs);
        checkedAt = ground.Time.GetTimestamp();
        Description = new ProbeDescription(name, settings.Interval, inputs is null ? [] : [.. inputs.Select(input => Describe(device!, input))]);
        if (inputs is null)
        {
            trouble.Say(words);
        }
    }

    /// <inheritdoc/>
    public ProbeDescription Description { get; }

    /// <summary>Looks for the device. Where it is not there nothing is declared; it is looked for with every reading, and when it comes the agent opens its probes again.</summary>
    public static KernelProbe Open(KernelTree tree, KernelSettings settings, Ground ground) => new(tree, settings, ground);

    /// <inheritdoc/>
    public ValueTask ReadAsync(Memory<RawReading> into, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsAsDeclared())
        {
            for (var i = 0; i < into.Length; i++)
            {
                into.Span[i] = RawReading.Without(i, lastReason);
            }

            return ValueTask.CompletedTask;
        }

        var isAllRight = true;
        var isGone = false;
        for (var i = 0; i < into.Length; i++)
        {
            var input = inputs![i];
            var outcome = input.Read(out var value, out var saturated);
            into.Span[i] = outcome == FileOutcome.Number && !saturated ? RawReading.Of(i, value) : RawReading.Without(i, Reason(outcome));
            if (isAllRight && (outcome != FileOutcome.Number || saturated))
            {
                isAllRight = false;
                trouble.Say(saturated
                    ? new Words($"{input.Channel.Name} lies at the end of its scale: a greater range, or less voltage", $"{input.Channel.Name} chạm đầu thang đo: hãy dùng khoảng đo lớn hơn, hoặc giảm điện áp")
                    : Prefixed(input.Channel.Name, input.Why(outcome)));
            }

            isGone |= outcome == FileOutcome.Gone;
        }

        if (isGone)
        {
            Unbind();
        }
        else if (isAllRight)
        {
            trouble.Over();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Unbind();
        return ValueTask.CompletedTask;
    }

    private static MissingReason Reason(FileOutcome outcome) => outcome switch
    {
        FileOutcome.Number => MissingReason.OutOfRange,
        FileOutcome.Gone => MissingReason.Absent,
        _ => MissingReason.Fault,
    };

    private static Words Prefixed(string channel, Words why) => new($"{channel}: {why.En}", $"{channel}: {why.Vi}");

    /// <summary>True where the device is bound and set as declared. Scale and offset are read again once a second: whoever changes them changes what the raw number means.</summary>
    private bool IsAsDeclared()
    {
        if (ground.Time.GetElapsedTime(checkedAt) < LookAgain)
        {
            return inputs is not null;
        }

        checkedAt = ground.Time.GetTimestamp();
        if (inputs is not null && Array.TrueForAll(inputs, input => input.IsSetAsBefore()))
        {
            return true;
        }

        Unbind();
        inputs = Bind(out var device, out var words, out lastReason);
        if (inputs is null)
        {
            trouble.Say(words);
            return false;
        }

        if (Declaration(device!, inputs) == declared)
        {
            return true;
        }

        Unbind();
        lastReason = MissingReason.NotCollected;
        trouble.Say(Words.DeclaredAnew);
        if (!changed)
        {
            changed = true;
            SensorsLog.DeviceChanged(ground.Logger, Description.Name, device!.Name);
            ground.OnChanged();
        }

        return false;
    }

    private KernelInput[]? Bind(out KernelDevice? device, out Words words, out MissingReason reason)
    {
        reason = MissingReason.Absent;
        device = tree.Find(settings.Class, settings.Id, out var several);
        if (device is null)
        {
            reason = several.Count > 0 ? MissingReason.Fault : MissingReason.Absent;
            words = several.Count > 0
                ? new Words($"there are several ({string.Join(", ", several)}): give each a source with its Serial", $"có nhiều chiếc ({string.Join(", ", several)}): hãy khai báo từng chiếc với Serial của nó")
                : new Words(
                    "the kernel shows no such device: is it plugged in, and its overlay in config.txt? (stemlab-agent detect lists those there are)",
                    "nhân hệ điều hành không thấy thiết bị này: đã cắm chưa, overlay của nó đã có trong config.txt chưa? (stemlab-agent detect liệt kê các thiết bị)");
            return null;
        }

        try
        {
            var found = KernelChannels.Of(device, out var unknown);
            var lacking = settings.Channels.Where(name => found.All(channel => channel.Name != name)).ToList();
            if (found.Count == 0 && unknown.Count == 0)
            {
                words = new Words("its files are gone: its driver is being taken out", "các tệp của nó đã biến mất: trình điều khiển đang bị gỡ");
                return null;
            }

            if (found.Count == 0 || lacking.Count > 0)
            {
                reason = MissingReason.Fault;
                var has = string.Join(", ", found.Select(channel => channel.Name));
                words = lacking.Count > 0
                    ? new Words($"{device.Name} has no {string.Join(", ", lacking)}; it has {has}", $"{device.Name} không có {string.Join(", ", lacking)}; nó có {has}")
                    : new Words($"{device.Name} gives nothing this agent knows ({string.Join(", ", unknown)})", $"{device.Name} không cho đại lượng nào mà chương trình biết ({string.Join(", ", unknown)})");
                return null;
            }

            var name = device.Name;
            KernelInput[] bound = [.. found.Where(channel => settings.Channels.IsEmpty || settings.Channels.Contains(channel.Name)).Select(channel => new KernelInput(name, channel))];
            if (Array.Exists(bound, input => input.ReadSettings() is null))
            {
                reason = MissingReason.Fault;
                words = new Words($"the scale of {device.Name} cannot be read", $"không đọc được thang đo của {device.Name}");
                return null;
            }

            words = Words.None;
            return bound;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            words = new Words("it went while it was looked at", "nó biến mất trong lúc đang xem");
            return null;
        }
    }

    private void Unbind()
    {
        foreach (var input in inputs ?? [])
        {
            input.Dispose();
        }

        inputs = null;
    }

    /// <summary>What was declared, as one text: a device that comes back with another would change the meaning of a series.</summary>
    private static string Declaration(KernelDevice device, IEnumerable<KernelInput> inputs) =>
        string.Join('\n', inputs.Select(input => $"{device.Name} {input.Channel.Name} {input.Channel.Meaning.Quantity} {input.Settings}"));

    private OutputDescription Describe(KernelDevice device, KernelInput input) =>
        new(input.Channel.IsOneOfMany ? $"{settings.Port}/{input.Channel.Name}" : settings.Port, input.Channel.Meaning.Quantity, input.Channel.Meaning.UnitUcum)
        {
            BoardSettings = input.Settings,
            Label = input.Channel.IsOneOfMany ? input.Channel.Name : "",
            ProbeModel = KernelQuirks.Model(device.Name),
        };
}
