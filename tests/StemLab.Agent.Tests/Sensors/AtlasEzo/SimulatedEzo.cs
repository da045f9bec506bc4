using System.Globalization;
using System.Text;
using StemLab.Agent.Sensors.I2c;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>
/// An EZO circuit as its datasheet describes it: takes a command, is busy (254) for its processing delay, gives the answer once, NUL-padded, and then has nothing to say (255).
/// A command sent while it works or sleeps is lost; one sent while it sleeps wakes it.
/// </summary>
internal sealed class SimulatedEzo(string type, TimeProvider time) : SimulatedChip
{
    private readonly HashSet<string> on = [.. type == "EC" ? (string[])["EC"] : type == "DO" ? ["mg"] : []];
    private byte[]? answer;
    private DateTimeOffset busyUntil;
    private bool asleep;
    private int readings;

    /// <summary>What the water is like, in the order the circuit sends: EC,TDS,S,SG.</summary>
    public double[] Values { get; set; } = [7.0, 0, 0, 1];

    public string Calibration { get; set; } = "?Cal,2";

    public string Slope { get; set; } = "?Slope,99.7,100.3,-0.89";

    /// <summary>How it calls itself.</summary>
    public string Name { get; set; } = type == "DO" ? "D.O." : type;

    /// <summary>Times the delay of the datasheet that it really takes.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Bytes it sends to any question; null = as it should.</summary>
    public byte[]? Nonsense { get; set; }

    /// <summary>Temperature of its own compensation.</summary>
    public double Celsius { get; private set; } = type == "DO" ? 20 : 25;

    /// <summary>Salinity of its own compensation, µS/cm.</summary>
    public double Salinity { get; private set; } = 5;

    /// <summary>Pressure of its own compensation, kPa.</summary>
    public double Kilopascal { get; private set; } = 99;

    /// <summary>The supply is gone for a moment: what was set for compensation is as the factory has it.</summary>
    public void LosePower() => (Celsius, Salinity, Kilopascal, answer, busyUntil) = (type == "DO" ? 20 : 25, 0, 101.3, null, default);

    /// <summary>It says yes to a temperature and keeps its own.</summary>
    public bool Deaf { get; set; }

    /// <summary>What it answers, in any mode; null = it does not understand.</summary>
    public string? Answer(string command) => Carry(command, out _);

    /// <summary>Commands as they came.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Readings asked for; safe to look at while it is asked.</summary>
    public int Readings => Volatile.Read(ref readings);

    /// <summary>Reads before the answer was there.</summary>
    public int Early { get; private set; }

    /// <summary>Commands lost because it was at work.</summary>
    public int LostAtWork { get; private set; }

    public IReadOnlyCollection<string> Sends => on;

    public void Sleep() => (asleep, answer) = (true, null);

    public void SwitchOn(string name) => on.Add(name);

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        if (asleep)
        {
            asleep = false;
            return;
        }

        if (time.GetUtcNow() < busyUntil)
        {
            LostAtWork++;
            return;
        }

        var command = Encoding.ASCII.GetString(bytes).TrimEnd('\0');
        Commands.Add(command);
        _ = command.StartsWith('R') ? Interlocked.Increment(ref readings) : 0;
        var text = Carry(command, out var processing);
        answer = new byte[EzoReply.Length];
        answer[0] = text is null ? (byte)2 : (byte)1;
        Encoding.ASCII.GetBytes(text ?? "").CopyTo(answer.AsSpan(1));
        busyUntil = time.GetUtcNow() + (processing * Slowness);
    }

    public override void Read(Span<byte> into)
    {
        into.Clear();
        if (time.GetUtcNow() < busyUntil)
        {
            Early++;
            into[0] = 254;
        }
        else if (answer is null)
        {
            into[0] = 255;
        }
        else
        {
            (Nonsense ?? answer).AsSpan(0, Math.Min(into.Length, (Nonsense ?? answer).Length)).CopyTo(into);
            answer = null;
        }
    }

    /// <summary>Carries a command out; null = syntax error.</summary>
    private string? Carry(string command, out TimeSpan processing)
    {
        var words = command.ToUpperInvariant().Split(',');
        processing = TimeSpan.FromMilliseconds(words[0] is "RT" || words[0] is "R" && type is "pH" or "ORP" ? 900 : words[0] is "R" ? 600 : 300);
        switch (words)
        {
            case ["I"]:
                return $"?I,{Name},2.15";
            case ["R"]:
                return Reading();
            case ["RT", var celsius] when type != "RTD":
                Celsius = double.Parse(celsius, CultureInfo.InvariantCulture);
                return Reading();
            case ["T", not "?"] when Deaf:
                return "";
            case ["T", not "?" and var celsius] when type is "pH" or "EC" or "DO":
                Celsius = double.Parse(celsius, CultureInfo.InvariantCulture);
                return "";
            case ["S", "0"] or ["P", "101.3"] when type == "DO":
                _ = words[0] == "S" ? Salinity = 0 : Kilopascal = 101.3;
                return "";
            case ["S", "C"] when type == "RTD":
                return "";
            case ["T", "?"] when type is "pH" or "EC" or "DO":
                return string.Create(CultureInfo.InvariantCulture, $"?T,{Celsius:0.0}");
            case ["S", "?"] when type == "DO":
                return string.Create(CultureInfo.InvariantCulture, $"?S,{Salinity:0.0},uS");
            case ["P", "?"] when type == "DO":
                return string.Create(CultureInfo.InvariantCulture, $"?P,{Kilopascal:0.0}");
            case ["S", "?"] when type == "RTD":
                return "?S,c";
            case ["STATUS"]:
                return "?Status,P,5.038";
            case ["CAL", "?"]:
                return Calibration;
            case ["SLOPE", "?"] when type == "pH":
                return Slope;
            case ["K", "?"] when type == "EC":
                return "?K,1.0";
            case ["O", "?"] when on.Count > 0:
                return (type == "EC" ? "?O," : "?,O,") + string.Join(',', Order().Where(on.Contains));
            case ["O", var name, var state] when Order().FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known:
                _ = state == "1" ? on.Add(known) : on.Remove(known);
                return "";
            default:
                return null;
        }
    }

    private string[] Order() => type == "EC" ? ["EC", "TDS", "S", "SG"] : type == "DO" ? ["%", "mg"] : [];

    private string Reading()
    {
        var format = type switch { "pH" or "RTD" => "0.000", _ => "0.00" };
        return type == "EC"
            ? string.Join(',', Order().Zip(Values).Where(pair => on.Contains(pair.First)).Select(pair => pair.Second.ToString(format, CultureInfo.InvariantCulture)))
            : Values[0].ToString(format, CultureInfo.InvariantCulture);
    }
}
