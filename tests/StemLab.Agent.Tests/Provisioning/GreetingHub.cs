using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Provisioning;

/// <summary>The enrolling face of a hub over real HTTP: greets, signs, seals; what it answers to each knock a test says.</summary>
internal sealed class GreetingHub : IDisposable
{
    private readonly HttpListener server = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Queue<(Func<KnockLetter, KnockAnswer> Answer, TaskCompletionSource<KnockLetter> Knocked)> answers = [];

    public GreetingHub()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Page = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
        probe.Stop();
        server.Prefixes.Add(Page);
        server.Start();
        _ = ServeAsync();
    }

    public string Page { get; }

    public Id128 HubId { get; } = Id128.New();

    public string HubKey => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    /// <summary>The next knock is answered so; the letter that came.</summary>
    public Task<KnockLetter> Expect(Func<KnockLetter, KnockAnswer> answer)
    {
        var knocked = new TaskCompletionSource<KnockLetter>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (answers)
        {
            answers.Enqueue((answer, knocked));
        }

        return knocked.Task;
    }

    public static KnockAnswer Wait(bool findProbes = false) => new("STATE_WAITING", null, null, null, 1, 0, findProbes);

    /// <summary>Lets it in as an agent.</summary>
    public KnockAnswer LetIn(KnockLetter asked, Id128 agent, params DetectedProbe[] probes)
    {
        var letter = new JoinLetter { AgentId = agent.ToByteString(), Token = "secret", Slug = "pond", MqttPort = 1, Probes = { probes } }.ToByteArray();
        var signed = new SignedLetter { Letter = ByteString.CopyFrom(letter), Signature = ByteString.CopyFrom(Sign(SealedLetter.LetterText(asked.PublicKey.Span, asked.Challenge.Span, letter))) };
        return new KnockAnswer("STATE_ACCEPTED", null, null, SealedLetter.Seal(asked.PublicKey.Span, signed.ToByteArray(), []), 1, 0, false);
    }

    public void Dispose()
    {
        server.Close();
        key.Dispose();
    }

    private byte[] Sign(byte[] text) => key.SignData(text, HashAlgorithmName.SHA256);

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var call = await server.GetContextAsync();
                using var asked = await JsonDocument.ParseAsync(call.Request.InputStream);
                var answer = call.Request.RawUrl == "/v1/hub:greet" ? Greet(asked.RootElement.GetProperty("nonce").GetBytesFromBase64()) : Knock(asked.RootElement.GetProperty("letter").GetBytesFromBase64());
                call.Response.ContentType = "application/json";
                await call.Response.OutputStream.WriteAsync(answer);
                call.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private byte[] Greet(byte[] nonce)
    {
        var greeting = new HubGreeting { HubId = HubId.ToByteString(), HubKey = ByteString.CopyFrom(key.ExportSubjectPublicKeyInfo()), Nonce = ByteString.CopyFrom(nonce), Challenge = ByteString.CopyFrom(new byte[32]), MqttPort = 1 }.ToByteArray();
        return JsonSerializer.SerializeToUtf8Bytes(new GreetReply(greeting, Sign(greeting)), CallJson.Default.GreetReply);
    }

    private byte[] Knock(byte[] bytes)
    {
        var letter = KnockLetter.Parser.ParseFrom(bytes);
        (Func<KnockLetter, KnockAnswer> Answer, TaskCompletionSource<KnockLetter> Knocked) next;
        lock (answers)
        {
            next = answers.Count > 0 ? answers.Dequeue() : (_ => Wait(), new TaskCompletionSource<KnockLetter>());
        }

        next.Knocked.TrySetResult(letter);
        return JsonSerializer.SerializeToUtf8Bytes(next.Answer(letter), CallJson.Default.KnockAnswer);
    }
}
