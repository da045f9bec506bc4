using Google.Protobuf;

namespace StemLab.V1;

/// <summary>A message of the live stream; the same one goes to many watchers.</summary>
public sealed partial class WatchReadingsResponse
{
    /// <summary>The same message for sending only: its fields are kept as the bytes they are on the wire, so that sending it again costs a copy and no encoding. To read, it looks empty.</summary>
    /// <returns>A message nobody needs to clone; safe to be sent from any thread while nobody changes it.</returns>
    public WatchReadingsResponse Packed()
    {
        var packed = new WatchReadingsResponse();
        var input = new CodedInputStream(this.ToByteArray());
        while (input.ReadTag() != 0)
        {
            packed._unknownFields = UnknownFieldSet.MergeFieldFrom(packed._unknownFields, input);
        }

        return packed;
    }
}
