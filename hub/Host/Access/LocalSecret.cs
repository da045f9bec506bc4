using System.Security.Cryptography;
using System.Text;

namespace StemLab.Hub.Access;

/// <summary>
/// A secret only who may read the data folder knows; with it commands on the hub's machine prove themselves. New at every start, a file of its owner's alone, removed at the end.
/// </summary>
internal sealed class LocalSecret
{
    /// <summary>The header a command shows it in.</summary>
    public const string Header = "x-stemlab-machine";

    private const string FileName = "machine.secret";
    private readonly byte[] _hash;

    public LocalSecret(AccessOptions options, IHostApplicationLifetime lifetime)
    {
        var path = Path.Combine(options.DataFolder, FileName);
        var secret = Secrets.New();
        _hash = Secrets.HashOf(secret);
        File.Delete(path);
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(path, Encoding.ASCII, file))
        {
            writer.Write(secret);
        }

        lifetime.ApplicationStopped.Register(() => File.Delete(path));
    }

    public bool Matches(string shown) => CryptographicOperations.FixedTimeEquals(Secrets.HashOf(shown), _hash);

    /// <summary>Has a command's calls to the hub of that folder carry the secret. A hub that runs as somebody else has one this user cannot read; then the hub answers as to anybody.</summary>
    public static void ShowFrom(string dataFolder, HttpClient client)
    {
        try
        {
            client.DefaultRequestHeaders.Add(Header, File.ReadAllText(Path.Combine(dataFolder, FileName)));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            client.DefaultRequestHeaders.Remove(Header);
        }
    }
}
