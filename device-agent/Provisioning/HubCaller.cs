using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Provisioning;

/// <summary>A hub that answered, as its signature proves.</summary>
/// <param name="Page">Where.</param>
/// <param name="Greeting">What it says of itself.</param>
/// <param name="HubId">Who.</param>
internal sealed record FoundHub(Uri Page, HubGreeting Greeting, Id128 HubId);

/// <summary>What a hub answered to a knock.</summary>
/// <param name="State">STATE_WAITING…</param>
/// <param name="Trouble">Why a code or kit did not help; empty = it did, or there was none.</param>
/// <param name="SealedLetter">The JoinLetter, sealed; empty unless accepted.</param>
/// <param name="AgainSeconds">Ask again after so long.</param>
/// <param name="BlinkSeconds">Blink for so long.</param>
/// <param name="FindProbes">Somebody wants to know which circuits sit on the buses.</param>
internal sealed record KnockReply(string State, string Trouble, byte[] SealedLetter, int AgainSeconds, int BlinkSeconds, bool FindProbes);

/// <summary>Speaks stemlab.v1.EnrolmentService by HTTP. Whoever listens on the way learns nothing that lets him in: letters are signed, answers sealed, so the certificate of a hub not yet known need not be believed. One thread.</summary>
internal sealed class HubCaller : IDisposable
{
    private const int NonceBytes = 32;
    private const int MostAnswerBytes = 256 * 1024;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(8);
    private readonly HttpClient client;

    /// <summary>Opens nothing yet.</summary>
    public HubCaller()
    {
        var sockets = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3), PooledConnectionLifetime = TimeSpan.FromSeconds(30), AllowAutoRedirect = false, UseProxy = false };
#pragma warning disable CA5359 // What is sent is signed and what comes is sealed or signed: see the class.
        sockets.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        client = new HttpClient(sockets, disposeHandler: true) { Timeout = AnswerTimeout, MaxResponseContentBufferSize = MostAnswerBytes };
    }

    /// <summary>Asks who is there; null where nobody answers, or the signature does not hold.</summary>
    public async Task<FoundHub?> GreetAsync(Uri page, CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        try
        {
            using var answer = await client.PostAsJsonAsync(new Uri(page, "v1/hub:greet"), new GreetCall(nonce), CallJson.Default.GreetCall, cancellationToken);
            if (!answer.IsSuccessStatusCode || await answer.Content.ReadFromJsonAsync(CallJson.Default.GreetReply, cancellationToken) is not { Greeting: not null, Signature: not null } reply)
            {
                return null;
            }

            var greeting = HubGreeting.Parser.ParseFrom(reply.Greeting);
            var holds = greeting.Nonce.Span.SequenceEqual(nonce) && SealedLetter.IsSigned(greeting.HubKey.Span, reply.Greeting, reply.Signature);
            return holds && Id128.TryRead(greeting.HubId.Span, out var hub) ? new FoundHub(page, greeting, hub) : null;
        }
        catch (Exception failed) when (IsNobody(failed, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>Knocks; null where the hub did not answer as one does.</summary>
    public async Task<KnockReply?> KnockAsync(FoundHub hub, byte[] letter, byte[] signature, byte[] earlierSignature, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.PostAsJsonAsync(new Uri(hub.Page, "v1/knocks:knock"), new KnockCall(letter, signature, earlierSignature), CallJson.Default.KnockCall, cancellationToken);
            if (!answer.IsSuccessStatusCode || await answer.Content.ReadFromJsonAsync(CallJson.Default.KnockAnswer, cancellationToken) is not { } reply)
            {
                return null;
            }

            return new KnockReply(reply.State ?? "", reply.Trouble is null or "TROUBLE_UNSPECIFIED" ? "" : reply.Trouble, reply.SealedLetter ?? [], reply.AgainSeconds, reply.BlinkSeconds, reply.FindProbes);
        }
        catch (Exception failed) when (IsNobody(failed, cancellationToken))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static bool IsNobody(Exception failed, CancellationToken cancellationToken) =>
        failed is HttpRequestException or JsonException or InvalidProtocolBufferException or IOException or NotSupportedException
        || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}

/// <summary>GreetRequest as JSON.</summary>
internal sealed record GreetCall(byte[] Nonce);

/// <summary>GreetResponse as JSON.</summary>
internal sealed record GreetReply(byte[]? Greeting, byte[]? Signature);

/// <summary>KnockRequest as JSON.</summary>
internal sealed record KnockCall(byte[] Letter, byte[] Signature, byte[] EarlierSignature);

/// <summary>KnockResponse as JSON.</summary>
internal sealed record KnockAnswer(string? State, string? Trouble, string? LabelCode, byte[]? SealedLetter, int AgainSeconds, int BlinkSeconds, bool FindProbes);

/// <summary>How calls are written: generated at build time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GreetCall))]
[JsonSerializable(typeof(GreetReply))]
[JsonSerializable(typeof(KnockCall))]
[JsonSerializable(typeof(KnockAnswer))]
internal sealed partial class CallJson : JsonSerializerContext;
