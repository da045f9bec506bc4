using System.Text;
using CsCheck;

namespace StemLab.Agent.Sensors.AtlasEzo;

/// <summary>Whatever bytes come, they are read strictly and never throw.</summary>
public sealed class EzoTextTests
{
    [Fact]
    public void A_code_then_ascii_then_padding_is_an_answer()
    {
        var bytes = new byte[EzoReply.Length];
        bytes[0] = 1;
        Encoding.ASCII.GetBytes("7.012").CopyTo(bytes, 1);
        Assert.Equal(new EzoReply(EzoCode.Ok, "7.012", 0), EzoReply.Parse(bytes));
        bytes[2] |= 0x80;
        Assert.Equal(new EzoReply(EzoCode.Ok, "7.012", 1), EzoReply.Parse(bytes));
        bytes[7] = (byte)'9';
        Assert.Equal("7.012", EzoReply.Parse(bytes).Text);
    }

    [Theory]
    [InlineData(2, "SyntaxError")]
    [InlineData(254, "Busy")]
    [InlineData(255, "NoData")]
    [InlineData(0, "Garbage")]
    [InlineData(3, "Garbage")]
    [InlineData(129, "Garbage")]
    public void The_first_byte_says_how_it_is(byte first, string code) => Assert.Equal(code, EzoReply.Parse([first, 0x37, 0]).Code.ToString());

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Byte.Array[0, 64].Sample(bytes =>
    {
        var reply = EzoReply.Parse(bytes);
        Assert.True(reply.Text.All(c => c is >= ' ' and <= '~') && reply.Text.Length <= EzoReply.Length);
        _ = EzoText.TryNumbers(reply.Text, new double[2]);
        _ = EzoText.TryIdentity(reply.Text, out _, out _);
        if (bytes.Length > 0)
        {
            bytes[0] = 1;
            _ = EzoReply.Parse(bytes);
        }
    });

    [Fact]
    public void Numbers_are_as_many_as_asked_and_finite() => Gen.Select(Gen.String, Gen.Int[1, 4]).Sample((text, places) =>
    {
        var numbers = new double[places];
        if (EzoText.TryNumbers(text, numbers))
        {
            Assert.All(numbers, number => Assert.True(double.IsFinite(number)));
            Assert.Equal(places - 1, text.Count(c => c == ','));
        }
    });

    [Theory]
    [InlineData("1413,763,0.71,1.000", 4, true)]
    [InlineData("1413", 2, false)]
    [InlineData("1413,763", 1, false)]
    [InlineData("1413,", 2, false)]
    [InlineData("", 1, false)]
    [InlineData("NaN", 1, false)]
    [InlineData("1e400", 1, false)]
    [InlineData("7,012.5,", 2, false)]
    [InlineData(" 7.0", 1, false)]
    [InlineData("-1023.000", 1, true)]
    public void A_reading_is_numbers_parted_by_commas(string text, int places, bool isOne) => Assert.Equal(isOne, EzoText.TryNumbers(text, new double[places]));

    [Theory]
    [InlineData("?I,pH,2.15", "pH", "2.15")]
    [InlineData("?I,D.O.,1.0", "DO", "1.0")]
    [InlineData("?I,DO,2.10", "DO", "2.10")]
    [InlineData("?i,EC,2.16", "EC", "2.16")]
    public void A_circuit_says_its_type_and_firmware(string text, string type, string firmware)
    {
        Assert.True(EzoText.TryIdentity(text, out var foundType, out var foundFirmware));
        Assert.Equal((type, firmware), (foundType, foundFirmware));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7.012")]
    [InlineData("?I")]
    [InlineData("?I,pH")]
    [InlineData("?I,,2")]
    [InlineData("?Inf,pH,2")]
    [InlineData("?Cal,2")]
    public void Anything_else_is_no_identity(string text) => Assert.False(EzoText.TryIdentity(text, out _, out _));

    [Theory]
    [InlineData("?O,EC,TDS", "EC,TDS")]
    [InlineData("?,O,%,mg", "%,mg")]
    [InlineData("?O", "")]
    public void Both_forms_of_an_answer_are_known(string text, string rest)
    {
        Assert.True(EzoText.TryAnswer(text, "O", out var found));
        Assert.Equal(rest, found);
    }
}
