using System.Text;
using StemLab.TestKit;

namespace StemLab.Store.Influx;

/// <summary>Every reply known from 1.x, 2.x, 3.x and the proxies before them means what the table says.</summary>
public sealed class InfluxReplyTests
{
    [Theory]
    [InlineData(204, "", ReplyKind.Stored)]
    [InlineData(200, "<html><body>Please log in</body></html>", ReplyKind.NotInflux)]
    [InlineData(400, """{"error":"partial write: field type conflict: input field \"raw\" dropped=2"}""", ReplyKind.Rejected)]
    [InlineData(422, """{"code":"unprocessable entity","message":"failure writing points: partial write: field type conflict dropped=1"}""", ReplyKind.Rejected)]
    [InlineData(500, """{"error":"partial write of line protocol occurred"}""", ReplyKind.Rejected)]
    [InlineData(400, """{"error":"unable to parse 'x': missing fields"}""", ReplyKind.Rejected)]
    [InlineData(400, """{"error":"partial write: points beyond retention policy dropped=1"}""", ReplyKind.Rejected)]
    [InlineData(400, """{"error":"partial write: max-series-per-database limit exceeded: (1000000) dropped=1"}""", ReplyKind.Misconfigured)]
    [InlineData(422, """{"error":"Update to schema would exceed number of columns"}""", ReplyKind.Misconfigured)]
    [InlineData(404, """{"error":"database not found: \"lab\""}""", ReplyKind.MissingDatabase)]
    [InlineData(404, """{"code":"not found","message":"bucket \"lab\" not found"}""", ReplyKind.MissingDatabase)]
    [InlineData(404, """{"code":"not found","message":"no dbrp mapping found"}""", ReplyKind.MissingDatabase)]
    [InlineData(500, """{"error":"retention policy not found: week"}""", ReplyKind.Misconfigured)]
    [InlineData(404, """{"code":"not found","message":"organization name \"school\" not found"}""", ReplyKind.Misconfigured)]
    [InlineData(401, "", ReplyKind.WrongCredentials)]
    [InlineData(403, """{"code":"forbidden","message":"insufficient permissions"}""", ReplyKind.WrongCredentials)]
    [InlineData(413, "", ReplyKind.Split)]
    [InlineData(429, "", ReplyKind.Busy)]
    [InlineData(503, "Service unavailable", ReplyKind.Busy)]
    [InlineData(502, "<html><h1>502 Bad Gateway</h1></html>", ReplyKind.Busy)]
    [InlineData(500, """{"error":"timeout"}""", ReplyKind.Busy)]
    [InlineData(500, """{"error":"engine: cache-max-memory-size exceeded: (1/1)"}""", ReplyKind.Busy)]
    [InlineData(400, """{"error":"partial write: shard 7 is pending deletion"}""", ReplyKind.Busy)]
    [InlineData(404, "404 page not found", ReplyKind.NotInflux)]
    [InlineData(302, "", ReplyKind.NotInflux)]
    [InlineData(400, "{broken", ReplyKind.Rejected)]
    public void A_reply_means(int status, string body, ReplyKind kind) => Assert.Equal(kind, InfluxReply.Classify(status, body, null).Kind);

    [Fact]
    public void Lines_that_InfluxDB_3_names_are_named() => Assert.Equal(
        [new RejectedLine(2, "invalid column type")],
        InfluxReply.Classify(400, """{"error":"partial write of line protocol occurred","data":[{"error_message":"invalid column type","line_number":3,"original_line":"x"}]}""", null).Lines.AsEnumerable());

    [Fact]
    public void Retry_after_is_seconds_or_a_date_and_never_more_than_five_minutes()
    {
        var now = DateTimeOffset.UnixEpoch;
        Assert.Equal(TimeSpan.FromSeconds(7), InfluxReply.ReadRetryAfter("7", now));
        Assert.Equal(TimeSpan.FromSeconds(30), InfluxReply.ReadRetryAfter("Thu, 01 Jan 1970 00:00:30 GMT", now));
        Assert.Equal(TimeSpan.FromMinutes(5), InfluxReply.ReadRetryAfter("86400", now));
        Assert.Null(InfluxReply.ReadRetryAfter("soon", now));
    }

    [Theory]
    [InlineData("""{"results":[{"error":"database not found: lab"}]}""")]
    [InlineData("""{"results":[{"series":[{"columns":["time","raw"],"values":[[1,2]],"partial":true}],"partial":true}]}""")]
    [InlineData("""{"results":[{"series":[{"columns":["time","raw"],"values":[[1,2],[2,""")]
    [InlineData("")]
    [InlineData("<html>")]
    public void An_answer_that_is_not_whole_is_no_answer(string text) => Assert.Throws<InfluxQueryException>(() => Rows(text, 7));

    [Fact]
    public void A_whole_answer_is_read_in_pieces_of_any_size_with_times_as_numbers_or_text()
    {
        var text = """{"results":[{"series":[{"columns":["time","raw","reason"],"values":[[-1,7,null],[2,-0,null]],"partial":true}],"partial":true}]}"""
            + "\n" + """{"results":[{"series":[{"columns":["time","raw","reason"],"values":[["1970-01-01T00:00:01.000000003Z",7.25,null],[9,null,3]]}]}]}""";
        for (var size = 1; size < 200; size += 3)
        {
            var rows = Rows(text, size);
            Assert.Equal([-1, 2, 1_000_000_003, 9], rows.Select(row => row[0].Whole));
            Assert.Equal([7, -0.0, 7.25], rows.Take(3).Select(row => row[1].Number));
            Assert.True(double.IsNegative(rows[1][1].Number) && rows[3][1].IsNull && rows[3][2].Whole == 3);
        }
    }

    private static List<Cell[]> Rows(string text, int size)
    {
        List<Cell[]> rows = [];
        var answer = new InfluxAnswer((_, cells) => rows.Add(cells.ToArray()));
        foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size))
        {
            piece.CopyTo(answer.Room());
            answer.Take(piece.Length);
        }

        answer.End();
        return rows;
    }

    /// <summary>Whatever a string holds, it stays one literal: no other rows come, nothing is dropped.</summary>
    [ServerFact("influxd")]
    public async Task Hostile_strings_stay_one_literal_and_read_back()
    {
        await using var server = await InfluxServer.StartAsync();
        using var connection = new InfluxConnection(new InfluxOptions { Url = server.Url, Database = "lab" }, TimeProvider.System);
        Assert.Equal(ReplyKind.Stored, (await connection.PrepareAsync(TestContext.Current.CancellationToken)).Kind);
        var random = new Random(7);
        const string alphabet = "ab'\"\\ ,=;-()*/\tÃ©🌊kill end DROP";
        string[] hostile =
        [
            "x'; DROP DATABASE lab; --", "' OR '1'='1", "\" OR \"\"=\"", "a,b=c d", "kill", "time", "*", "/.*/", "$1", "💧",
            .. Enumerable.Range(0, 300).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => alphabet[random.Next(alphabet.Length)])])),
        ];
        var lines = new LineProtocol();
        var kept = hostile.Select(text => text.Trim()).Where(text => text.Length > 0 && Plain(text)).Distinct().ToArray();
        for (var i = 0; i < kept.Length; i++)
        {
            lines.Begin(LineProtocol.Head("reading", ("agent", kept[i]), ("input", "x"))).Number("raw"u8, i).Whole("boot"u8, 1).End(i + 1);
        }

        var reply = await connection.WriteAsync(lines.Written, TestContext.Current.CancellationToken);
        Assert.Equal((ReplyKind.Stored, ""), (reply.Kind, reply.Text));
        for (var i = 0; i < kept.Length; i++)
        {
            List<double> found = [];
            await connection.QueryAsync(InfluxQl.Raw(kept[i], "x", 0, 1_000_000), (_, cells) => found.Add(cells[1].Number), TestContext.Current.CancellationToken);
            Assert.Equal([i], found);
        }

        Assert.Contains("lab", await server.AskAsync("SHOW DATABASES"), StringComparison.Ordinal);
    }

    // What line protocol cannot carry in a tag becomes '_' on its way: control characters, a backslash before what is escaped or at the end, half an emoji.
    private static bool Plain(string text) =>
        !text.Any(c => char.IsControl(c) || char.IsSurrogate(c)) && !text.EndsWith('\\') && !new[] { "\\,", "\\=", "\\ " }.Any(text.Contains);
}
