using System.Globalization;
using System.Text;
using CsCheck;

namespace StemLab.Hub.Export;

public sealed class RowTextTests
{
    [Fact]
    public void Every_number_reads_back_to_the_same_bits() => Gen.OneOf(Gen.Double, Gen.Int.Select(i => i / 1000.0), Gen.Int[-100_000, 100_000].Select(i => i / 7.0), Gen.Const(-0.0), Gen.Const(double.MaxValue), Gen.Const(1e-7))
        .Where(number => !double.IsNaN(number))
        .Sample(number => BitConverter.DoubleToInt64Bits(double.Parse(Text(text => text.Add(number)), CultureInfo.InvariantCulture)) == BitConverter.DoubleToInt64Bits(number), iter: 20_000);

    [Theory]
    [InlineData(7.1, "7.1")]
    [InlineData(-0.05, "-0.05")]
    [InlineData(28, "28")]
    [InlineData(0, "0")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(100_000_000.25, "100000000.25")]
    public void A_plain_number_is_written_plainly(double number, string expected) => Assert.Equal(expected, Text(text => text.Add(number)));

    [Fact]
    public void A_number_said_again_is_the_same_text()
    {
        string text = Text(text =>
        {
            foreach (double number in (double[])[7.15, 7.15, double.NaN, 7.15, -0.0, 0, 1e-7, 1e-7])
            {
                text.Add(number);
                text.Add((byte)',');
            }
        });

        Assert.Equal("7.15,7.15,,7.15,-0,0,1E-07,1E-07,", text);
    }

    [Fact]
    public void What_is_missing_is_nothing() => Assert.Equal("", Text(text => text.Add(double.NaN)));

    [Fact]
    public void A_time_is_ISO_8601_with_six_digits_before_and_after_1970() => Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999]
        .Sample(us => Text(text => text.AddTime(us)) == DateTimeOffset.UnixEpoch.AddTicks(us * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), iter: 5_000);

    [Theory]
    [InlineData(250_000, "0.25")]
    [InlineData(0, "0")]
    [InlineData(30_000_000, "30")]
    [InlineData(1, "0.000001")]
    public void Microseconds_are_told_in_seconds(long micros, string expected) => Assert.Equal(expected, Text(text => text.AddSeconds(micros)));

    [Fact]
    public void Long_and_many_texts_lose_nothing()
    {
        string cell = new('x', 10_000);
        string line = Text(text =>
        {
            for (int i = 0; i < 30; i++)
            {
                text.Add(Encoding.UTF8.GetBytes(cell));
                text.Add((byte)',');
                text.Add(1234.5);
            }
        });

        Assert.Equal(string.Concat(Enumerable.Repeat(cell + ",1234.5", 30)), line);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@x", "'@x")]
    [InlineData("-5", "'-5")]
    [InlineData("pond", "pond")]
    public void A_spreadsheet_calculates_nothing_from_a_text(string text, string expected) => Assert.Equal(expected, ExcelWriter.Harmless(text));

    private static string Text(Action<RowText> add)
    {
        using var into = new MemoryStream();
        var text = new RowText(into);
        add(text);
        text.Send();
        return Encoding.UTF8.GetString(into.ToArray());
    }
}
