using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.Wire;

namespace StemLab.Hub.Bundles;

/// <summary>Who wrote a bundle.</summary>
/// <param name="Hub">Id of the hub, 32 hex digits.</param>
/// <param name="Name">As people call it; may be empty.</param>
/// <param name="Revision">Of its facts.</param>
/// <param name="Commit">Newest commit in it.</param>
/// <param name="SinceUtcUs">Only readings from then on; absent = everything.</param>
internal sealed record Manifest(string Hub, string Name, long Revision, long Commit, long? SinceUtcUs = null);

/// <summary>Agents, boots and streams; any list may be empty.</summary>
internal sealed record Names(ImmutableArray<NamedAgent> Agents, ImmutableArray<NamedBoot> Boots, ImmutableArray<NamedStream> Streams);

/// <summary><see cref="Names"/> as they were told: each is read by itself, so that one out of form costs no other.</summary>
internal sealed record ToldNames(JsonElement[] Agents, JsonElement[] Boots, JsonElement[] Streams);

/// <summary>What a hub knows of an agent that another may know too: no token, no key, no board.</summary>
internal sealed record NamedAgent(string Id, string Slug, string Description, string Software, bool Simulated, bool Foreign, ImmutableArray<NamedInput> Inputs);

internal sealed record NamedInput(string Port, string Quantity, long IntervalUs, string Label, string ProbeModel, string ProbeSerial);

internal sealed record NamedBoot(string Id, string Agent, int Kind, uint BootNo, string? Previous = null);

/// <param name="Complete">Ended in order; absent in bundles of older hubs, which did not know.</param>
internal sealed record NamedStream(string Agent, ulong Id, string Boot, ulong? DurableNextSeq = null, bool Complete = false);

/// <summary>A fact as it is told to another hub: everything but the local revision.</summary>
internal sealed record ToldFact(string Id, string Hub, string MadeBoot, long MadeUs, string Role, string Kind, string Body, ImmutableArray<string> Supersedes);

/// <summary>Rows of one input during one boot; with <paramref name="IsCollision"/> both sides of each collision, equal times allowed.</summary>
internal sealed record RowPart(AgentId Agent, BootId Boot, InputDeclaration Input, long[] TUs, double[] Raw, byte[] Missing, bool IsCollision);

/// <summary>Payloads of parts, to bytes and back; reading takes any bytes. Pure.</summary>
internal static class BundleParts
{
    private const int LongestName = 256;

    public static byte[] Json<T>(T part, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(part, type);

    public static bool TryJson<T>(byte[] payload, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? part)
        where T : class => TryRead(() => JsonSerializer.Deserialize(payload, type), out part);

    public static bool TryJson<T>(JsonElement told, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? part)
        where T : class => TryRead(() => told.Deserialize(type), out part);

    private static bool TryRead<T>(Func<T?> read, [NotNullWhen(true)] out T? part)
        where T : class
    {
        try
        {
            part = read();
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException or NotSupportedException)
        {
            part = null;
        }

        return part is not null;
    }

    public static NamedAgent Of(FleetAgent agent) => new(
        agent.Id.ToString(),
        agent.Slug,
        agent.Description,
        agent.Software,
        agent.Simulated,
        agent.Foreign,
        [.. agent.Inputs.OrderBy(input => input.Key).Select(input => new NamedInput(input.Key.Port, input.Key.Quantity, input.Value.IntervalUs, input.Value.Label, input.Value.ProbeModel, input.Value.ProbeSerial))]);

    public static bool TryAgent(NamedAgent told, [NotNullWhen(true)] out FleetAgent? agent)
    {
        agent = null;
        if (!Id128.TryParse(told.Id, out var id) || !Slug.IsValid(told.Slug) || told.Inputs.IsDefault || told.Inputs.Any(input => input is null) || told.Description.Length > LongestName || told.Software.Length > LongestName)
        {
            return false;
        }

        var inputs = ImmutableDictionary.CreateBuilder<(string, string), AgentInput>();
        foreach (var input in told.Inputs.Where(input => input.Port.Length <= LongestName && input.Quantity.Length <= LongestName))
        {
            inputs[(input.Port, input.Quantity)] = new AgentInput(Math.Max(0, input.IntervalUs), Clip(input.Label), Clip(input.ProbeModel), Clip(input.ProbeSerial));
        }

        agent = new FleetAgent { Id = new AgentId(id.Value), Slug = told.Slug, Description = told.Description, Software = told.Software, Simulated = told.Simulated, Foreign = told.Foreign, Adopted = true, Inputs = inputs.ToImmutable() };
        return true;
    }

    public static ToldFact Of(Fact fact) => new(
        fact.FactId.ToString(), fact.HubId.ToString(), fact.MadeAt.IsUtc ? "" : fact.MadeAt.Boot.ToString(), fact.MadeAt.Us, fact.ByRole, fact.Kind, FactJson.Write(fact.Body), [.. fact.Supersedes.Select(id => id.ToString())]);

    /// <summary>False where it is not in form; a kind this hub does not know is kept as it came.</summary>
    public static bool TryFact(ToldFact told, [NotNullWhen(true)] out Fact? fact)
    {
        fact = null;
        var isUtc = told.MadeBoot.Length == 0;
        var made = default(Id128);
        if (!Id128.TryParse(told.Id, out var id) || !Id128.TryParse(told.Hub, out var hub) || (!isUtc && !Id128.TryParse(told.MadeBoot, out made)) || told.Supersedes.IsDefault
            || told.Kind.Length is 0 or > 64 || told.Body.Length > 1 << 20)
        {
            return false;
        }

        var supersedes = ImmutableArray.CreateBuilder<Id128>();
        foreach (var text in told.Supersedes)
        {
            if (!Id128.TryParse(text, out var superseded))
            {
                return false;
            }

            supersedes.Add(superseded);
        }

        var madeAt = isUtc ? Instant.AtUtc(told.MadeUs) : Instant.AtBoot(made, told.MadeUs);
        var body = FactJson.Read(told.Kind, told.Body);
        fact = new Fact(id, hub, madeAt, told.Role, body, supersedes.ToImmutable(), 0);
        return body is UnknownBody || FactCheck.Problems(new FactDraft(body, madeAt, told.Role) { Supersedes = fact.Supersedes }).IsEmpty;
    }

    /// <summary>agent 16 | boot 16 | port, quantity, unit: u16 and UTF-8 each | config_rev u32 | packed rows (a chunk), or rows: t i64, reason u8, bits u64.</summary>
    public static void Head(ArrayBufferWriter<byte> into, SeriesEntry series)
    {
        into.Clear();
        BinaryPrimitives.WriteUInt128BigEndian(into.GetSpan(16), series.Agent.Value);
        into.Advance(16);
        BinaryPrimitives.WriteUInt128BigEndian(into.GetSpan(16), series.Boot.Value);
        into.Advance(16);
        foreach (var text in (ReadOnlySpan<string>)[series.Input.Port, series.Input.Quantity, series.Input.UnitUcum])
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt16LittleEndian(into.GetSpan(2), (ushort)bytes.Length);
            into.Advance(2);
            into.Write(bytes);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(into.GetSpan(4), series.Input.ConfigRev);
        into.Advance(4);
    }

    public static void Collision(ArrayBufferWriter<byte> into, StoredRow row)
    {
        var span = into.GetSpan(17);
        BinaryPrimitives.WriteInt64LittleEndian(span, row.TUs);
        span[8] = row.Missing;
        BinaryPrimitives.WriteUInt64LittleEndian(span[9..], row.Missing == 0 ? BitConverter.DoubleToUInt64Bits(row.Raw) : 0);
        into.Advance(17);
    }

    public static bool TryRows(byte[] payload, bool isCollision, [NotNullWhen(true)] out RowPart? part)
    {
        part = null;
        var bytes = payload.AsSpan();
        if (bytes.Length < 32)
        {
            return false;
        }

        var agent = new AgentId(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        var boot = new BootId(BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
        var at = 32;
        var texts = new string[3];
        for (var i = 0; i < 3; i++)
        {
            if (at + 2 > bytes.Length)
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
            at += 2;
            if (length > LongestName || at + length > bytes.Length)
            {
                return false;
            }

            texts[i] = Encoding.UTF8.GetString(bytes.Slice(at, length));
            at += length;
        }

        if (at + 4 > bytes.Length || agent.Value == 0 || boot.Value == 0 || texts[0].Length == 0)
        {
            return false;
        }

        var input = new InputDeclaration(texts[0], texts[1], texts[2], BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]));
        var rows = bytes[(at + 4)..];
        if (isCollision)
        {
            return TryCollisions(rows, agent, boot, input, out part);
        }

        if (!RowPack.TryUnpack(rows, out var tUs, out var raw, out var missing))
        {
            return false;
        }

        part = new RowPart(agent, boot, input, tUs, raw, missing, false);
        return true;
    }

    private static bool TryCollisions(ReadOnlySpan<byte> rows, AgentId agent, BootId boot, InputDeclaration input, [NotNullWhen(true)] out RowPart? part)
    {
        part = null;
        if (rows.Length % 17 != 0)
        {
            return false;
        }

        var count = rows.Length / 17;
        var (tUs, raw, missing) = (new long[count], new double[count], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            var row = rows.Slice(i * 17, 17);
            tUs[i] = BinaryPrimitives.ReadInt64LittleEndian(row);
            missing[i] = row[8];
            raw[i] = missing[i] == 0 ? BitConverter.UInt64BitsToDouble(BinaryPrimitives.ReadUInt64LittleEndian(row[9..])) : double.NaN;
            if (tUs[i] == long.MaxValue || (missing[i] == 0 && !double.IsFinite(raw[i])))
            {
                return false;
            }
        }

        part = new RowPart(agent, boot, input, tUs, raw, missing, true);
        return true;
    }

    private static string Clip(string text) => text.Length <= LongestName ? text : text[..LongestName];
}
