using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StemLab.Hub.Export;

/// <summary>
/// SHA-256 over canonical rows: equal rows in equal order give the same hash, however they were cut into batches, on any hub and store. One thread at a time.
/// </summary>
/// <remarks>
/// Little-endian. A channel begins with 'C', its name's length (i32) and UTF-8 name; rows of another boot, input, probe, calibration or place begin with 'S' and the
/// stretch's texts, each with its length. A row: utc i64, sigma i64, t i64, raw bits, value bits, uncertainty bits (NaN = 7FF8000000000000), then missing, flag,
/// machine flag, human flag (u8 each), reasons u32. Where the agent's own track places the rows, 'T' follows the 'S' and each row has latitude and longitude bits too.
/// </remarks>
internal sealed class RowsHash : IDisposable
{
    private const int RowBytes = (6 * 8) + 4 + 4;
    private const int PlaceBytes = 2 * 8;
    private const int RowsAtOnce = 1024;
    private const ulong CanonicalNaN = 0x7FF8_0000_0000_0000;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[(RowBytes + PlaceBytes) * RowsAtOnce];
    private string? _channel;
    private FrozenStretch? _stretch;

    /// <summary>Adds a batch.</summary>
    public void Add(ExportRows rows, string channel, FrozenStretch stretch)
    {
        if (channel != _channel)
        {
            Begin('C', [channel]);
            (_channel, _stretch) = (channel, null);
        }

        if (stretch != _stretch)
        {
            Begin('S', [stretch.Boot, stretch.RawQuantity, stretch.RawUnit, stretch.TimeState, stretch.TimeSource, stretch.Calibration, stretch.Drift, stretch.Probe, stretch.Site]);
            if (stretch.OnTrack)
            {
                Begin('T', []);
            }

            _stretch = stretch;
        }

        int rowBytes = RowBytes + (stretch.OnTrack ? PlaceBytes : 0);

        for (int from = 0; from < rows.Count; from += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, rows.Count - from);
            for (int i = 0; i < count; i++)
            {
                Span<byte> into = _buffer.AsSpan(i * rowBytes, rowBytes);
                Write(into, rows, from + i);
                if (stretch.OnTrack)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(into[RowBytes..], Bits(rows.Latitude[from + i]));
                    BinaryPrimitives.WriteUInt64LittleEndian(into[(RowBytes + 8)..], Bits(rows.Longitude[from + i]));
                }
            }

            _hash.AppendData(_buffer, 0, count * rowBytes);
        }
    }

    /// <summary>The hash of everything added, lower-case hex.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private static void Write(Span<byte> into, ExportRows rows, int row)
    {
        BinaryPrimitives.WriteInt64LittleEndian(into, rows.UtcUs[row]);
        BinaryPrimitives.WriteInt64LittleEndian(into[8..], rows.SigmaUs[row]);
        BinaryPrimitives.WriteInt64LittleEndian(into[16..], rows.TUs[row]);
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], Bits(rows.Raw[row]));
        BinaryPrimitives.WriteUInt64LittleEndian(into[32..], Bits(rows.Value[row]));
        BinaryPrimitives.WriteUInt64LittleEndian(into[40..], Bits(rows.Uncertainty[row]));
        into[48] = rows.Missing[row];
        into[49] = rows.Flag[row];
        into[50] = rows.MachineFlag[row];
        into[51] = rows.HumanFlag[row];
        BinaryPrimitives.WriteUInt32LittleEndian(into[52..], (uint)rows.Reason[row]);
    }

    private static ulong Bits(double value) => double.IsNaN(value) ? CanonicalNaN : BitConverter.DoubleToUInt64Bits(value);

    private void Begin(char mark, ReadOnlySpan<string> texts)
    {
        _hash.AppendData([(byte)mark]);
        Span<byte> length = stackalloc byte[4];
        foreach (string text in texts)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
            _hash.AppendData(length);
            _hash.AppendData(utf8);
        }
    }
}
