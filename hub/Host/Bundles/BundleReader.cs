using System.Security.Cryptography;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Bundles;

/// <summary>A part whose SHA-256 is right.</summary>
internal sealed record BundlePart(PartKind Kind, string Hash, byte[] Payload);

/// <summary>Something that cannot be read.</summary>
/// <param name="Hash">SHA-256 the part should have had, lower-case hex; empty where not even that can be read.</param>
/// <param name="FromByte">Where it begins in the file.</param>
/// <param name="ToByte">Where the next readable part begins, or the file ends.</param>
internal sealed record DamagedPart(string Hash, long FromByte, long ToByte);

/// <summary>Reads a bundle part by part, over damage. One thread; the file is not changed.</summary>
internal sealed class BundleReader(System.IO.Stream file)
{
    private const int ScanBytes = 1 << 16;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<DamagedPart> _damaged = [];
    private long _at;

    /// <summary>Complete once <see cref="Parts"/> has ended.</summary>
    public IReadOnlyList<DamagedPart> Damaged => _damaged;

    /// <summary>True when the part that lists all others was read.</summary>
    public bool HasEnd { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public long Position => _at;

    /// <summary>Every whole part in the order of the file.</summary>
    /// <exception cref="RefusedException">No bundle, or one of a newer version.</exception>
    public IEnumerable<BundlePart> Parts()
    {
        ReadHead();
        while (_at < file.Length)
        {
            var begun = _at;
            if (!TryHead(out var kind, out var length, out var hash))
            {
                _at = NextMark(begun + 1);
                _damaged.Add(new DamagedPart("", begun, _at));
                continue;
            }

            var name = Convert.ToHexStringLower(hash);
            var payload = Read(begun + BundleFormat.PartHeadBytes, length);
            if (payload.Length < length || !SHA256.HashData(payload).AsSpan().SequenceEqual(hash))
            {
                // A torn piece in the middle may have swallowed the next mark: look for it from the beginning of the payload.
                _at = NextMark(begun + BundleFormat.PartHeadBytes);
                _damaged.Add(new DamagedPart(name, begun, _at));
                _seen.Add(name);
                continue;
            }

            _at = begun + BundleFormat.PartHeadBytes + length;
            if (kind == PartKind.End)
            {
                NameWhatIsMissing(payload);
                continue;
            }

            _seen.Add(name);
            yield return new BundlePart(kind, name, payload);
        }
    }

    private void ReadHead()
    {
        var head = Read(0, BundleFormat.HeadBytes + BundleFormat.PartHeadBytes);
        if (BundleFormat.VersionOf(head) is { } version)
        {
            if (version > BundleFormat.Version)
            {
                throw new RefusedException(
                    $"This bundle was written by a newer StemLab (format {version}; this hub reads {BundleFormat.Version}). Nothing was taken. Update this hub, then merge it again",
                    $"Gói này do StemLab bản mới hơn ghi (định dạng {version}; trạm này đọc được {BundleFormat.Version}). Chưa lấy gì vào. Hãy cập nhật trạm rồi gộp lại");
            }

            _at = BundleFormat.HeadBytes;
            return;
        }

        if (head.Length <= BundleFormat.HeadBytes || !BundleFormat.TryPartHead(head.AsSpan(BundleFormat.HeadBytes), out _, out _, out _))
        {
            throw new RefusedException("This is no StemLab bundle, or its beginning is destroyed", "Đây không phải gói dữ liệu StemLab, hoặc phần đầu đã hỏng");
        }

        _damaged.Add(new DamagedPart("", 0, BundleFormat.HeadBytes));
        _at = BundleFormat.HeadBytes;
    }

    /// <summary>Parts the end lists and nobody has seen: a torn head has no name of its own.</summary>
    private void NameWhatIsMissing(byte[] end)
    {
        HasEnd = true;
        List<string> missing = [];
        for (var at = 0; at + 32 <= end.Length; at += 32)
        {
            var name = Convert.ToHexStringLower(end.AsSpan(at, 32));
            if (!_seen.Contains(name))
            {
                missing.Add(name);
            }
        }

        foreach (var name in missing)
        {
            var nameless = _damaged.FindIndex(part => part.Hash.Length == 0 && part.FromByte >= BundleFormat.HeadBytes);
            if (nameless >= 0)
            {
                _damaged[nameless] = _damaged[nameless] with { Hash = name };
            }
            else
            {
                _damaged.Add(new DamagedPart(name, -1, -1));
            }
        }
    }

    private bool TryHead(out PartKind kind, out int length, out byte[] hash) => BundleFormat.TryPartHead(Read(_at, BundleFormat.PartHeadBytes), out kind, out length, out hash);

    private byte[] Read(long at, int count)
    {
        var bytes = new byte[(int)Math.Max(0, Math.Min(count, file.Length - at))];
        file.Position = at;
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Where the next part with a right head begins; the file's end where there is none.</summary>
    private long NextMark(long from)
    {
        while (from < file.Length)
        {
            var bytes = Read(from, ScanBytes);
            var at = bytes.AsSpan().IndexOf(BundleFormat.Mark);
            if (at < 0)
            {
                from += Math.Max(1, bytes.Length - BundleFormat.Mark.Length + 1);
                continue;
            }

            if (BundleFormat.TryPartHead(Read(from + at, BundleFormat.PartHeadBytes), out _, out _, out _))
            {
                return from + at;
            }

            from += at + 1;
        }

        return file.Length;
    }
}
