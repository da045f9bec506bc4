using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Facts;
using StemLab.Wire;

namespace StemLab.Hub.TimeKeeping;

/// <summary>The hub's boot clock: which boot this is and how many µs it has run. Never steps back, also not over a restart of the process. Safe from any thread.</summary>
internal sealed class HubClock
{
    private const string Ddl = """
        CREATE TABLE IF NOT EXISTS hub_boot(
            boot_no INTEGER PRIMARY KEY, boot_id BLOB NOT NULL UNIQUE, prev_boot BLOB, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL) STRICT;
        """;

    private readonly HubDatabase _database;
    private readonly Func<long> _sourceUs;
    private readonly ImmutableArray<HubBoot> _earlier;
    private readonly HubBoot _boot;
    private long _latestUs;

    public HubClock(HubDatabase database, HubIdentity identity, BootSource source)
    {
        _database = database;
        _sourceUs = source.NowUs;
        HubId = identity.HubId;
        database.EnsureSchema(Ddl);
        long nowUs = source.NowUs();
        ImmutableArray<HubBoot> known = database.Read(Load);
        Id128 fromKernel = BootIdOf(source.KernelBoot, identity.HubId);
        HubBoot? last = known.IsEmpty ? null : known[^1];
        bool goesOn = last is not null && last.BootId == fromKernel && nowUs >= last.LastUs;
        _boot = goesOn ? last! : NewBoot(known, fromKernel, nowUs);
        _earlier = goesOn ? known.RemoveAt(known.Length - 1) : known;
        _latestUs = Math.Max(nowUs, _boot.LastUs);
        Checkpoint();
    }

    /// <summary>Owner of the hub's boots.</summary>
    public Id128 HubId { get; }

    public Id128 BootId => _boot.BootId;

    public uint BootNo => _boot.BootNo;

    /// <summary>All boots of this hub, oldest first; the last is the running one, with its end = now.</summary>
    public ImmutableArray<HubBoot> Boots => _earlier.Add(_boot with { LastUs = NowUs() });

    /// <summary>"Now" as facts state it.</summary>
    public Instant Now => Instant.AtBoot(BootId, NowUs());

    /// <summary>µs of the running boot's clock; never less than any value given before.</summary>
    public long NowUs()
    {
        long nowUs = _sourceUs();
        long seen = Volatile.Read(ref _latestUs);
        while (nowUs > seen)
        {
            long was = Interlocked.CompareExchange(ref _latestUs, nowUs, seen);
            if (was == seen)
            {
                return nowUs;
            }

            seen = was;
        }

        return seen;
    }

    /// <summary>Saves how far the clock has come, so that a restart can tell a clock that went back.</summary>
    public void Checkpoint()
    {
        long nowUs = NowUs();
        _database.Write((connection, transaction) => connection.Run(
            transaction,
            "INSERT INTO hub_boot(boot_no, boot_id, prev_boot, first_us, last_us) VALUES($no, $id, $prev, $first, $last) ON CONFLICT(boot_no) DO UPDATE SET last_us = max(last_us, excluded.last_us)",
            ("$no", (long)_boot.BootNo),
            ("$id", _boot.BootId),
            ("$prev", _boot.Previous.IsEmpty ? null : _boot.Previous),
            ("$first", _boot.FirstUs),
            ("$last", nowUs)));
    }

    private static HubBoot NewBoot(ImmutableArray<HubBoot> known, Id128 fromKernel, long nowUs)
    {
        bool usable = !fromKernel.IsEmpty && known.All(boot => boot.BootId != fromKernel);
        uint number = known.IsEmpty ? 1 : known[^1].BootNo + 1;
        return new HubBoot(usable ? fromKernel : Id128.New(), number, known.IsEmpty ? default : known[^1].BootId, nowUs, nowUs);
    }

    /// <summary>SHA-256(kernel boot uuid || hub id)[0..16]; empty without a kernel uuid.</summary>
    private static Id128 BootIdOf(string? kernelBoot, Id128 hubId)
    {
        if (string.IsNullOrEmpty(kernelBoot))
        {
            return default;
        }

        byte[] hash = SHA256.HashData([.. Encoding.ASCII.GetBytes(kernelBoot), .. hubId.ToBytes()]);
        return new Id128(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    private static ImmutableArray<HubBoot> Load(SqliteConnection connection)
    {
        using SqliteCommand command = connection.Sql(null, "SELECT boot_id, boot_no, prev_boot, first_us, last_us FROM hub_boot ORDER BY boot_no");
        using SqliteDataReader reader = command.ExecuteReader();
        var boots = ImmutableArray.CreateBuilder<HubBoot>();
        while (reader.Read())
        {
            boots.Add(new HubBoot(reader.Id(0), (uint)reader.GetInt64(1), reader.Id(2), reader.GetInt64(3), reader.GetInt64(4)));
        }

        return boots.ToImmutable();
    }
}
