using System.Collections.Immutable;
using StemLab.Agent.Sensors;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Sampling;

/// <summary>The agent's inputs in Birth order: probes first, then timed sources, each output by output. Immutable.</summary>
internal sealed class InputCatalog
{
    private const int MostInputs = 1024;
    private readonly ImmutableArray<int> firstInputs;

    private InputCatalog(Catalog wire, ImmutableArray<int> firstInputs, bool hasFastInputs)
    {
        Wire = wire;
        this.firstInputs = firstInputs;
        HasFastInputs = hasFastInputs;
    }

    /// <summary>As declared in Birth.</summary>
    public Catalog Wire { get; }

    /// <summary>True where an input is measured five times a second or more often.</summary>
    public bool HasFastInputs { get; }

    /// <summary>Makes the catalogue; the book gives each port its config_rev.</summary>
    /// <exception cref="InvalidDataException">Two outputs have one port and quantity, or a port's name has not the right form; the message names all.</exception>
    public static InputCatalog Of(IReadOnlyList<ProbeDescription> descriptions, AgentBook book)
    {
        var outputs = descriptions.SelectMany(description => description.Outputs.Select(output => (description, output))).ToList();
        var problems = outputs.GroupBy(x => (x.output.Port, x.output.Quantity)).Where(group => group.Count() > 1)
            .Select(group => $"port '{group.Key.Port}' gives {group.Key.Quantity} twice: {string.Join(", ", group.Select(x => x.description.Name))}")
            .Concat(outputs.Where(x => !OutputDescription.IsPort(x.output.Port)).Select(x => $"port '{x.output.Port}' of {x.description.Name} is not 1 to 64 of a-z, 0-9, - / . _"))
            .Concat(outputs.Count > MostInputs ? [$"{outputs.Count} inputs; one agent has at most {MostInputs}"] : [])
            .ToList();
        if (problems.Count > 0)
        {
            throw new InvalidDataException(string.Join(Environment.NewLine, problems));
        }

        var revs = outputs.GroupBy(x => x.output.Port)
            .ToDictionary(group => group.Key, group => book.ConfigRev(group.Key, SettingsOf(group.Select(x => x.output))));
        var catalog = new Catalog();
        catalog.Inputs.AddRange(outputs.Select(x => new Input
        {
            Port = x.output.Port,
            Quantity = x.output.Quantity,
            UnitUcum = x.output.UnitUcum,
            ConfigRev = revs[x.output.Port],
            IntervalUs = (long)x.description.Interval.TotalMicroseconds,
            Label = x.output.Label,
            ProbeModel = x.output.ProbeModel,
            ProbeSerial = x.output.ProbeSerial,
        }));
        catalog.Hash = CatalogHash.Of(catalog.Inputs);
        var first = 0;
        return new InputCatalog(
            catalog,
            [.. descriptions.Select(description => (first += description.Outputs.Length) - description.Outputs.Length)],
            descriptions.Any(description => description.Interval > TimeSpan.Zero && description.Interval <= Outbox.SealPace.FastInterval));
    }

    /// <summary>Input of the first output of the description with this index.</summary>
    public int FirstInput(int description) => firstInputs[description];

    /// <summary>All settings of a port as one text; null where a board could not be asked.</summary>
    private static string? SettingsOf(IEnumerable<OutputDescription> outputs) =>
        outputs.Any(output => output.BoardSettings is null) ? null : string.Join('\n', outputs.Select(output => $"{output.Quantity}={output.BoardSettings}"));
}
