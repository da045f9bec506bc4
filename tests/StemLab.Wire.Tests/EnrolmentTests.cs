using System.Net;
using System.Security.Cryptography;

namespace StemLab.Wire;

public sealed class EnrolmentTests
{
    [Fact]
    public void Only_the_key_a_letter_is_sealed_to_opens_it_and_only_with_the_secret()
    {
        using var reader = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var letter = SealedLetter.Seal(reader.ExportSubjectPublicKeyInfo(), "token"u8, "code"u8);

        Assert.True(SealedLetter.TryOpen(reader, letter, "code"u8, out var plain));
        Assert.Equal("token"u8.ToArray(), plain);
        Assert.False(SealedLetter.TryOpen(reader, letter, "edoc"u8, out _));
        Assert.False(SealedLetter.TryOpen(other, letter, "code"u8, out _));
    }

    [Fact]
    public void A_letter_changed_in_any_byte_does_not_open()
    {
        using var reader = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var letter = SealedLetter.Seal(reader.ExportSubjectPublicKeyInfo(), "token"u8, []);
        for (var i = 0; i < letter.Length; i++)
        {
            letter[i] ^= 1;
            Assert.False(SealedLetter.TryOpen(reader, letter, [], out _), $"byte {i}");
            letter[i] ^= 1;
        }

        for (var length = 0; length < letter.Length; length++)
        {
            Assert.False(SealedLetter.TryOpen(reader, letter.AsSpan(0, length), [], out _));
        }
    }

    [Fact]
    public void A_key_that_is_none_signs_nothing()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (text, publicKey) = ("text"u8.ToArray(), key.ExportSubjectPublicKeyInfo());
        var signature = key.SignData(text, HashAlgorithmName.SHA256);
        Assert.True(SealedLetter.IsSigned(publicKey, text, signature));
        for (var i = 0; i < publicKey.Length; i++)
        {
            publicKey[i] ^= 1;
            Assert.False(SealedLetter.IsSigned(publicKey, text, signature));
            publicKey[i] ^= 1;
        }
    }

    [Fact]
    public void A_code_belongs_to_its_key_and_holds_only_characters_nobody_mistakes()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var code = LabelCode.Of(key.ExportSubjectPublicKeyInfo());

        Assert.Equal(code, LabelCode.Of(key.ExportSubjectPublicKeyInfo()));
        Assert.Matches("^AG-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$", code);
        Assert.Equal(code[..7], LabelCode.FirstPart(code));
        Assert.Equal(31, LabelCode.Alphabet.Distinct().Count());
    }

    [Theory]
    [InlineData("k7m4-2pxd", "K7M42PXD")]
    [InlineData(" K7M4 2PXD ", "K7M42PXD")]
    [InlineData("K7M4-2PX", null)]
    [InlineData("K7M4-2PX0", null)]
    [InlineData("K7M4-2PXđ", null)]
    [InlineData("", null)]
    public void A_code_is_taken_as_people_type_it(string typed, string? code) => Assert.Equal(code, LabelCode.Normalise(typed, 8));

    [Fact]
    public void A_question_for_hubs_is_answered_with_who_and_where()
    {
        Assert.True(HubAdvert.IsQuestion(HubAdvert.Question(77), out var id));
        var advert = new HubAdvert(Id128.New(), 5080, true, [IPAddress.Parse("192.168.1.10"), IPAddress.Parse("fd00::2")]);
        foreach (var isAlone in (bool[])[true, false])
        {
            var read = HubAdvert.Read(advert.Answer(id, isAlone));
            Assert.Equal((advert.HubId, 5080, true), (read!.HubId, read.PagePort, read.IsTls));
            Assert.Equal(advert.Addresses.AsEnumerable(), read.Addresses);
        }

        Assert.Null(HubAdvert.Read(HubAdvert.Question(1)));
        Assert.False(HubAdvert.IsQuestion(advert.Answer(1, false), out _));
    }

    [Fact]
    public void Any_bytes_are_read_without_a_fault()
    {
        var random = new Random(5);
        var answer = new HubAdvert(Id128.New(), 5080, false, [IPAddress.Loopback]).Answer(7, true);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = round % 2 == 0 ? new byte[random.Next(0, 200)] : answer.ToArray();
            for (var i = 0; i < (round % 2 == 0 ? bytes.Length : 3); i++)
            {
                bytes[round % 2 == 0 ? i : random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _ = HubAdvert.Read(bytes);
            _ = HubAdvert.IsQuestion(bytes, out _);
        }

        // A name that points at itself ends too.
        Assert.False(HubAdvert.IsQuestion([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 12, 0, 1], out _));
    }
}
