using StemLab.TestKit;

namespace StemLab.Hub.Export;

public sealed class PacedFileTests
{
    [Fact]
    public async Task What_is_written_in_any_way_is_there_in_order_also_across_its_trips_to_the_disk()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "file");
        byte[] wanted = new byte[(2 * PacedFile.Pace) + 12_345];
        new Random(3).NextBytes(wanted);
        const int Piece = 100_003;
        await using (var file = new PacedFile(path))
        {
            for (int at = 0, turn = 0; at < wanted.Length; at += Piece, turn++)
            {
                int count = Math.Min(Piece, wanted.Length - at);
                switch (turn % 3)
                {
                    case 0:
                        file.Write(wanted, at, count);
                        break;
                    case 1:
                        file.Write(wanted.AsSpan(at, count));
                        break;
                    default:
                        await file.WriteAsync(wanted.AsMemory(at, count), TestContext.Current.CancellationToken);
                        break;
                }

                Assert.Equal(at + count, file.Position);
            }

            Assert.Equal(wanted.Length, file.Length);
        }

        Assert.Equal(wanted, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cancelled_write_leaves_nothing_and_an_existing_file_is_not_written_over()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Path, "file");
        await using (var file = new PacedFile(path))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await file.WriteAsync(new byte[10], new CancellationToken(canceled: true)));
            Assert.Equal(0, file.Length);
        }

        Assert.Throws<IOException>(() => new PacedFile(path).Dispose());
    }
}
