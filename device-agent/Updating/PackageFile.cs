using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace StemLab.Agent.Updating;

/// <summary>Fetches a package from the hub and unpacks it. Whoever sits on the way gains nothing: what comes is held against the SHA-256 that was offered. Stateless.</summary>
internal static class PackageFile
{
    private const int MostFiles = 256;
    private const long MostBytes = 256L << 20;
    private const string Installed = "./usr/lib/stemlab-agent/";
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Fetches from the first address that gives the right bytes; false where none does.</summary>
    /// <param name="addresses">Best first.</param>
    /// <param name="size">Bytes it has.</param>
    /// <param name="sha256">What they hash to.</param>
    /// <param name="path">Where they are put.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The card does not take it.</exception>
    public static async Task<bool> FetchAsync(IEnumerable<Uri> addresses, long size, ReadOnlyMemory<byte> sha256, string path, CancellationToken cancellationToken)
    {
        using var sockets = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false, UseProxy = false };
#pragma warning disable CA5359 // What comes is held against its SHA-256: see the class.
        sockets.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        using var client = new HttpClient(sockets);
        foreach (var address in addresses)
        {
            try
            {
                using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (answer.IsSuccessStatusCode && await CopyAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), path, size, sha256, cancellationToken))
                {
                    return true;
                }
            }
            catch (HttpRequestException)
            {
                // Not reached there: the next address.
            }
        }

        return false;
    }

    /// <summary>Unpacks a tar.gz of plain files in one folder, or what a .deb installs as the program. Anything else in it, and nothing of it is taken.</summary>
    /// <param name="package">The file.</param>
    /// <param name="folder">A new folder.</param>
    /// <exception cref="InvalidDataException">It is no such package; the message says why.</exception>
    /// <exception cref="IOException">The card does not take it.</exception>
    public static void Unpack(string package, string folder)
    {
        Directory.CreateDirectory(folder);
        using var packed = File.OpenRead(package);
        var isDebian = DebianArchive.TryFindData(packed);
        using var zipped = new GZipStream(packed, CompressionMode.Decompress);
        using var tar = new TarReader(zipped);
        var (files, bytes) = (0, 0L);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType == TarEntryType.Directory || (isDebian && !entry.Name.StartsWith(Installed, StringComparison.Ordinal)))
            {
                continue;
            }

            var place = isDebian ? $"a/{entry.Name[Installed.Length..]}" : entry.Name;
            var name = place.Split('/')[^1];
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is null || name.Length == 0 || name[0] == '.' || place.Split('/').Length > 2 || place.Contains('\\', StringComparison.Ordinal))
            {
                throw new InvalidDataException($"'{entry.Name}' is not a plain file of one folder");
            }

            if (++files > MostFiles || (bytes += entry.Length) > MostBytes)
            {
                throw new InvalidDataException("it has too many files or is too big");
            }

            var path = Path.Combine(folder, name);
            using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write))
            {
                entry.DataStream.CopyTo(file);
                file.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows())
            {
                var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                File.SetUnixFileMode(path, entry.Mode.HasFlag(UnixFileMode.UserExecute) ? mode | UnixFileMode.UserExecute : mode);
            }
        }
    }

    private static async Task<bool> CopyAsync(Stream from, string path, long size, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        var buffer = new byte[64 * 1024];
        var left = size;
        for (var read = await from.ReadAsync(buffer, cancellationToken); read > 0; read = await from.ReadAsync(buffer, cancellationToken))
        {
            if ((left -= read) < 0)
            {
                return false;
            }

            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        file.Flush(flushToDisk: true);
        return left == 0 && hash.GetHashAndReset().AsSpan().SequenceEqual(sha256.Span);
    }
}
