using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace StemLab.Store.Influx;

/// <summary>
/// InfluxDB over HTTP with the one pair of calls that 1.0 to 3.x share: POST /write and POST /query. Safe from any thread, but for <see cref="WriteAsync"/>: one call at a time.
/// </summary>
public sealed class InfluxConnection : ILineWriter, IDisposable
{
    private const int MostErrorBytes = 64 << 10;
    private const string TooLate = "no answer in time";
    private readonly InfluxOptions _options;
    private readonly TimeProvider _time;

    // Only rows go over it, one request at a time; a connection of its own is made only after Prepare.
    private readonly HttpClient _rows;
    private readonly HttpClient _client;
    private int _mayConnect;
    private int _wasRefused;
    private volatile AuthenticationHeaderValue? _writing;
    private volatile AuthenticationHeaderValue? _reading;

    /// <summary>Makes the client; touches no network.</summary>
    /// <param name="options">Checked.</param>
    /// <param name="time">Clock of Retry-After dates.</param>
    public InfluxConnection(InfluxOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _rows = Client(options, isGuarded: true);
        _client = Client(options, isGuarded: false);
        ReadSecrets();
    }

    /// <summary>Version as the server says it ("1.6.7~rc0", "2.7.1", "3.2.0"); empty until it answered.</summary>
    public string Version { get; private set; } = "";

    /// <summary>First number of the version; 0 until it answered.</summary>
    public int Major => Version.Length > 0 && char.IsAsciiDigit(Version[0]) ? Version[0] - '0' : 0;

    /// <summary>False where the server cannot delete ranges (3.x): erasures stay masked in the hub.</summary>
    public bool Deletes => Major < 3;

    /// <summary>Reads the secret files again: a token may have been changed.</summary>
    public void ReadSecrets()
    {
        _writing = Header(_options.TokenFile, _options.User, _options.PasswordFile);
        _reading = Header(_options.ReadTokenFile, _options.ReadUser, _options.ReadPasswordFile) ?? _writing;
    }

    /// <summary>Asks the server for its version, makes the database when it is not there, and allows one new connection for rows.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<InfluxReply> PrepareAsync(CancellationToken cancellationToken = default)
    {
        var reply = await DetectAsync(cancellationToken).ConfigureAwait(false);
        reply = reply.Kind == ReplyKind.Stored ? await EnsureDatabaseAsync(cancellationToken).ConfigureAwait(false) : reply;
        Volatile.Write(ref _mayConnect, reply.Kind == ReplyKind.Stored ? 1 : 0);
        return reply;
    }

    /// <summary>Asks the server for its version.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<InfluxReply> DetectAsync(CancellationToken cancellationToken = default) => AskedAsync(HttpMethod.Get, "ping", null, (answer, body) =>
    {
        var version = answer.Headers.TryGetValues("X-Influxdb-Version", out var values) ? values.First().TrimStart('v') : "";
        if (version.Length == 0 && (int)answer.StatusCode is 401 or 403)
        {
            return InfluxReply.Of(ReplyKind.WrongCredentials, $"status {(int)answer.StatusCode}");
        }

        if (version.Length == 0 || !char.IsAsciiDigit(version[0]))
        {
            var reply = InfluxReply.Classify((int)answer.StatusCode, body, null);
            return reply.Kind == ReplyKind.Busy ? reply : InfluxReply.Of(ReplyKind.NotInflux, $"{_options.Url} answers, but is no InfluxDB (no X-Influxdb-Version in its ping)");
        }

        Version = version;
        return InfluxReply.Classify((int)answer.StatusCode, body, null);
    }, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<InfluxReply> WriteAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken = default)
    {
        var reply = await AskedAsync(_rows, HttpMethod.Post, WritePath, new ReadOnlyMemoryContent(lines), Understand, cancellationToken).ConfigureAwait(false);
        return Interlocked.Exchange(ref _wasRefused, 0) == 1 && reply.Kind == ReplyKind.Unreachable ? InfluxReply.Of(ReplyKind.NewConnection, reply.Text) : reply;
    }

    /// <summary>Writes what may be written again from elsewhere, whoever answers. Safe from any thread.</summary>
    internal ValueTask<InfluxReply> WriteAsideAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
        AskedAsync(_client, HttpMethod.Post, WritePath, new ReadOnlyMemoryContent(lines), Understand, cancellationToken);

    /// <summary>Deletes by a question of <see cref="InfluxQl"/>, with the writing account.</summary>
    internal ValueTask<InfluxReply> DeleteAsync(string question, CancellationToken cancellationToken) => CommandAsync(question, cancellationToken);

    /// <summary>Asks, and gives every row to the receiver. Does not block a thread.</summary>
    /// <exception cref="InfluxQueryException">No whole answer.</exception>
    internal async Task QueryAsync(string question, AnswerRow onRow, CancellationToken cancellationToken)
    {
        // HttpClient's own limit ends with the headers: an answer that stalls in its middle needs one for every piece.
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var request = Question(question, _reading);
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            await using var body = await answer.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode || IsPage(answer))
            {
                throw InfluxQueryException.Of(Understand(answer, await TextAsync(body, patience.Token).ConfigureAwait(false)));
            }

            var rows = new InfluxAnswer(onRow);
            for (int read; (read = await body.ReadAsync(rows.Room(), patience.Token).ConfigureAwait(false)) > 0;)
            {
                await LeaveSocketAsync();
                limit.CancelAfter(_options.Timeout);
                rows.Take(read);
            }

            await LeaveSocketAsync();
            rows.End();
        }
        catch (Exception broken) when (IsBroken(broken, cancellationToken))
        {
            throw new InfluxQueryException(ReplyKind.Unreachable, Short(broken));
        }
    }

    /// <summary>The same for a reader that has a thread of its own and works through chunks on it.</summary>
    /// <exception cref="InfluxQueryException">No whole answer.</exception>
    internal void Query(string question, AnswerRow onRow)
    {
        var isLate = false;
        try
        {
            using var request = Question(question, _reading);
            using var answer = _client.Send(request, HttpCompletionOption.ResponseHeadersRead);

            // A thread that waits for bytes cannot be cancelled; closing what it reads from wakes it.
            using var limit = _time.CreateTimer(
                _ =>
                {
                    Volatile.Write(ref isLate, true);
                    answer.Dispose();
                },
                null,
                _options.Timeout,
                Timeout.InfiniteTimeSpan);
            using var body = answer.Content.ReadAsStream();
            if (!answer.IsSuccessStatusCode || IsPage(answer))
            {
                throw InfluxQueryException.Of(Understand(answer, Text(body)));
            }

            var rows = new InfluxAnswer(onRow);
            for (int read; (read = body.Read(rows.Room().Span)) > 0;)
            {
                limit.Change(_options.Timeout, Timeout.InfiniteTimeSpan);
                rows.Take(read);
            }

            rows.End();
        }
        catch (Exception broken) when (IsBroken(broken, default) || Volatile.Read(ref isLate))
        {
            throw new InfluxQueryException(ReplyKind.Unreachable, Volatile.Read(ref isLate) ? TooLate : Short(broken));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _client.Dispose();
    }

    /// <summary>
    /// A server that was started again on an older folder between two requests looks the same but for a closed connection, which HttpClient would replace without a word.
    /// Where rows are written it may not: the write is refused before it leaves, and the mark is compared first.
    /// </summary>
    private HttpClient Client(InfluxOptions options, bool isGuarded) => new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = isGuarded ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = isGuarded ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(1),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = !options.Url.IsLoopback,
        ConnectCallback = isGuarded ? ConnectOnceAsync : null,
    })
    {
        BaseAddress = new Uri(options.Url.AbsoluteUri.TrimEnd('/') + "/"),
        Timeout = options.Timeout,
    };

    private async ValueTask<System.IO.Stream> ConnectOnceAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _mayConnect, 0) == 0)
        {
            Volatile.Write(ref _wasRefused, 1);
            throw new IOException("the connection was closed");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<InfluxReply> EnsureDatabaseAsync(CancellationToken cancellationToken) => Major switch
    {
        // A later start of the same database is no error; an account that may not make one is no error where it is there.
        1 => await CommandAsync(InfluxQl.CreateDatabase(_options.Database), cancellationToken).ConfigureAwait(false) is { Kind: ReplyKind.Rejected or ReplyKind.WrongCredentials } refused
            ? await ExistsAsync(refused, cancellationToken).ConfigureAwait(false)
            : InfluxReply.Ok,
        2 => await EnsureBucketAsync(cancellationToken).ConfigureAwait(false),
        _ => InfluxReply.Ok,
    };

    private async ValueTask<InfluxReply> ExistsAsync(InfluxReply refused, CancellationToken cancellationToken)
    {
        var isThere = false;
        try
        {
            await QueryAsync(InfluxQl.ShowDatabases, (_, cells) => isThere |= cells is [{ Text: var name }, ..] && name == _options.Database, cancellationToken).ConfigureAwait(false);
        }
        catch (InfluxQueryException unknown)
        {
            return InfluxReply.Of(unknown.Kind, unknown.Message);
        }

        return isThere ? InfluxReply.Ok : refused with { Kind = refused.Kind == ReplyKind.WrongCredentials ? ReplyKind.WrongCredentials : ReplyKind.MissingDatabase };
    }

    private async ValueTask<InfluxReply> EnsureBucketAsync(CancellationToken cancellationToken)
    {
        var isThere = false;
        var found = await AskedAsync(HttpMethod.Get, $"api/v2/buckets?name={_options.Database}", null, (answer, body) =>
        {
            isThere = answer.IsSuccessStatusCode && body.Contains($"\"name\":\"{_options.Database}\"", StringComparison.Ordinal) | body.Contains($"\"name\": \"{_options.Database}\"", StringComparison.Ordinal);
            return Understand(answer, body);
        }, cancellationToken).ConfigureAwait(false);
        if (isThere || found.Kind is not (ReplyKind.Stored or ReplyKind.MissingDatabase))
        {
            return isThere ? InfluxReply.Ok : found;
        }

        var organisation = "";
        var organisations = await AskedAsync(HttpMethod.Get, "api/v2/orgs", null, (answer, body) =>
        {
            organisation = answer.IsSuccessStatusCode ? FirstId(body, "orgs") : "";
            return Understand(answer, body);
        }, cancellationToken).ConfigureAwait(false);
        if (organisation.Length == 0)
        {
            return organisations.Kind == ReplyKind.Stored ? InfluxReply.Of(ReplyKind.MissingDatabase, $"bucket {_options.Database} is not there, and the token may not make it") : organisations;
        }

        var made = $$"""{"orgID":"{{organisation}}","name":"{{_options.Database}}","retentionRules":[]}""";
        var reply = await AskedAsync(HttpMethod.Post, "api/v2/buckets", new StringContent(made, Encoding.UTF8, "application/json"), Understand, cancellationToken).ConfigureAwait(false);
        return reply.Kind == ReplyKind.Stored ? reply : InfluxReply.Of(ReplyKind.MissingDatabase, $"bucket {_options.Database} cannot be made: {reply.Text}");
    }

    private static string FirstId(string body, string list)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty(list, out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() > 0 && all[0].TryGetProperty("id", out var id)
                ? id.GetString() ?? ""
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    /// <summary>A command answers 200 also when it failed; the fault stands in the body.</summary>
    private async ValueTask<InfluxReply> CommandAsync(string question, CancellationToken cancellationToken)
    {
        using var content = Form(question, _options.Database);
        return await AskedAsync(HttpMethod.Post, "query", content, static (answer, body) =>
        {
            var fault = FaultIn(body);
            return fault is null || !answer.IsSuccessStatusCode ? InfluxReply.Classify((int)answer.StatusCode, body, null) : InfluxReply.Classify(400, fault, null);
        }, cancellationToken).ConfigureAwait(false);
    }

    private static string? FaultIn(string body)
    {
        try
        {
            var answer = new InfluxAnswer(static (_, _) => { });
            var bytes = Encoding.UTF8.GetBytes(body);
            for (var at = 0; at < bytes.Length;)
            {
                var room = answer.Room().Span;
                var part = Math.Min(room.Length, bytes.Length - at);
                bytes.AsSpan(at, part).CopyTo(room);
                answer.Take(part);
                at += part;
            }

            return null;
        }
        catch (InfluxQueryException fault)
        {
            return fault.Message;
        }
    }

    private ValueTask<InfluxReply> AskedAsync(
        HttpMethod method, string path, HttpContent? content, Func<HttpResponseMessage, string, InfluxReply> understand, CancellationToken cancellationToken) =>
        AskedAsync(_client, method, path, content, understand, cancellationToken);

    private async ValueTask<InfluxReply> AskedAsync(
        HttpClient client, HttpMethod method, string path, HttpContent? content, Func<HttpResponseMessage, string, InfluxReply> understand, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            request.Headers.Authorization = _writing;
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            await using var body = await answer.Content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
            var text = await TextAsync(body, patience.Token).ConfigureAwait(false);
            await LeaveSocketAsync();
            return understand(answer, text);
        }
        catch (Exception broken) when (IsBroken(broken, cancellationToken))
        {
            return InfluxReply.Of(ReplyKind.Unreachable, Short(broken));
        }
    }

    /// <summary>To the pool: an answer may come on the one thread that wakes every socket, and whoever asked may block, or read another socket and wait for itself.</summary>
    private static ConfiguredTaskAwaitable LeaveSocketAsync() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    private string WritePath => $"write?db={_options.Database}&precision=ns";

    private InfluxReply Understand(HttpResponseMessage answer, string body) => InfluxReply.Classify(
        (int)answer.StatusCode,
        body,
        InfluxReply.ReadRetryAfter(answer.Headers.TryGetValues("Retry-After", out var values) ? values.First() : null, _time.GetUtcNow()));

    private HttpRequestMessage Question(string question, AuthenticationHeaderValue? account)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "query") { Content = Form(question, _options.Database) };
        request.Headers.Authorization = account;
        return request;
    }

    private static FormUrlEncodedContent Form(string question, string database) =>
        new([new("db", database), new("epoch", "ns"), new("chunked", "true"), new("chunk_size", "10000"), new("q", question)]);

    private static AuthenticationHeaderValue? Header(string? tokenFile, string? user, string? passwordFile)
    {
        if (tokenFile is not null)
        {
            return new AuthenticationHeaderValue("Token", File.ReadAllText(tokenFile).Trim());
        }

        return user is null || passwordFile is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{File.ReadAllText(passwordFile).Trim()}")));
    }

    private static bool IsPage(HttpResponseMessage answer) => answer.Content.Headers.ContentType?.MediaType == "text/html";

    private static async ValueTask<string> TextAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = new byte[MostErrorBytes];
        var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    private static string Text(Stream body)
    {
        var bytes = new byte[MostErrorBytes];
        return Encoding.UTF8.GetString(bytes, 0, body.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    /// <summary>Refused, reset, cut short or too slow; but not: the caller gave up.</summary>
    private static bool IsBroken(Exception broken, CancellationToken cancellationToken) =>
        (broken is HttpRequestException or IOException and not InfluxQueryException or OperationCanceledException) && !cancellationToken.IsCancellationRequested;

    private static string Short(Exception broken) => broken is OperationCanceledException ? TooLate : broken.Message;
}
