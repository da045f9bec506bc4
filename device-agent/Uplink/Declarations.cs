using StemLab.Agent.Operations;
using StemLab.Agent.TimeKeeping;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Uplink;

/// <summary>Writes Birth: who this agent is, and every catalogue, boot and stream still in its outbox. Safe from any thread.</summary>
internal sealed class Declarations(AgentOptions options, string softwareVersion, Catalog catalog, BootClock clock, AgentBook book, Outbox.Outbox outbox, Func<Health> health, AgentDesk? desk)
{
    /// <summary>Birth as of now.</summary>
    public Birth Write()
    {
        var (streams, catalogs) = outbox.Manifest();
        var birth = new Birth
        {
            AgentId = options.AgentId.ToByteString(),
            Slug = options.Slug,
            SoftwareVersion = softwareVersion,
            Simulated = options.Simulated,
            Description = options.Description,
            Health = health(),
            Settings = desk?.Report(),
            Platform = desk?.Updates?.Platform ?? "",
            Update = desk?.Updates?.Report(),
        };

        // The running catalogue is taken from memory: labels and intervals, which are not part of its hash, may be newer than on disk.
        birth.Catalogs.AddRange(catalogs.Where(kept => kept.Hash != catalog.Hash));
        birth.Catalogs.Add(catalog);
        var boots = streams.Select(stream => stream.BootId).Append(clock.BootId).ToList();
        birth.Boots.AddRange(boots.Concat(boots.SelectMany(UtcTiedTo)).Distinct()
            .Select(id => id == clock.BootId ? clock.Boot : book.Find(id)).OfType<BootRecord>()
            .OrderBy(boot => boot.BootNo)
            .Select(boot => boot.ToWire(book.Ties(boot.Id))));
        foreach (var kept in streams)
        {
            var stream = new Wire.V1.Stream { StreamId = kept.StreamId, BootId = kept.BootId.ToByteString() };
            if (!kept.IsRunning)
            {
                stream.DurableNextSeq = kept.DurableNextSeq;
                stream.Complete = kept.IsComplete;
            }

            birth.Streams.Add(stream);
        }

        return birth;
    }

    /// <summary>Boots of this agent's own time sources that a boot is tied to.</summary>
    private IEnumerable<Id128> UtcTiedTo(Id128 boot) =>
        book.Ties(boot).Select(tie => Id128.TryRead(tie.BootB.Span, out var other) ? other : default).Distinct().Where(other => book.Find(other) is { Kind: BootKind.Utc });
}
