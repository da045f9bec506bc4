using Google.Protobuf;
using StemLab.V1;

namespace StemLab.Wire;

public sealed class WatchReadingsResponseTests
{
    [Fact]
    public void A_packed_message_arrives_as_the_message_it_was_made_from()
    {
        var message = new WatchReadingsResponse { Phase = WatchReadingsResponse.Types.Phase.Live, Revision = 7, Cursor = "c", SkippedCount = 3, ResetReason = "mới" };
        message.ChannelNames[4] = "agents/a/channels/ph";
        for (uint channel = 1; channel < 4; channel++)
        {
            message.Blocks.Add(new ReadingBlock { ChannelRef = channel, Value = { 7.5, double.NaN, channel } });
        }

        var packed = message.Packed();

        Assert.Equal(message.CalculateSize(), packed.CalculateSize());
        Assert.Equal(message, WatchReadingsResponse.Parser.ParseFrom(packed.ToByteArray()));
        Assert.Equal(message, WatchReadingsResponse.Parser.ParseFrom(message.Packed().Packed().ToByteArray()));
    }

    [Fact]
    public void An_empty_message_is_packed_too() => Assert.Equal(0, new WatchReadingsResponse().Packed().CalculateSize());
}
