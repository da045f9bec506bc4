using StemLab.Agent.Operations;

namespace StemLab.Agent.Uplink;

/// <summary>How the hub is reached now.</summary>
/// <param name="Hub">Where.</param>
/// <param name="Token">Password.</param>
/// <param name="Tls">MQTT over TLS.</param>
/// <param name="AuthorityPem">Certificates TLS is checked against.</param>
internal sealed record HubLink(HubEndpoint Hub, string Token, bool Tls, string AuthorityPem);

/// <summary>What an uplink asks of whoever keeps this agent's membership; an agent that runs inside another program has none.</summary>
/// <param name="Board">What stands for this board, hex; shown at CONNECT.</param>
/// <param name="PublicKey">This board's key, SubjectPublicKeyInfo, base64; shown at CONNECT.</param>
/// <param name="FindAgainAsync">Looks for the hub; true = it answered but refused. Null = not found, or nothing new.</param>
/// <param name="BlinkAsync">Blinks for so long.</param>
internal sealed record HubHome(
    string Board,
    string PublicKey,
    Func<bool, CancellationToken, Task<HubLink?>> FindAgainAsync,
    Func<TimeSpan, CancellationToken, Task<bool>> BlinkAsync);
