namespace StemLab.TestKit;

/// <summary>Bytes that stop coming at some place, as when the power goes there. Thread rule of its reader.</summary>
/// <param name="bytes">All of them.</param>
/// <param name="cut">So many are given; the next read throws.</param>
public sealed class CutStream(byte[] bytes, int cut) : MemoryStream(bytes, writable: false)
{
    /// <inheritdoc/>
    /// <remarks>A stream derived from MemoryStream reads spans by this, too.</remarks>
    public override int Read(byte[] buffer, int offset, int count) =>
        Position >= cut ? throw new IOException("cut off by the test") : base.Read(buffer, offset, (int)Math.Min(count, cut - Position));

    /// <inheritdoc/>
    public override int ReadByte() => Position >= cut ? throw new IOException("cut off by the test") : base.ReadByte();
}
