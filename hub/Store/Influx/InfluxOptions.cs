using System.Text.RegularExpressions;

namespace StemLab.Store.Influx;

/// <summary>Where the InfluxDB is and how the hub may use it. Secrets come from files and are read again when the server refuses them.</summary>
public sealed partial record InfluxOptions
{
    /// <summary>Address of the server: http://host:8086 (1.x, 2.x) or :8181 (3.x).</summary>
    public required Uri Url { get; init; }

    /// <summary>Database (1.x, 3.x) or bucket (2.x): 1 to 64 of A-Z, a-z, 0-9, '_' and '-', beginning with a letter or digit. Made when absent.</summary>
    public required string Database { get; init; }

    /// <summary>Organisation (2.x), where InfluxDB.Client carries the lines; null = none.</summary>
    public string? Organisation { get; init; }

    /// <summary>File with a token (2.x, 3.x); null = none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>User (1.x); null = none.</summary>
    public string? User { get; init; }

    /// <summary>File with the user's password; needed with <see cref="User"/>.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>File with a token that may only read, for queries; null = queries use the writing account.</summary>
    public string? ReadTokenFile { get; init; }

    /// <summary>User that may only read, for queries; null = queries use the writing account.</summary>
    public string? ReadUser { get; init; }

    /// <summary>File with the reading user's password; needed with <see cref="ReadUser"/>.</summary>
    public string? ReadPasswordFile { get; init; }

    /// <summary>Lines of one request at most. Default 5,000.</summary>
    public int BatchLines { get; init; } = 5000;

    /// <summary>Bytes of one request at most. Default 1 MiB.</summary>
    public int BatchBytes { get; init; } = 1 << 20;

    /// <summary>How long a write may take, and how long an answer may pause between two pieces. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Size series.db may have before the bodies of its oldest chunks, once InfluxDB is seen to hold their rows, leave it. Default 4 GiB.</summary>
    public long CacheBytes { get; init; } = 4L << 30;

    /// <summary>All problems at once, each with what to do; empty when the options hold.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (!Url.IsAbsoluteUri || Url.Scheme is not ("http" or "https") || Url.UserInfo.Length > 0)
        {
            problems.Add($"the address '{Url.OriginalString}' is not an http or https address without a password in it; give http://host:8086 and the password in a file");
        }

        if (!DatabaseName().IsMatch(Database))
        {
            problems.Add($"the database '{Database}' has a name that not every InfluxDB takes; use 1 to 64 letters, digits, '_' and '-', beginning with a letter or digit");
        }

        if (TokenFile is not null && User is not null)
        {
            problems.Add("a token file and a user are both given; give the token (InfluxDB 2 and 3) or the user (InfluxDB 1)");
        }

        if (User is null != PasswordFile is null)
        {
            problems.Add("user and password file belong together; give both or none");
        }

        if (ReadUser is null != ReadPasswordFile is null)
        {
            problems.Add("reading user and reading password file belong together; give both or none");
        }

        problems.AddRange(new[] { TokenFile, PasswordFile, ReadTokenFile, ReadPasswordFile }
            .Where(file => file is not null && !File.Exists(file))
            .Select(file => $"the secret file {file} is not there; make it, readable by the hub only"));
        return problems;
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    private static partial Regex DatabaseName();
}
