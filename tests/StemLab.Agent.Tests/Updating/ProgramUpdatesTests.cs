using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.TestKit;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Updating;

/// <summary>Offers good and bad, fetched from a real HTTP server.</summary>
public sealed class ProgramUpdatesTests : IDisposable
{
    private static readonly Id128 Agent = new(7);
    private readonly TempFolder folder = new();
    private readonly ECDsa hub = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HttpListener server = new();
    private readonly string address;
    private byte[] served = [];

    public ProgramUpdatesTests()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        server.Prefixes.Add(address);
        server.Start();
        _ = ServeAsync();
    }

    [Fact]
    public async Task A_good_offer_lies_ready_for_the_next_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a program for Linux");
        Assert.Null(await TakeAsync(Package("echo 2.0.0")));
        Assert.Equal("2.0.0 0 300\n", await File.ReadAllTextAsync(folder.File("programs/trial"), TestContext.Current.CancellationToken));
        Assert.True(File.Exists(folder.File("programs/2.0.0/stemlab-agent")));
        Assert.False(Directory.Exists(folder.File("programs/fresh")) || File.Exists(folder.File("programs/fetched")));
    }

    [Fact]
    public async Task The_deb_that_agents_are_installed_with_is_an_update_too()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a program for Linux");
        Assert.Null(await TakeAsync(Debian("data.tar.gz", Package("echo 2.0.0", null, "./usr/lib/stemlab-agent/",
            new PaxTarEntry(TarEntryType.SymbolicLink, "./usr/bin/stemlab-agent") { LinkName = "../lib/stemlab-agent/stemlab-agent" }))));
        Assert.Equal("2.0.0 0 300\n", await File.ReadAllTextAsync(folder.File("programs/trial"), TestContext.Current.CancellationToken));
        Assert.Equal(["stemlab-agent"], Directory.EnumerateFiles(folder.File("programs/2.0.0")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("hash", "SHA-256")]
    [InlineData("short", "SHA-256")]
    [InlineData("absent", "cannot be fetched")]
    [InlineData("signature", "not signed")]
    [InlineData("agent", "another agent")]
    [InlineData("platform", "the program is for")]
    [InlineData("version", "out of form")]
    [InlineData("same", "runs already")]
    [InlineData("says", "does not start here, or says it is '1.9.9'")]
    [InlineData("broken", "does not start here")]
    [InlineData("link", "not a plain file")]
    [InlineData("outside", "not a plain file")]
    [InlineData("rubbish", "not in order")]
    [InlineData("deb packed otherwise", "packed as data.tar.xz")]
    [InlineData("deb without", "a .deb without data.tar.gz")]
    [InlineData("deb cut", "not in order")]
    [InlineData("deb outside", "not a plain file")]
    public async Task An_offer_that_does_not_hold_is_refused_in_both_languages_and_nothing_changes(string what, string words)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a program for Linux");
        var package = what switch
        {
            "says" => Package("echo 1.9.9"),
            "broken" => Package("exit 7"),
            "link" => Package("echo 2.0.0", new PaxTarEntry(TarEntryType.SymbolicLink, "a/link") { LinkName = "/etc/passwd" }),
            "outside" => Package("echo 2.0.0", new PaxTarEntry(TarEntryType.RegularFile, "a/../../escaped") { DataStream = new MemoryStream([1]) }),
            "deb packed otherwise" => Debian("data.tar.xz", [1, 2, 3]),
            "deb without" => Debian("control.tar.gz", [1, 2, 3]),
            "deb cut" => Debian("data.tar.gz", Package("echo 2.0.0")[..40]),
            "deb outside" => Debian("data.tar.gz", Package("echo 2.0.0", new PaxTarEntry(TarEntryType.RegularFile, "./usr/lib/stemlab-agent/../../escaped") { DataStream = new MemoryStream([1]) }, "./usr/lib/stemlab-agent/")),
            "rubbish" => Encoding.ASCII.GetBytes("no archive at all"),
            _ => Package("echo 2.0.0"),
        };
        var why = await TakeAsync(package, offer =>
        {
            offer.Sha256 = what == "hash" ? ByteString.CopyFrom(new byte[32]) : offer.Sha256;
            offer.Size = what == "short" ? offer.Size + 1 : offer.Size;
            offer.AgentId = what == "agent" ? new Id128(8).ToByteString() : offer.AgentId;
            offer.Platform = what == "platform" ? "linux-mips" : offer.Platform;
            offer.Version = what == "version" ? "../up" : what == "same" ? "1.0.0" : offer.Version;
            if (what == "absent")
            {
                offer.Addresses.Clear();
                offer.Addresses.Add("http://127.0.0.1:1/x");
            }
        }, isSigned: what != "signature");
        Assert.Contains(words, why!.En, StringComparison.Ordinal);
        Assert.NotEqual(why.En, why.Vi);
        Assert.False(File.Exists(folder.File("programs/trial")));
        Assert.False(File.Exists(folder.File("escaped")) || Directory.Exists(folder.File("programs/2.0.0")));
    }

    public void Dispose()
    {
        server.Close();
        hub.Dispose();
        folder.Dispose();
    }

    private async Task<Operations.Refusal?> TakeAsync(byte[] package, Action<UpdateOffer>? change = null, bool isSigned = true)
    {
        served = package;
        var offer = new UpdateOffer
        {
            AgentId = Agent.ToByteString(),
            Version = "2.0.0",
            Platform = ProgramUpdates.Platform,
            Size = (ulong)package.Length,
            Sha256 = ByteString.CopyFrom(SHA256.HashData(package)),
            Addresses = { "http://127.0.0.1:1/away", address + "package?ticket=t" },
            ReceiptWithinSeconds = 300,
        };
        change?.Invoke(offer);
        var bytes = offer.ToByteArray();
        var update = new Update { Offer = ByteString.CopyFrom(bytes), Signature = ByteString.CopyFrom(isSigned ? hub.SignData(SealedLetter.UpdateText(bytes), HashAlgorithmName.SHA256) : new byte[64]) };
        var updates = new ProgramUpdates(new ProgramFolder(folder.File("programs")), "1.0.0", Agent, hub.ExportSubjectPublicKeyInfo(), [], TimeProvider.System, NullLogger.Instance);
        return await updates.TakeAsync(update, TestContext.Current.CancellationToken);
    }

    /// <summary>As dpkg-deb writes it, of three files.</summary>
    private static byte[] Debian(string name, byte[] data)
    {
        using var target = new MemoryStream();
        target.Write("!<arch>\n"u8);
        Member("debian-binary", "2.0\n"u8.ToArray());
        Member("control.tar.gz", [1, 2, 3]);
        Member(name, data);
        return target.ToArray();

        void Member(string file, byte[] bytes)
        {
            target.Write(Encoding.ASCII.GetBytes($"{file,-16}{0,-12}{0,-6}{0,-6}{100644,-8}{bytes.Length,-10}`\n"));
            target.Write(bytes);
            target.Write(bytes.Length % 2 == 1 ? "\n"u8 : []);
        }
    }

    private static byte[] Package(string does, TarEntry? more = null, string within = "a/", TarEntry? beside = null)
    {
        using var target = new MemoryStream();
        using (var zipped = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(zipped))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, within));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, within + "stemlab-agent") { Mode = UnixFileMode.UserRead | UnixFileMode.UserExecute, DataStream = new MemoryStream(Encoding.ASCII.GetBytes($"#!/bin/sh\n{does}\n")) });
            foreach (var entry in (TarEntry?[])[more, beside])
            {
                if (entry is not null)
                {
                    tar.WriteEntry(entry);
                }
            }
        }

        return target.ToArray();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var call = await server.GetContextAsync();
                call.Response.ContentLength64 = served.Length;
                await call.Response.OutputStream.WriteAsync(served);
                call.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
