namespace StemLab.Benchmarks;

/// <summary>A folder that is gone afterwards.</summary>
internal sealed class BenchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("stemlab-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
