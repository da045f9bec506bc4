using System.Globalization;
using System.Text;

namespace StemLab.Agent.Updating;

/// <summary>The outer form of a .deb: an ar archive of three files, the last of which holds what is installed (deb(5)). Stateless.</summary>
internal static class DebianArchive
{
    private const int HeaderBytes = 60;
    private const int NameBytes = 16;
    private const int SizeAt = 48;
    private const int SizeBytes = 10;
    private const int MostMembers = 8;
    private const string Data = "data.tar";

    private static ReadOnlySpan<byte> Magic => "!<arch>\n"u8;

    /// <summary>True for a .deb; the file stands then where its data.tar.gz begins, else at its beginning.</summary>
    /// <exception cref="InvalidDataException">It is a .deb that cannot be read; the message says why.</exception>
    public static bool TryFindData(FileStream file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        var start = header[..Magic.Length];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start.SequenceEqual(Magic))
        {
            file.Position = 0;
            return false;
        }

        for (var member = 0; member < MostMembers && file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes; member++)
        {
            var name = Encoding.ASCII.GetString(header[..NameBytes]).TrimEnd(' ', '/');
            if (name.StartsWith(Data, StringComparison.Ordinal))
            {
                return name == Data + ".gz" ? true : throw new InvalidDataException($"its files are packed as {name}, which an agent cannot read; device-agent/packaging/build packs them as {Data}.gz");
            }

            if (!long.TryParse(Encoding.ASCII.GetString(header.Slice(SizeAt, SizeBytes)).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > file.Length)
            {
                break;
            }

            // Each file begins at an even place.
            file.Position = Math.Min(file.Length, file.Position + size + (size % 2));
        }

        throw new InvalidDataException($"it is a .deb without {Data}.gz");
    }
}
