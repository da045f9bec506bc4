using System.Collections.Immutable;

namespace StemLab.Agent.Sensors.Ads1115;

/// <summary>One input of a converter as configured. Immutable.</summary>
/// <param name="Board">What is behind the input.</param>
/// <param name="Input">0, 1, 2, 3: against ground; 0-1, 0-3, 1-3, 2-3: the difference of two.</param>
/// <param name="Range">Full scale.</param>
/// <param name="Port">Port of its input.</param>
/// <param name="Interval">Time between readings.</param>
internal sealed record Ads1115Settings(AnalogBoard Board, string Input, Ads1115Range Range, string Port, TimeSpan Interval)
{
    /// <summary>Inputs in the order of the multiplexer's codes (datasheet SBAS444, table 8-3).</summary>
    public static ImmutableArray<string> Inputs { get; } = ["0-1", "0-3", "1-3", "2-3", "0", "1", "2", "3"];
}

/// <summary>Full scale of the converter. Immutable.</summary>
/// <param name="Volts">Highest voltage it tells.</param>
/// <param name="Code">Code of the amplifier (PGA).</param>
/// <param name="StepTenthNanovolts">Voltage of one step, 0.1 nV: full scale over 32768.</param>
internal sealed record Ads1115Range(double Volts, int Code, long StepTenthNanovolts)
{
    /// <summary>All ranges, widest first (datasheet SBAS444, table 8-3).</summary>
    public static ImmutableArray<Ads1115Range> All { get; } =
        [new(6.144, 0, 1_875_000), new(4.096, 1, 1_250_000), new(2.048, 2, 625_000), new(1.024, 3, 312_500), new(0.512, 4, 156_250), new(0.256, 5, 78_125)];
}

/// <summary>An analogue probe's board, as sold for classrooms. Immutable.</summary>
/// <param name="Kind">Kind in agent.json.</param>
/// <param name="Model">Maker's model; empty where any may be behind.</param>
/// <param name="Range">Range that takes in all it gives, V.</param>
/// <param name="Label">What it is, for people.</param>
internal sealed record AnalogBoard(string Kind, string Model, double Range, Words Label)
{
    /// <summary>All kinds. What the boards give stands in the drawer's README.</summary>
    public static ImmutableArray<AnalogBoard> All { get; } =
    [
        new("ads1115", "", 4.096, new Words("Voltage", "Điện áp")),
        new("analog-ph", "DFRobot SEN0161-V2", 4.096, new Words("pH probe, its voltage", "Đầu dò pH, điện áp")),
        new("analog-turbidity", "DFRobot SEN0189", 4.096, new Words("Turbidity probe, its voltage", "Đầu dò độ đục, điện áp")),
        new("analog-tds", "DFRobot SEN0244", 4.096, new Words("TDS probe, its voltage; fresh water only", "Đầu dò TDS, điện áp; chỉ cho nước ngọt")),
        new("analog-do", "DFRobot SEN0237", 4.096, new Words("Oxygen probe, its voltage", "Đầu dò ôxy, điện áp")),
    ];
}
