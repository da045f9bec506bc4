using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using StemLab.Hub.Access;
using StemLab.Hub.Enrolling;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.EnrolmentService: who is let in, and who is not any more. Thin.</summary>
internal sealed class EnrolmentRpc(
    Enroller enroller, KnockBook knocks, KitBook kits, JoinCodeBook codes, HubDoors doors, FleetBook fleet, TriedBook tried, AgentWire agents, AuditLog audit, HubClock clock)
    : EnrolmentService.EnrolmentServiceBase
{
    private const string KnockType = "stemlab.dev/Knock";
    private const string KitType = "stemlab.dev/Kit";
    private const string TopicOfMakers = "lab/";
    private const int LeastNonce = 16;
    private const int MostNonce = 64;
    private const int DayHours = 24;

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<GreetResponse> Greet(GreetRequest request, ServerCallContext context)
    {
        if (request.Nonce.Length is < LeastNonce or > MostNonce)
        {
            throw Rpc.InvalidArgument("nonce", $"has {request.Nonce.Length} bytes; expected {LeastNonce} to {MostNonce} random ones");
        }

        var (greeting, signature) = enroller.Greet(request.Nonce.Span, IsLoopback(context));
        return Task.FromResult(new GreetResponse { Greeting = ByteString.CopyFrom(greeting), Signature = ByteString.CopyFrom(signature) });
    }

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<KnockResponse> Knock(KnockRequest request, ServerCallContext context)
    {
        var isLoopback = IsLoopback(context);
        var address = isLoopback ? HubDoors.ThisMachine : context.GetHttpContext().Connection.RemoteIpAddress?.ToString() ?? "";
        var answer = enroller.Take(request.Letter.Memory, request.Signature.Span, request.EarlierSignature.Span, address, isLoopback)
            ?? throw Rpc.InvalidArgument("letter", "cannot be read, is for another hub, or its signature does not hold");
        return Task.FromResult(new KnockResponse
        {
            State = (KnockResponse.Types.State)(answer.State + 1),
            Trouble = (KnockResponse.Types.Trouble)answer.Trouble,
            LabelCode = answer.Code,
            SealedLetter = answer.Sealed is null ? ByteString.Empty : ByteString.CopyFrom(answer.Sealed),
            AgainSeconds = answer.AgainSeconds,
            BlinkSeconds = answer.BlinkSeconds,
            FindProbes = answer.FindProbes,
        });
    }

    [Authorize(Policies.Admin)]
    public override Task<ListKnocksResponse> ListKnocks(ListKnocksRequest request, ServerCallContext context)
    {
        var waiting = knocks.Waiting;
        var shared = waiting.GroupBy(knock => LabelCode.FirstPart(knock.Code)).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        var response = new ListKnocksResponse { TurnedAway = knocks.TurnedAway };
        response.Knocks.AddRange(waiting.Select(knock => Wire(knock, shared.Contains(LabelCode.FirstPart(knock.Code)))));
        return Task.FromResult(response);
    }

    [Authorize(Policies.Admin)]
    public override Task<AcceptKnockResponse> AcceptKnock(AcceptKnockRequest request, ServerCallContext context)
    {
        var id = IdOf(request.Name);
        IReadOnlyCollection<int>? chosen = request.NoProbes ? [] : request.Probes.Count > 0 ? request.Probes : null;
        var refusal = enroller.Accept(id, request.GoesOn ? null : request.Slug, chosen, out var agent);
        if (refusal == FleetRefusal.UnknownAgent)
        {
            throw Rpc.NotFound(KnockType, request.Name);
        }

        AgentWire.Refuse(refusal, request.Name, request.Slug);
        audit.Add(Caller.Who(context), request.GoesOn ? "agent.replace_board" : "agent.accept", $"agents/{agent!.Id}");
        return Task.FromResult(new AcceptKnockResponse { Agent = agents.Of(agent) });
    }

    [Authorize(Policies.Admin)]
    public override Task<RefuseKnockResponse> RefuseKnock(RefuseKnockRequest request, ServerCallContext context)
    {
        if (!enroller.Refuse(IdOf(request.Name)))
        {
            throw Rpc.NotFound(KnockType, request.Name);
        }

        audit.Add(Caller.Who(context), "agent.refuse", request.Name);
        return Task.FromResult(new RefuseKnockResponse());
    }

    [Authorize(Policies.Admin)]
    public override Task<BlinkKnockResponse> BlinkKnock(BlinkKnockRequest request, ServerCallContext context) =>
        enroller.Blink(IdOf(request.Name)) ? Task.FromResult(new BlinkKnockResponse()) : throw Rpc.NotFound(KnockType, request.Name);

    [Authorize(Policies.Admin)]
    public override Task<FindKnockProbesResponse> FindKnockProbes(FindKnockProbesRequest request, ServerCallContext context) =>
        enroller.FindProbes(IdOf(request.Name)) ? Task.FromResult(new FindKnockProbesResponse()) : throw Rpc.NotFound(KnockType, request.Name);

    [Authorize(Policies.Admin)]
    public override Task<CreateKitResponse> CreateKit(CreateKitRequest request, ServerCallContext context)
    {
        var hours = request.Hours == 0 ? DayHours : request.Hours;
        var violations = new List<(string, string)>();
        if (request.Agents is < 1 or > KitBook.MostAgents)
        {
            violations.Add(("agents", $"is {request.Agents}; expected 1 to {KitBook.MostAgents}"));
        }

        if (hours is < 1 or > KitBook.MostHours)
        {
            violations.Add(("hours", $"is {hours}; expected 1 to {KitBook.MostHours}"));
        }

        if (violations.Count > 0)
        {
            throw Rpc.InvalidArgument(violations);
        }

        var (kit, privateKey) = kits.Make(request.Agents, TimeSpan.FromHours(hours));
        audit.Add(Caller.Who(context), "kit.create", $"kits/{kit.Id}");
        return Task.FromResult(new CreateKitResponse { Kit = Wire(kit), File = doors.KitFile(kit, privateKey) });
    }

    [Authorize(Policies.Admin)]
    public override Task<ListKitsResponse> ListKits(ListKitsRequest request, ServerCallContext context)
    {
        var response = new ListKitsResponse();
        response.Kits.AddRange(kits.Kits.Select(Wire));
        return Task.FromResult(response);
    }

    [Authorize(Policies.Admin)]
    public override Task<WithdrawKitResponse> WithdrawKit(WithdrawKitRequest request, ServerCallContext context)
    {
        const string Prefix = "kits/";
        if (!request.Name.StartsWith(Prefix, StringComparison.Ordinal) || !Id128.TryParse(request.Name.AsSpan(Prefix.Length), out var id) || !kits.Withdraw(id))
        {
            throw Rpc.NotFound(KitType, request.Name);
        }

        audit.Add(Caller.Who(context), "kit.withdraw", request.Name);
        return Task.FromResult(new WithdrawKitResponse());
    }

    [Authorize(Policies.Admin)]
    public override Task<CreateJoinCodeResponse> CreateJoinCode(CreateJoinCodeRequest request, ServerCallContext context)
    {
        var code = codes.Make();
        audit.Add(Caller.Who(context), "code.create", "");
        return Task.FromResult(new CreateJoinCodeResponse { Code = $"{code[..4]}-{code[4..]}", ExpiresInUs = (long)JoinCodeBook.Life.TotalMicroseconds });
    }

    [Authorize(Policies.Admin)]
    public override Task<ListTriedDevicesResponse> ListTriedDevices(ListTriedDevicesRequest request, ServerCallContext context)
    {
        var response = new ListTriedDevicesResponse();
        var nowUs = clock.NowUs();
        response.Devices.AddRange(tried.Devices.Select(device => new V1.TriedDevice
        {
            Topic = device.Topic,
            LastAgeUs = nowUs - device.LastUs,
            Times = device.Times,
            Agent = fleet.Current.Agents.FirstOrDefault(agent => agent.Foreign && agent.Topic == device.Topic) is { } known ? $"agents/{known.Id}" : "",
        }));
        return Task.FromResult(response);
    }

    [Authorize(Policies.Admin)]
    public override Task<AddMakerResponse> AddMaker(AddMakerRequest request, ServerCallContext context)
    {
        var topic = request.Topic.Length > 0 ? request.Topic : TopicOfMakers + request.Slug;
        var added = fleet.AddMaker(request.Slug, Encoding.UTF8.GetByteCount(topic) > 256 ? "" : topic);
        AgentWire.Refuse(added.Refusal, topic, request.Slug);
        tried.Forget(topic);
        audit.Add(Caller.Who(context), "maker.add", $"agents/{added.Agent!.Id}");
        return Task.FromResult(new AddMakerResponse { Agent = agents.Of(added.Agent), Token = added.Token, Topic = topic });
    }

    [Authorize(Policies.Admin)]
    public override Task<RotateTokenResponse> RotateToken(RotateTokenRequest request, ServerCallContext context)
    {
        var agent = agents.Find(request.Name);
        if (agent.Standing != AgentStanding.Active)
        {
            throw Rpc.FailedPrecondition("NOT_ACTIVE", request.Name, "it is not let in at all: take it back in first", "Máy này đang không được vào; hãy cho vào lại trước");
        }

        if (agent.Unclaimed)
        {
            throw Rpc.FailedPrecondition("UNCLAIMED", request.Name, "nobody has adopted this device yet: adopt it first", "Chưa ai nhận thiết bị này; hãy nhận trước");
        }

        audit.Add(Caller.Who(context), "agent.rotate_token", request.Name);
        if (agent.PublicKey.Length > 0)
        {
            // It fetches the new one itself, sealed to its key.
            fleet.Expire(agent.Id);
            return Task.FromResult(new RotateTokenResponse { Agent = agents.Of(agents.Find(request.Name)) });
        }

        // A device that an open hub let in under its topic shows a token from now on; another may stand above or below.
        var renewed = agent.Foreign ? fleet.AddMaker(agent.Slug, agent.Topic) : fleet.Renew(agent.Id);
        AgentWire.Refuse(renewed.Refusal, request.Name, agent.Slug);
        return Task.FromResult(new RotateTokenResponse { Agent = agents.Of(renewed.Agent!), Token = renewed.Token, Topic = agent.Topic });
    }

    [Authorize(Policies.Admin)]
    public override Task<SetStandingResponse> SetStanding(SetStandingRequest request, ServerCallContext context)
    {
        var agent = agents.Find(request.Name);
        if (request.Standing is not (Agent.Types.Standing.Active or Agent.Types.Standing.Revoked or Agent.Types.Standing.Retired or Agent.Types.Standing.Transferred))
        {
            throw Rpc.InvalidArgument("standing", "expected STANDING_ACTIVE, STANDING_REVOKED, STANDING_RETIRED or STANDING_TRANSFERRED");
        }

        fleet.SetStanding(agent.Id, (AgentStanding)request.Standing);
        audit.Add(Caller.Who(context), $"agent.{request.Standing.ToString().ToLowerInvariant()}", request.Name);
        return Task.FromResult(new SetStandingResponse { Agent = agents.Of(agents.Find(request.Name)) });
    }

    private static string IdOf(string name)
    {
        const string Prefix = "knocks/";
        return name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : throw Rpc.InvalidArgument("name", "expected knocks/{16 hex}");
    }

    private static bool IsLoopback(ServerCallContext context) => context.GetHttpContext().Connection.RemoteIpAddress is not { } remote || IPAddress.IsLoopback(remote);

    private Knocking Wire(Knock knock, bool isShared)
    {
        var nowUs = clock.NowUs();
        var wire = new Knocking
        {
            Name = $"knocks/{knock.Id}",
            LabelCode = isShared ? knock.Code : LabelCode.FirstPart(knock.Code),
            IsCodeShared = isShared,
            BoardModel = knock.Letter.BoardModel,
            SoftwareVersion = knock.Letter.SoftwareVersion,
            Simulated = knock.Letter.Simulated,
            ProposedSlug = enroller.ProposeSlug(knock),
            WaitingUs = nowUs - knock.FirstUs,
            LastAgeUs = nowUs - knock.LastUs,
            CopyOf = knock.CopyOf is { } copy ? $"agents/{copy}" : "",
            CopyOfSlug = SlugOf(knock.CopyOf ?? knock.ShutAgent),
            MovesHere = knock.MovesHere is not null,
            Trouble = (KnockResponse.Types.Trouble)knock.Trouble,
            FindingProbes = knock.IsFindingProbes,
            ShutAgent = knock.ShutAgent is { } shut ? $"agents/{shut}" : "",
        };
        wire.Probes.AddRange(knock.Letter.Probes.Select(probe => new V1.DetectedProbe
        {
            Kind = probe.Kind,
            Bus = probe.Bus,
            Address = probe.Address,
            Serial = probe.Serial,
            Description = probe.Description,
        }));
        return wire;
    }

    private string SlugOf(AgentId? id) => id is { } known && fleet.Current.TryFind(known, out var agent) ? agent.Slug : "";

    private V1.Kit Wire(Enrolling.Kit kit)
    {
        var wire = new V1.Kit { Name = $"kits/{kit.Id}", Agents = kit.Agents, Used = kit.Used, Withdrawn = kit.IsWithdrawn };
        if (kits.LeftUs(kit) is { } left)
        {
            wire.ExpiresInUs = left;
        }

        return wire;
    }
}
