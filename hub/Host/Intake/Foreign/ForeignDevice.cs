using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StemLab.Science.Properties;
using StemLab.Science.Units;
using StemLab.Store;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>A device that appeared by itself: its identity and the inputs its keys became. Safe from any thread.</summary>
internal sealed class ForeignDevice(AgentId agent, int maxChannels)
{
    private const int LongestKey = 128;

    private readonly Lock _gate = new();

    // Under _gate: (key, unit, beside air) as the message says it.
    private readonly Dictionary<InputKey, InputDeclaration> _inputs = [];
    private readonly Dictionary<string, InputDeclaration>.AlternateLookup<ReadOnlySpan<char>> _plain = new Dictionary<string, InputDeclaration>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly Dictionary<string, bool>.AlternateLookup<ReadOnlySpan<char>> _air = new Dictionary<string, bool>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly HashSet<InputDeclaration> _channels = [];

    public AgentId Agent { get; } = agent;

    /// <summary>Version of the fleet that <see cref="IsShut"/> was read from; -1 = none yet.</summary>
    public long FleetVersion { get; set; } = -1;

    /// <summary>Revoked, retired or transferred: nothing is taken.</summary>
    public bool IsShut { get; set; }

    /// <summary>The boot of rows stamped with the device's own UTC: one for ever.</summary>
    public BootId UtcBoot { get; } = UtcBootOf(agent);

    /// <summary>True once <see cref="UtcBoot"/> is declared.</summary>
    public bool IsUtcDeclared { get; set; }

    /// <summary>The input of a key; null when the device has opened all the channels it may.</summary>
    /// <param name="key">UTF-8, as the message or topic says it.</param>
    /// <param name="unit">UCUM, as the message says it; null where it does not.</param>
    /// <param name="besideAir">The message speaks of the air, so a bare temperature is the air's.</param>
    public InputDeclaration? InputOf(ReadOnlySpan<byte> key, string? unit, bool besideAir)
    {
        Span<char> text = stackalloc char[LongestKey];
        var name = text[..Encoding.UTF8.GetChars(key.Length <= LongestKey ? key : key[..LongestKey], text)];
        lock (_gate)
        {
            if (unit is null && !besideAir && _plain.TryGetValue(name, out var plain))
            {
                return plain;
            }

            var inputKey = new InputKey(name.ToString(), unit, besideAir);
            if (_inputs.TryGetValue(inputKey, out var known))
            {
                return known;
            }

            var input = Guess(inputKey);
            if (!_channels.Contains(input) && _channels.Count >= maxChannels)
            {
                return null;
            }

            _channels.Add(input);
            if (_inputs.Count < 4 * maxChannels)
            {
                _inputs.Add(inputKey, input);
                if (unit is null && !besideAir)
                {
                    _plain[name] = input;
                }
            }

            return input;
        }
    }

    /// <summary>True for a key that speaks of the air, so that a bare temperature beside it is the air's.</summary>
    public bool SpeaksOfAir(ReadOnlySpan<byte> key)
    {
        Span<char> text = stackalloc char[LongestKey];
        var name = text[..Encoding.UTF8.GetChars(key.Length <= LongestKey ? key : key[..LongestKey], text)];
        lock (_gate)
        {
            if (_air.TryGetValue(name, out var known))
            {
                return known;
            }

            var speaks = ObservedProperties.Default.SpeaksOfAir(LastPart(name.ToString()));
            if (_air.Dictionary.Count < 4 * maxChannels)
            {
                _air[name] = speaks;
            }

            return speaks;
        }
    }

    /// <summary>The evidence beside arrival-stamped rows: the UTC µs the sender claimed.</summary>
    public static InputDeclaration SentTimeInput { get; } = new("sent", "sent_time", "us", 0);

    private static InputDeclaration Guess(InputKey key)
    {
        var port = PortName.From(key.Name);
        var lastPart = LastPart(key.Name);
        if (ObservedProperties.Default.TryResolve(lastPart, out var match, key.BesideAir)
            && (key.Unit is null || Ucum.TryConvert(key.Unit, match.Property.UnitUcum, out _)))
        {
            return new InputDeclaration(port, match.Property.Id, key.Unit ?? match.UnitUcum, 0);
        }

        return new InputDeclaration(port, PortName.From(lastPart), key.Unit ?? "1", 0);
    }

    /// <summary>"ds18b20.temperature" and "urn:dev:pond:temperature" both speak of a temperature.</summary>
    private static string LastPart(string key) => key[(key.LastIndexOfAny(['.', '/', ':']) + 1)..];

    private static BootId UtcBootOf(AgentId agent)
    {
        Span<byte> text = stackalloc byte[16 + 3];
        BinaryPrimitives.WriteUInt128BigEndian(text, agent.Value);
        "utc"u8.CopyTo(text[16..]);
        return new BootId(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(text)));
    }

    private readonly record struct InputKey(string Name, string? Unit, bool BesideAir);
}
