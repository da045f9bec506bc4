using System.Collections.Concurrent;

namespace StemLab.Hub.Live;

/// <summary>Small numbers that stand for channel names on live streams; one numbering for the life of the process, so that one message serves every watcher. Safe from any thread.</summary>
internal sealed class ChannelRefs
{
    private readonly ConcurrentDictionary<string, uint> _refs = new(StringComparer.Ordinal);
    private int _last;

    public uint Of(string channel) => _refs.TryGetValue(channel, out var known) ? known : _refs.GetOrAdd(channel, _ => (uint)Interlocked.Increment(ref _last));
}
