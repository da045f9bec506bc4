using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StemLab.Wire.V1;

namespace StemLab.Wire;

public sealed class TopicsTests
{
    [Fact]
    public void Every_native_topic_is_built_and_taken_apart_again()
    {
        var agent = Id128.New();
        foreach (var kind in Enum.GetValues<NativeTopic>())
        {
            Assert.True(Topics.TryParse(Topics.Of(agent, kind), out var who, out var what));
            Assert.Equal((agent, kind), (who, what));
        }

        Assert.Equal($"sl/1/{agent}/time/reply", Topics.TimeReply(agent));
    }

    [Theory]
    [InlineData("sl/1/pond/up")]
    [InlineData("sl/1/0123456789ABCDEF0123456789ABCDEF/up")]
    [InlineData("sl/1/0123456789abcdef0123456789abcdef/up/more")]
    [InlineData("sl/1/0123456789abcdef0123456789abcdef/")]
    [InlineData("sl/1/00000000000000000000000000000000/up")]
    [InlineData("sl/2/0123456789abcdef0123456789abcdef/up")]
    [InlineData("lab/pond/ph")]
    [InlineData("")]
    public void Anything_else_is_not_a_native_topic(string topic) => Assert.False(Topics.TryParse(topic, out _, out _));

    [Fact]
    public void The_catalogue_hash_is_the_documented_sha256_prefix()
    {
        var bytes = new List<byte>();
        void Text(string s)
        {
            bytes.AddRange(BitConverter.GetBytes((uint)Encoding.UTF8.GetByteCount(s)));
            bytes.AddRange(Encoding.UTF8.GetBytes(s));
        }

        Text("ph");
        Text("ph");
        Text("[pH]");
        bytes.AddRange(BitConverter.GetBytes(3u));
        var expected = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(bytes.ToArray()));

        var input = new Input { Port = "ph", Quantity = "ph", UnitUcum = "[pH]", ConfigRev = 3, Label = "not hashed", IntervalUs = 5 };
        Assert.Equal(expected, CatalogHash.Of([input]));
    }

    [Fact]
    public void An_identity_survives_text_and_bytes_and_refuses_other_forms()
    {
        var id = Id128.New();
        Assert.True(Id128.TryParse(id.ToString(), out var fromText));
        Assert.True(Id128.TryRead(id.ToBytes(), out var fromBytes));
        Assert.Equal((id, id), (fromText, fromBytes));
        Assert.False(Id128.TryParse(id.ToString().ToUpperInvariant() + "0", out _));
        Assert.False(Id128.TryRead(new byte[15], out _));
        Assert.False(Id128.TryRead(new byte[16], out _));
    }
}
