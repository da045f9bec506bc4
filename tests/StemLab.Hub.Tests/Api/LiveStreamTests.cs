using System.Reflection;
using Google.Api;
using Google.Protobuf.Reflection;
using StemLab.Hub.Web;

namespace StemLab.Hub.Api;

/// <summary>What tells of things as they happen is not kept back to be packed.</summary>
public sealed class LiveStreamTests
{
    // An answer in pieces, not a live stream: it ends by itself, and packing it is worth it.
    private static readonly string[] Answers = ["QueryReadings"];

    [Fact]
    public void Every_stream_that_watches_is_known_by_its_path_and_goes_out_unpacked()
    {
        var streams = typeof(V1.CalibrationService).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: true })
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ServiceDescriptor)
            .OfType<ServiceDescriptor>().SelectMany(service => service.Methods)
            .Where(method => method.IsServerStreaming && !Answers.Contains(method.Name))
            .ToArray();
        Assert.True(streams.Length > 4);
        Assert.All(streams, stream => Assert.True(WebSetup.IsLive(stream.GetOptions().GetExtension(AnnotationsExtensions.Http).Get), stream.FullName));
        Assert.False(WebSetup.IsLive("/v1/readings:query"));
        Assert.False(WebSetup.IsLive("/watch:watch/page"));
    }
}
