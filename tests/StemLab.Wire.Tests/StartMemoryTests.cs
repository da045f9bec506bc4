namespace StemLab.Wire;

/// <summary>What is given back after the start is a file as it stands on the disk and nothing else: a page of the process's own would be gone.</summary>
public sealed class StartMemoryTests
{
    private const string Smaps = """
        55d000000000-55d000003000 r-xp 00001000 08:01 12 /usr/lib/stemlab-agent/stemlab-agent
        Rss:                  12 kB
        Anonymous:             0 kB
        VmFlags: rd ex mr mw me
        55d000003000-55d000004000 r--p 00004000 08:01 12 /usr/lib/stemlab-agent/stemlab-agent
        Anonymous:             4 kB
        55d000004000-55d000006000 rw-p 00005000 08:01 12 /usr/lib/stemlab-agent/stemlab-agent
        Anonymous:             0 kB
        55d000006000-55d000009000 r--p 00000000 00:00 0
        Anonymous:             0 kB
        7f0000000000-7f0000001000 r--s 00000000 00:05 9 /var/lib/stemlab-agent/outbox.db-shm
        Anonymous:             0 kB
        7f0000002000-7f0000003000 r-xp 00000000 00:00 0 [vdso]
        Anonymous:             0 kB
        7f0000004000-7f0000006000 r--p 00000000 08:01 13 /usr/lib/a library.so (deleted)
        Anonymous:             0 kB
        """;

    [Fact]
    public void Only_files_nobody_has_written_into_are_given_back() =>
        Assert.Equal([(unchecked((nint)0x55d000000000), (nuint)0x3000), (unchecked((nint)0x7f0000004000), (nuint)0x2000)], StartMemory.Unchanged(Smaps.Split('\n')));

    [Fact]
    public void Text_of_another_form_gives_nothing_back() => Assert.Empty(StartMemory.Unchanged(["", "zz-zz r-xp 0 0 0 /x", "Anonymous: 0 kB", "5-4 r-xp 0 0 0 /x", "Anonymous: 0 kB"]));
}
