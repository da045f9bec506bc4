namespace StemLab.Hub.Export;

public sealed class BesideStreamTests
{
    [Fact]
    public void Pieces_of_any_size_arrive_in_order_and_all_of_them_with_the_flush()
    {
        using var into = new MemoryStream();
        byte[] wanted = new byte[3_000_000];
        var random = new Random(4);
        random.NextBytes(wanted);
        using (var beside = new BesideStream(into))
        {
            for (int at = 0, count; at < wanted.Length; at += count)
            {
                count = Math.Min(random.Next(400_000), wanted.Length - at);
                beside.Write(wanted, at, count);
            }

            beside.Flush();

            Assert.Equal(wanted, into.ToArray());
        }
    }

    [Fact]
    public void A_disk_that_fills_on_the_other_thread_stops_the_writer_and_leaving_hides_nothing_behind_a_second_fault()
    {
        using var full = new FullAfter(500_000);
        long written = 0;
        using (var beside = new BesideStream(full))
        {
            byte[] piece = new byte[100_000];
            IOException told = Assert.Throws<IOException>(() =>
            {
                for (; written < 100_000_000; written += piece.Length)
                {
                    beside.Write(piece);
                }
            });

            Assert.Equal("No space left on device", told.Message);
        }

        Assert.True(written < 2_000_000, $"stopped after {written:N0} bytes");
        Assert.True(full.Length <= 500_000, "and nothing came after it");
    }

    private sealed class FullAfter(int most) : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > most)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer, offset, count);
        }
    }
}
