using System.Net;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using StemLab.Hub.Access;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Enrolling;

/// <summary>Decides about boards that knock: who is let in at once (a typed code, a kit, an agent that lost its token), who waits for a person, who is a copy. Safe from any thread.</summary>
internal sealed class Enroller(FleetBook fleet, KnockBook knocks, JoinCodeBook codes, KitBook kits, Challenges challenges, HubKey key, HubDoors doors, WrongCodes wrongCodes, SetupState setup, AuditLog audit, HubClock clock)
{
    /// <summary>Most bytes of a letter.</summary>
    public const int MostLetterBytes = 16 * 1024;

    private const int MostProbes = 32;
    private const int LongestWord = 64;
    private const int BoardBytes = 32;
    private static readonly TimeSpan BlinkTime = TimeSpan.FromSeconds(15);

    /// <summary>One key's letters are taken one after the other, so that nothing is given out twice.</summary>
    private readonly Lock _gate = new();

    /// <summary>Who this hub is, and a challenge; signed.</summary>
    /// <param name="nonce">The asker's.</param>
    /// <param name="isLoopback">True where the asker sits on this machine.</param>
    public (byte[] Greeting, byte[] Signature) Greet(ReadOnlySpan<byte> nonce, bool isLoopback)
    {
        var (mqtt, tls) = doors.MqttPorts(isLoopback);
        var greeting = new HubGreeting
        {
            Nonce = ByteString.CopyFrom(nonce),
            HubId = clock.HubId.ToByteString(),
            HubName = setup.SchoolName,
            HubKey = ByteString.CopyFrom(key.PublicKey),
            Challenge = ByteString.CopyFrom(challenges.Current),
            MqttPort = (uint)mqtt,
            MqttTlsPort = (uint)tls,
            AuthorityPem = doors.AuthorityPem,
        }.ToByteArray();
        return (greeting, key.Sign(greeting));
    }

    /// <summary>Takes a letter; null where it is none, or its signature does not hold.</summary>
    /// <param name="letter">As signed.</param>
    /// <param name="signature">With the key in it.</param>
    /// <param name="earlierSignature">With the earlier key in it; may be empty.</param>
    /// <param name="address">Where it came from.</param>
    /// <param name="isLoopback">True where that is this machine.</param>
    public KnockAnswer? Take(ReadOnlyMemory<byte> letter, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> earlierSignature, string address, bool isLoopback)
    {
        if (Read(letter, signature) is not { } read)
        {
            return null;
        }

        if (!challenges.IsFresh(read.Challenge.Span))
        {
            return new KnockAnswer(KnockState.Stale, "") { AgainSeconds = 0 };
        }

        lock (_gate)
        {
            return Decide(read, CopyOf(read, letter.Span, earlierSignature), address, isLoopback);
        }
    }

    /// <summary>A person lets a waiting board in.</summary>
    /// <param name="id">Of the knock.</param>
    /// <param name="slug">Its label; null = it goes on as the agent it was.</param>
    /// <param name="chosen">Which of its probes it measures, by place; null = all.</param>
    /// <param name="agent">Who it is now; null unless the result is None.</param>
    public FleetRefusal Accept(string id, string? slug, IReadOnlyCollection<int>? chosen, out FleetAgent? agent)
    {
        agent = null;
        lock (_gate)
        {
            if (knocks.Find(id) is not { State: KnockState.Waiting or KnockState.Shut } knock)
            {
                return FleetRefusal.UnknownAgent;
            }

            // Whose key it shows, it is; a copy goes on only where a person says that the board was replaced.
            var existing = knock.ShutAgent ?? (slug is null ? knock.CopyOf : knock.MovesHere);
            slug ??= existing is { } of && fleet.Current.TryFind(of, out var was) ? was.Slug : "";
            var probes = knock.Letter.Probes.Where((_, i) => chosen is null || chosen.Contains(i));
            return Admit(knock, slug, existing, probes, [], out agent);
        }
    }

    /// <summary>A person refuses it; false when it is not waiting any more.</summary>
    public bool Refuse(string id) => knocks.Change(id, knock => knock.Agent is null ? knock with { State = KnockState.Refused } : knock) is { State: KnockState.Refused };

    /// <summary>It shall blink when it asks next; false when it is not waiting any more.</summary>
    public bool Blink(string id) => knocks.Change(id, knock => knock with { BlinkUntilUs = clock.NowUs() + (long)BlinkTime.TotalMicroseconds }) is not null;

    /// <summary>It shall ask its buses, once; false when it is not waiting any more.</summary>
    public bool FindProbes(string id) => knocks.Change(id, knock => knock with { IsToFindProbes = true, IsFindingProbes = true }) is not null;

    /// <summary>A free label for a waiting board: the one it asks for, else its code.</summary>
    public string ProposeSlug(Knock knock)
    {
        var wish = Slug.IsValid(knock.Letter.Slug) && knock.Letter.Slug != "agent" ? knock.Letter.Slug : LabelCode.FirstPart(knock.Code);
        return Slug.From(wish, taken => fleet.Current.TryFindBySlug(taken, out _));
    }

    /// <summary>The letter, cut to what is kept of it; null where anything is out of form.</summary>
    private KnockLetter? Read(ReadOnlyMemory<byte> bytes, ReadOnlySpan<byte> signature)
    {
        KnockLetter letter;
        try
        {
            letter = bytes.Length > MostLetterBytes ? new KnockLetter() : KnockLetter.Parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }

        if (!Id128.TryRead(letter.HubId.Span, out var hub) || hub != clock.HubId || letter.Board.Length != BoardBytes || letter.Probes.Count > MostProbes
            || !SealedLetter.IsSigned(letter.PublicKey.Span, bytes.Span, signature))
        {
            return null;
        }

        letter.BoardModel = Clip(letter.BoardModel);
        letter.SoftwareVersion = Clip(letter.SoftwareVersion);
        foreach (var probe in letter.Probes)
        {
            (probe.Kind, probe.Serial, probe.Description) = (Clip(probe.Kind), Clip(probe.Serial), Clip(probe.Description));
        }

        return letter;
    }

    private FleetAgent? CopyOf(KnockLetter letter, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        letter.EarlierKey.Length > 0 && SealedLetter.IsSigned(letter.EarlierKey.Span, bytes, signature) ? fleet.FindByKey(Convert.ToBase64String(letter.EarlierKey.Span)) : null;

    /// <summary>Under _gate.</summary>
    private KnockAnswer Decide(KnockLetter letter, FleetAgent? copyOf, string address, bool isLoopback)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(letter.PublicKey.Span).AsSpan(0, 8));
        var before = knocks.Find(id);
        var known = fleet.FindByKey(Convert.ToBase64String(letter.PublicKey.Span));
        var board = Convert.ToHexStringLower(letter.Board.Span);
        if (known is not null && known.Board.Length > 0 && known.Board != board)
        {
            return new KnockAnswer(KnockState.Copied, known.LabelCode) { AgainSeconds = 0 };
        }

        if (before is { State: KnockState.Accepted, Agent: { } admitted, Told: { } told } && fleet.Holds(admitted, before.Ticket))
        {
            // The same answer again, to the challenge of this letter; a second token would shut out whoever has the first.
            before = before with { Letter = letter, LastUs = clock.NowUs(), Sealed = Seal(letter, told, before.Secret) };
            knocks.Put(before);
            return Answer(before, isLoopback);
        }

        var nowUs = clock.NowUs();
        var knock = new Knock
        {
            Id = id,
            Code = before?.Code ?? (known is { LabelCode.Length: > 0 } ? known.LabelCode : LabelCode.Of(letter.PublicKey.Span)),
            Letter = letter,
            Address = address,
            State = before?.State is KnockState.Refused ? KnockState.Refused : known is null or { Standing: AgentStanding.Active } ? KnockState.Waiting : KnockState.Shut,
            FirstUs = before?.FirstUs ?? nowUs,
            LastUs = nowUs,
            BlinkUntilUs = before?.BlinkUntilUs ?? 0,
            IsToFindProbes = before?.IsToFindProbes ?? false,

            // It was told with the answer before this letter: what the letter lists is what it found.
            IsFindingProbes = before is { IsFindingProbes: true, IsToFindProbes: true },
            CopyOf = copyOf?.Id,
            ShutAgent = known is null or { Standing: AgentStanding.Active } ? null : known.Id,
            MovesHere = copyOf is null && known is null && Id128.TryRead(letter.AgentId.Span, out var was) && !fleet.Current.IsKnown(new AgentId(was.Value)) ? new AgentId(was.Value) : null,
        };
        if (knock.State == KnockState.Refused)
        {
            return Answer(knock, isLoopback);
        }

        if (known is { Standing: AgentStanding.Active })
        {
            // Nobody else can open what is sealed to its key: it has lost its token, or was told to fetch another.
            Admit(knock, known.Slug, known.Id, letter.Probes, [], out _);
            audit.Add("hub", "agent.token", $"agents/{known.Id}");
            return Answer(knocks.Find(id) ?? knock, isLoopback);
        }

        if (known is { Standing: AgentStanding.Transferred })
        {
            var leave = new JoinLetter { AgentId = new Id128(known.Id.Value).ToByteString(), HubId = letter.HubId, HubKey = ByteString.CopyFrom(key.PublicKey), Leave = true };
            knock = knock with { Sealed = Seal(letter, leave, []) };
        }

        if (knock is { State: KnockState.Waiting, CopyOf: null } && LetInAlone(knock) is { } alone)
        {
            return Answer(alone, isLoopback);
        }

        knock = knock with { Trouble = before?.Trouble ?? KnockTrouble.None };
        knocks.Put(knock);
        return Answer(knock, isLoopback);
    }

    /// <summary>Lets in who shows a code or a kit; null where it shows neither, or neither helps: then it waits with the reason.</summary>
    private Knock? LetInAlone(Knock knock)
    {
        var letter = knock.Letter;
        var trouble = KnockTrouble.None;
        byte[]? codeKey = null;
        var who = "";
        if (letter.CodeProof.Length > 0)
        {
            var from = IPAddress.TryParse(knock.Address, out var address) ? address : IPAddress.Loopback;
            trouble = wrongCodes.WaitOf(from) > TimeSpan.Zero ? KnockTrouble.TooManyTries
                : codes.Use(letter.CodeProof.Span, letter.PublicKey.Span, letter.Challenge.Span, out codeKey);
            if (trouble == KnockTrouble.CodeWrong)
            {
                wrongCodes.Count(from);
            }

            who = "code";
        }
        else if (Id128.TryRead(letter.KitId.Span, out var kit))
        {
            trouble = kits.Use(kit, letter.KitProof.Span, letter.PublicKey.Span, letter.Challenge.Span);
            who = $"kit:{kit.ToString()[..8]}";
        }
        else
        {
            return null;
        }

        if (trouble != KnockTrouble.None)
        {
            knock = knock with { Trouble = trouble };
            knocks.Put(knock);
            return knock;
        }

        Admit(knock, ProposeSlug(knock), knock.MovesHere, letter.Probes, codeKey ?? [], out var agent);
        audit.Add(who, "agent.enrol", agent is null ? "" : $"agents/{agent.Id}");
        return knocks.Find(knock.Id) ?? knock;
    }

    private FleetRefusal Admit(Knock knock, string slug, AgentId? existing, IEnumerable<DetectedProbe> probes, byte[] secret, out FleetAgent? agent)
    {
        var shown = new AgentKey(Convert.ToBase64String(knock.Letter.PublicKey.Span), Convert.ToHexStringLower(knock.Letter.Board.Span), knock.Code);
        var enrolment = fleet.Enrol(slug, existing, shown);
        agent = enrolment.Agent;
        if (enrolment.Agent is null)
        {
            return enrolment.Refusal;
        }

        var letter = new JoinLetter
        {
            AgentId = new Id128(enrolment.Agent.Id.Value).ToByteString(),
            Token = enrolment.Token,
            Slug = enrolment.Agent.Slug,
            HubId = clock.HubId.ToByteString(),
            HubName = setup.SchoolName,
            HubKey = ByteString.CopyFrom(key.PublicKey),
            AuthorityPem = doors.AuthorityPem,
            Pages = { doors.Pages },
            Probes = { probes },
        };
        var (mqtt, tls) = doors.MqttPorts(knock.Address == HubDoors.ThisMachine);
        (letter.MqttPort, letter.MqttTlsPort) = ((uint)mqtt, (uint)tls);
        fleet.TryAuthenticate(enrolment.Token!, out _, out var ticket);
        knocks.Put(knock with
        {
            State = KnockState.Accepted,
            Agent = enrolment.Agent.Id,
            Sealed = Seal(knock.Letter, letter, secret),
            Ticket = ticket,
            Told = letter,
            Secret = secret,
        });
        return FleetRefusal.None;
    }

    private byte[] Seal(KnockLetter to, JoinLetter letter, byte[] secret)
    {
        var text = letter.ToByteArray();
        var signature = key.Sign(SealedLetter.LetterText(to.PublicKey.Span, to.Challenge.Span, text));
        return SealedLetter.Seal(to.PublicKey.Span, new SignedLetter { Letter = ByteString.CopyFrom(text), Signature = ByteString.CopyFrom(signature) }.ToByteArray(), secret);
    }

    private KnockAnswer Answer(Knock knock, bool isLoopback)
    {
        var blinkUs = knock.BlinkUntilUs - clock.NowUs();
        if (knock.IsToFindProbes)
        {
            knocks.Change(knock.Id, told => told with { IsToFindProbes = false });
        }

        // The more wait, the less often each asks: a hall of boards behind one address stays below its bound.
        var waiting = isLoopback ? 1 : knocks.Waiting.Length;
        return new KnockAnswer(knock.State, knock.Code)
        {
            Trouble = knock.Trouble,
            Sealed = knock.Sealed,
            AgainSeconds = knock.State == KnockState.Waiting ? Math.Clamp(waiting, 2, 30) : 30,
            BlinkSeconds = blinkUs > 0 ? (int)(blinkUs / 1_000_000) + 1 : 0,
            FindProbes = knock.IsToFindProbes,
        };
    }

    private static string Clip(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, LongestWord));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > LongestWord)
            {
                break;
            }

            if (!Rune.IsControl(rune))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }
}
