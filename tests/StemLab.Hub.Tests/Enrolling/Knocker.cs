using System.Security.Cryptography;
using Google.Protobuf;
using StemLab.Hub.Api;
using StemLab.V1;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Enrolling;

/// <summary>A board as the protocol sees it: a key and letters, over the hub's real gRPC face.</summary>
internal sealed class Knocker : IDisposable
{
    private readonly HubFixture _hub;
    private readonly ECDsa _signing = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDiffieHellman _opening = ECDiffieHellman.Create();

    public Knocker(HubFixture hub)
    {
        _hub = hub;
        _opening.ImportPkcs8PrivateKey(_signing.ExportPkcs8PrivateKey(), out _);
        PublicKey = _signing.ExportSubjectPublicKeyInfo();
    }

    public byte[] PublicKey { get; }

    public byte[] Board { get; set; } = RandomNumberGenerator.GetBytes(32);

    public EnrolmentService.EnrolmentServiceClient Service => new(_hub.Grpc);

    public async Task<HubGreeting> GreetAsync()
    {
        var nonce = RandomNumberGenerator.GetBytes(32);
        var answer = await Service.GreetAsync(new GreetRequest { Nonce = ByteString.CopyFrom(nonce) }, cancellationToken: TestContext.Current.CancellationToken);
        var greeting = HubGreeting.Parser.ParseFrom(answer.Greeting);
        Assert.Equal(nonce, greeting.Nonce.ToByteArray());
        Assert.True(SealedLetter.IsSigned(greeting.HubKey.Span, answer.Greeting.Span, answer.Signature.Span));
        return greeting;
    }

    public async Task<KnockRequest> WriteAsync(Action<KnockLetter>? more = null, string? code = null)
    {
        var greeting = await GreetAsync();
        var letter = new KnockLetter { PublicKey = ByteString.CopyFrom(PublicKey), Challenge = greeting.Challenge, HubId = greeting.HubId, Board = ByteString.CopyFrom(Board) };
        if (code is not null)
        {
            var key = LabelCode.KeyOf(LabelCode.Normalise(code, 8)!, Id128.TryRead(greeting.HubId.Span, out var hub) ? hub : default);
            letter.CodeProof = ByteString.CopyFrom(HMACSHA256.HashData(key, SealedLetter.ProofText("code", PublicKey, greeting.Challenge.Span)));
        }

        more?.Invoke(letter);
        return Sign(letter);
    }

    public KnockRequest Sign(KnockLetter letter)
    {
        var text = letter.ToByteArray();
        return new KnockRequest { Letter = ByteString.CopyFrom(text), Signature = ByteString.CopyFrom(_signing.SignData(text, HashAlgorithmName.SHA256)) };
    }

    public async Task<KnockResponse> KnockAsync(Action<KnockLetter>? more = null, string? code = null) => await SendAsync(await WriteAsync(more, code));

    public async Task<KnockResponse> SendAsync(KnockRequest request) => await Service.KnockAsync(request, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>What is in a sealed letter; null where this key does not open it.</summary>
    public JoinLetter? Open(KnockResponse response, byte[]? secret = null) =>
        SealedLetter.TryOpen(_opening, response.SealedLetter.Span, secret ?? [], out var plain) ? JoinLetter.Parser.ParseFrom(SignedLetter.Parser.ParseFrom(plain).Letter) : null;

    public void Dispose()
    {
        _signing.Dispose();
        _opening.Dispose();
    }
}
