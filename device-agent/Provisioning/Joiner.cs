using System.Collections.Immutable;
using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Operations;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Provisioning;

/// <summary>Asks hubs to let this board in, and finds the own hub again. One thread at a time.</summary>
/// <param name="home">Who it is and was.</param>
/// <param name="told">Its configuration.</param>
/// <param name="kit">The kit on its card; null = none.</param>
/// <param name="caller">Speaks with hubs.</param>
/// <param name="light">Blinks.</param>
/// <param name="version">Of this software.</param>
/// <param name="time">For waiting.</param>
/// <param name="logger">Says how it stands, once per change.</param>
internal sealed class Joiner(Home home, AgentOptions told, KitFile? kit, HubCaller caller, StatusLight light, string version, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan NobodyPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BlinkStep = TimeSpan.FromSeconds(4);
    private readonly HubSearch search = new(time);
    private string said = "";

    /// <summary>What is plugged in; told with each letter.</summary>
    public ImmutableArray<DetectedProbe> Probes { get; set; } = [];

    /// <summary>Asks the buses too; used when a person at the hub wants to know. Null = there is nothing to ask.</summary>
    public Func<CancellationToken, Task<ImmutableArray<DetectedProbe>>>? FindProbesAsync { get; init; }

    /// <summary>The code of this board's key, AG-7F2K-9MXQ.</summary>
    public string Label()
    {
        using var key = home.Key();
        return LabelCode.Of(key.PublicKey);
    }

    /// <summary>Knocks at every hub it finds until one lets it in; who it is then lies in the data folder.</summary>
    public async Task<Membership> JoinAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pause = NobodyPause;
            var hubs = await HubsAsync(home.Earlier?.Pages ?? [], null, cancellationToken);
            foreach (var hub in hubs)
            {
                var (joined, reply) = await KnockAsync(hub, null, null, cancellationToken);
                if (joined is not null)
                {
                    ProvisioningLog.LetIn(logger, joined.Slug, joined.AgentId, joined.HubName, hub.Page);
                    return joined;
                }

                await SayAsync(hub, reply, cancellationToken);
                pause = TimeSpan.FromSeconds(Math.Clamp(reply?.AgainSeconds ?? (int)NobodyPause.TotalSeconds, 1, 60)) is var asked && asked < pause ? asked : pause;
            }

            if (hubs.Count == 0)
            {
                var label = Label();
                SayOnce("nobody", () => ProvisioningLog.NobodyFound(logger, label));
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Shows a typed code to the hubs it finds: who is in, or why not.</summary>
    /// <param name="code">Normalised.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(Membership? Joined, string Trouble)> JoinWithAsync(string code, CancellationToken cancellationToken)
    {
        var trouble = "NOBODY";
        foreach (var hub in await HubsAsync([], null, cancellationToken))
        {
            var (joined, reply) = await KnockAsync(hub, code, null, cancellationToken);
            if (joined is not null)
            {
                return (joined, "");
            }

            // Another hub may be the one that gave the code; what that one says counts most.
            trouble = reply is null ? trouble : reply.Trouble.Length > 0 && reply.Trouble != "TROUBLE_CODE_WRONG" ? reply.Trouble : trouble == "NOBODY" ? "TROUBLE_CODE_WRONG" : trouble;
        }

        return (null, trouble);
    }

    /// <summary>Where the own hub is now; null = not found, or it does not let this agent in.</summary>
    /// <param name="joined">Who it is with that hub.</param>
    /// <param name="isRefused">True where the hub did answer, but not let it in: then it asks for a new token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The membership as it is now; with another AgentId everything has to begin anew.</returns>
    public async Task<Membership?> FindAgainAsync(Membership joined, bool isRefused, CancellationToken cancellationToken)
    {
        if (joined.HubKey.Length == 0)
        {
            // A join file names no key to know the hub by: what it says stays.
            return null;
        }

        foreach (var hub in await HubsAsync(joined.Pages, joined, cancellationToken))
        {
            if (isRefused)
            {
                var (renewed, reply) = await KnockAsync(hub, null, joined, cancellationToken);
                if (renewed is { Token.Length: 0 })
                {
                    ProvisioningLog.Leaves(logger);
                    return renewed;
                }

                if (renewed is not null)
                {
                    ProvisioningLog.LetIn(logger, renewed.Slug, renewed.AgentId, renewed.HubName, hub.Page);
                    return renewed;
                }

                await SayAsync(hub, reply, cancellationToken);
                continue;
            }

            var moved = Reached(joined, hub, hub.Greeting.MqttPort, hub.Greeting.MqttTlsPort, hub.Greeting.AuthorityPem);
            if (moved.HubAddress != joined.HubAddress || moved.Tls != joined.Tls || moved.AuthorityPem != joined.AuthorityPem)
            {
                ProvisioningLog.FoundAgain(logger, moved.HubAddress);
                home.Admit(moved);
            }

            return moved;
        }

        return null;
    }

    /// <summary>Hubs that answer and prove who they are: with a kit or a hub of one's own only that one.</summary>
    private async Task<List<FoundHub>> HubsAsync(IEnumerable<string> known, Membership? own, CancellationToken cancellationToken)
    {
        var only = own?.HubId ?? kit?.HubId;
        var key = own?.HubKey ?? kit?.HubKey;
        ImmutableArray<Uri> pages = told.HubPage.Length > 0 && own is null
            ? [new Uri(told.HubPage)]
            : await search.FindAsync([.. known, .. kit?.Pages ?? [], .. told.HubPage.Length > 0 ? (string[])[told.HubPage] : []], only, cancellationToken);
        var found = new List<FoundHub>();
        foreach (var page in pages)
        {
            if (await caller.GreetAsync(page, cancellationToken) is { } hub && found.TrueForAll(other => other.HubId != hub.HubId)
                && (only is null || (hub.HubId == only && (key is not { Length: > 0 } || Convert.ToBase64String(hub.Greeting.HubKey.Span) == key))))
            {
                found.Add(hub);
                if (only is not null)
                {
                    break;
                }
            }
        }

        return found;
    }

    private async Task<(Membership? Joined, KnockReply? Reply)> KnockAsync(FoundHub hub, string? code, Membership? before, CancellationToken cancellationToken)
    {
        using var key = home.Key();
        using var earlierKey = home.EarlierKey();
        var challenge = hub.Greeting.Challenge.Span;
        var letter = new KnockLetter
        {
            PublicKey = ByteString.CopyFrom(key.PublicKey),
            Challenge = hub.Greeting.Challenge,
            HubId = hub.Greeting.HubId,
            Board = ByteString.CopyFrom(home.Board.Id),
            BoardModel = home.Board.Model,
            SoftwareVersion = version,
            Slug = told.Slug,
            Simulated = told.Simulated,
            Probes = { Probes },
            AgentId = (home.Earlier?.AgentId ?? default).ToByteString(),
            EarlierKey = earlierKey is null ? ByteString.Empty : ByteString.CopyFrom(earlierKey.PublicKey),
        };
        byte[] secret = [];
        if (code is not null)
        {
            secret = LabelCode.KeyOf(code, hub.HubId);
            letter.CodeProof = ByteString.CopyFrom(HMACSHA256.HashData(secret, SealedLetter.ProofText("code", key.PublicKey, challenge)));
        }
        else if (kit is not null && kit.HubId == hub.HubId && kit.Prove(key.PublicKey, challenge) is { } proof)
        {
            letter.KitId = kit.Kit.ToByteString();
            letter.KitProof = ByteString.CopyFrom(proof);
        }

        var text = letter.ToByteArray();
        var reply = await caller.KnockAsync(hub, text, key.Sign(text), earlierKey?.Sign(text) ?? [], cancellationToken);
        if (reply is { State: "STATE_COPIED" })
        {
            home.NewKey();
        }

        // Who does not know the typed code cannot have written the answer to it.
        return reply is { State: "STATE_ACCEPTED" or "STATE_SHUT", SealedLetter.Length: > 0 } && key.TryOpen(reply.SealedLetter, secret) is { } opened
            ? (Take(opened, letter, hub, before), reply)
            : (null, reply);
    }

    /// <summary>Who it is by an opened letter; null where this hub did not write it, or not to this knock. One without an address = it shall leave.</summary>
    private Membership? Take(byte[] opened, KnockLetter asked, FoundHub hub, Membership? before)
    {
        var signed = SignedLetter.Parser.ParseFrom(opened);
        if (!SealedLetter.IsSigned(hub.Greeting.HubKey.Span, SealedLetter.LetterText(asked.PublicKey.Span, asked.Challenge.Span, signed.Letter.Span), signed.Signature.Span))
        {
            return null;
        }

        var letter = JoinLetter.Parser.ParseFrom(signed.Letter);
        if (!Id128.TryRead(letter.AgentId.Span, out var agent))
        {
            return null;
        }

        if (letter.Leave)
        {
            return home.Leave(agent);
        }

        var joined = Reached(
            new Membership
            {
                AgentId = agent,
                Token = letter.Token,
                Slug = letter.Slug,
                HubId = hub.HubId,
                HubName = letter.HubName,
                HubKey = Convert.ToBase64String(hub.Greeting.HubKey.Span),
                Pages = [hub.Page.AbsoluteUri, .. letter.Pages.Where(page => page != hub.Page.AbsoluteUri)],
                Board = home.Board.Hex,

                // A new token is no word about probes: what a person confirmed once stays.
                Sources = before is { Sources.IsEmpty: false } && before.AgentId == agent ? before.Sources : ProbeScan.SourcesOf(letter.Probes),
            },
            hub, letter.MqttPort, letter.MqttTlsPort, letter.AuthorityPem);
        home.Admit(joined);
        return joined;
    }

    /// <summary>MQTT is spoken where the pages answered; with TLS where the hub offers it.</summary>
    private static Membership Reached(Membership joined, FoundHub hub, uint plainPort, uint tlsPort, string authorityPem)
    {
        var port = tlsPort != 0 ? tlsPort : plainPort;
        return port is 0 or > 65535 ? joined : joined with
        {
            HubAddress = new HubEndpoint(hub.Page.Host.Trim('[', ']'), (int)port).ToString(),
            Tls = tlsPort != 0,
            AuthorityPem = authorityPem,
            Pages = joined.Pages.Contains(hub.Page.AbsoluteUri) ? joined.Pages : joined.Pages.Insert(0, hub.Page.AbsoluteUri),
        };
    }

    private async Task SayAsync(FoundHub hub, KnockReply? reply, CancellationToken cancellationToken)
    {
        if (reply is { BlinkSeconds: > 0 })
        {
            var label = LabelCode.FirstPart(Label());
            ProvisioningLog.Blinking(logger, label);
            await light.BlinkAsync(BlinkStep, cancellationToken);
        }

        if (reply is { FindProbes: true } && FindProbesAsync is { } find)
        {
            Probes = await find(cancellationToken);
        }

        if (reply is null)
        {
            SayOnce($"{hub.HubId} no answer", () => ProvisioningLog.NoAnswer(logger, hub.Page));
        }
        else
        {
            SayOnce($"{hub.HubId} {reply.State} {reply.Trouble}", () => Tell(hub, reply));
        }
    }

    private void Tell(FoundHub hub, KnockReply reply)
    {
        if (reply.Trouble.Length > 0)
        {
            ProvisioningLog.KitTrouble(logger, reply.Trouble, hub.Page);
        }

        var label = Label();
        switch (reply.State)
        {
            case "STATE_WAITING":
                ProvisioningLog.Waiting(logger, hub.Greeting.HubName, hub.Page, label);
                break;
            case "STATE_SHUT":
                ProvisioningLog.Shut(logger, hub.Page, label);
                break;
            case "STATE_REFUSED":
                ProvisioningLog.Refused(logger, hub.Page);
                break;
            case "STATE_COPIED":
                ProvisioningLog.Copied(logger);
                break;
            default:
                ProvisioningLog.NoAnswer(logger, hub.Page);
                break;
        }
    }

    private void SayOnce(string what, Action say)
    {
        if (said != what)
        {
            said = what;
            say();
        }
    }
}
