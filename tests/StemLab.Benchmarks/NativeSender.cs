using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Benchmarks;

/// <summary>A native agent's Birth and its blocks, all sealed beforehand.</summary>
internal sealed class NativeSender
{
    public const int RowsOfABlock = 1000;

    private const int Inputs = 10;

    private readonly byte[] _birthTopic;
    private readonly byte[] _birth;
    private readonly byte[] _upTopic;
    private readonly byte[][] _blocks;

    private NativeSender(Id128 id, string slug, string token, int blocks)
    {
        Id = id;
        Token = token;
        var boot = new Boot { BootId = Id128.New().ToByteString(), Kind = BootKind.Device, BootNo = 1 };
        var catalog = new Catalog { Inputs = { Enumerable.Range(0, Inputs).Select(input => new Input { Port = $"p{input}", Quantity = "ph", UnitUcum = "[pH]", IntervalUs = 10_000 }) } };
        catalog.Hash = CatalogHash.Of(catalog.Inputs);
        var stream = (ulong)Random.Shared.NextInt64(1, long.MaxValue);
        _birthTopic = Encoding.UTF8.GetBytes(Topics.Birth(id));
        _birth = new Birth { AgentId = id.ToByteString(), Slug = slug, Catalogs = { catalog }, Boots = { boot }, Streams = { new Wire.V1.Stream { StreamId = stream, BootId = boot.BootId } } }.ToByteArray();
        _upTopic = Encoding.UTF8.GetBytes(Topics.Up(id));
        Id128.TryRead(boot.BootId.Span, out var bootId);
        var t = 0L;
        _blocks = [.. Enumerable.Range(0, blocks).Select(block =>
        {
            var draft = new BlockDraft(stream, bootId, catalog.Hash);
            for (var row = 0; row < RowsOfABlock / Inputs; row++, t += 10_000)
            {
                for (var input = 0; input < Inputs; input++)
                {
                    draft.Add(input, t + Random.Shared.Next(500), Math.Round(7 + (Random.Shared.Next(40) / 100.0), 2));
                }
            }

            return BlockCodec.ToUp(BlockCodec.Seal(draft, (ulong)block * RowsOfABlock));
        })];
    }

    public Id128 Id { get; }

    public string Token { get; }

    /// <summary>Asks a hub for an identity and seals the blocks.</summary>
    public static async Task<NativeSender> EnrolAsync(HttpClient hub, string slug, int blocks)
    {
        using var answer = await hub.PostAsJsonAsync("v1/agents:enrol", new { slug });
        answer.EnsureSuccessStatusCode();
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        var name = body.RootElement.GetProperty("agent").GetProperty("name").GetString()!;
        return Id128.TryParse(name.AsSpan("agents/".Length), out var id)
            ? new NativeSender(id, slug, body.RootElement.GetProperty("token").GetString()!, blocks)
            : throw new InvalidOperationException($"BUG: {name} is no agent");
    }

    public (int Topic, int Payload) WriteBirth(Span<byte> into) => Write(_birthTopic, _birth, into);

    public (int Topic, int Payload) WriteBlock(int number, Span<byte> into) => Write(_upTopic, _blocks[number], into);

    private static (int Topic, int Payload) Write(byte[] topic, byte[] payload, Span<byte> into)
    {
        topic.CopyTo(into);
        payload.CopyTo(into[topic.Length..]);
        return (topic.Length, payload.Length);
    }
}
