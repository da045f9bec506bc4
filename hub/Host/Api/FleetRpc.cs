using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Hub.Updating;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.FleetService: who is there, how well, and whose word is taken. Thin.</summary>
internal sealed class FleetRpc(FleetBook fleet, AgentWire agents, AuditLog audit, HubClock clock, AgentCommandDoor commands, SettingsBook settings, PackageShelf packages, UpdateRound round) : V1.FleetService.FleetServiceBase
{
    private const long IdentifySeconds = 10;

    [Authorize(Policies.Read)]
    public override Task<ListAgentsResponse> ListAgents(ListAgentsRequest request, ServerCallContext context)
    {
        var response = new ListAgentsResponse();
        response.Agents.AddRange(fleet.Current.Agents.Select(agents.Of));
        return Task.FromResult(response);
    }

    [Authorize(Policies.Read)]
    public override Task<GetAgentResponse> GetAgent(GetAgentRequest request, ServerCallContext context) =>
        Task.FromResult(new GetAgentResponse { Agent = agents.Of(agents.Find(request.Name)) });

    [Authorize(Policies.Admin)]
    public override Task<EnrolAgentResponse> EnrolAgent(EnrolAgentRequest request, ServerCallContext context)
    {
        Enrolment enrolment = fleet.Enrol(request.Slug);
        AgentWire.Refuse(enrolment.Refusal, request.Slug, request.Slug);
        audit.Add(Caller.Who(context), "agent.enrol", $"agents/{enrolment.Agent!.Id}");
        return Task.FromResult(new EnrolAgentResponse { Agent = agents.Of(enrolment.Agent!), Token = enrolment.Token });
    }

    [Authorize(Policies.Admin)]
    public override Task<AdoptAgentResponse> AdoptAgent(AdoptAgentRequest request, ServerCallContext context)
    {
        FleetAgent agent = agents.Find(request.Name);
        AgentWire.Refuse(fleet.Adopt(agent.Id, request.Slug), request.Name, request.Slug);
        audit.Add(Caller.Who(context), "agent.adopt", request.Name);
        return Task.FromResult(new AdoptAgentResponse { Agent = agents.Of(agents.Find(request.Name)) });
    }

    [Authorize(Policies.Admin)]
    public override async Task<IdentifyAgentResponse> IdentifyAgent(IdentifyAgentRequest request, ServerCallContext context)
    {
        FleetAgent agent = agents.Find(request.Name);
        var command = new Wire.V1.Command
        {
            Id = Id128.New().ToByteString(),
            DeadlineBoot = clock.BootId.ToByteString(),
            DeadlineTUs = clock.NowUs() + (IdentifySeconds * 1_000_000),
            Identify = new Wire.V1.Identify { ForSeconds = (uint)IdentifySeconds },
        };
        if (!fleet.PresenceOf(agent.Id).Online || !await commands.SendAsync(agent.Id, command, context.CancellationToken))
        {
            throw Rpc.FailedPrecondition("OFFLINE", request.Name, "the agent is not connected or does not take commands", "Máy đo chưa kết nối, hoặc không nhận lệnh");
        }

        return new IdentifyAgentResponse();
    }

    [Authorize(Policies.Admin)]
    public override Task<GetAgentSettingsResponse> GetAgentSettings(GetAgentSettingsRequest request, ServerCallContext context) =>
        Task.FromResult(new GetAgentSettingsResponse { Settings = SettingsWire.Of(settings.Of(agents.Find(request.Name).Id)) });

    [Authorize(Policies.Admin)]
    public override async Task<SetAgentSettingsResponse> SetAgentSettings(SetAgentSettingsRequest request, ServerCallContext context)
    {
        FleetAgent agent = agents.Find(request.Name);
        MustBeSettable(agent, request.Name);
        return new SetAgentSettingsResponse { Settings = await SetAsync(agent, request.FromRevision, SettingsWire.From(request), "agent.set", context) };
    }

    [Authorize(Policies.Admin)]
    public override async Task<SetAgentMeasuringResponse> SetAgentMeasuring(SetAgentMeasuringRequest request, ServerCallContext context)
    {
        FleetAgent agent = agents.Find(request.Name);
        SettingsContent shown = MustBeSettable(agent, request.Name);
        return new SetAgentMeasuringResponse
        {
            Settings = await SetAsync(agent, settings.Of(agent.Id).Revision, shown with { Measuring = request.Measuring }, request.Measuring ? "agent.start" : "agent.stop", context),
        };
    }

    [Authorize(Policies.Admin)]
    public override async Task<FindAgentProbesResponse> FindAgentProbes(FindAgentProbesRequest request, ServerCallContext context)
    {
        FleetAgent agent = agents.Find(request.Name);
        if (!fleet.PresenceOf(agent.Id).Online || await settings.FindProbesAsync(agent.Id, context.CancellationToken) is not { } answer)
        {
            throw Rpc.FailedPrecondition("OFFLINE", request.Name, "the agent is not connected or does not take commands", "Máy đo chưa kết nối, hoặc không nhận lệnh");
        }

        if (!answer.Ok)
        {
            throw Rpc.FailedPrecondition("REFUSED", request.Name, answer.Error, answer.ErrorVi.Length > 0 ? answer.ErrorVi : answer.Error);
        }

        audit.Add(Caller.Who(context), "agent.find_probes", request.Name);
        return new FindAgentProbesResponse();
    }

    [Authorize(Policies.Admin)]
    public override Task<GetAgentUpdatesResponse> GetAgentUpdates(GetAgentUpdatesRequest request, ServerCallContext context)
    {
        var response = new GetAgentUpdatesResponse { Running = round.IsRunning, Folder = packages.Folder, Updates = { Steps() } };
        response.Packages.AddRange(packages.All().Select(package => new V1.AgentPackage { Version = package.Version, Platform = package.Platform, SizeBytes = package.SizeBytes, Sha256 = Convert.ToHexStringLower(package.Sha256) }));
        response.Behind.AddRange(fleet.Current.Agents.Where(agent => round.PackageFor(agent) is not null).Select(agent => $"agents/{agent.Id}"));
        return Task.FromResult(response);
    }

    [Authorize(Policies.Admin)]
    public override Task<UpdateAgentsResponse> UpdateAgents(UpdateAgentsRequest request, ServerCallContext context)
    {
        IReadOnlyList<FleetAgent> chosen = request.Names.Count > 0 ? [.. request.Names.Select(agents.Find)] : fleet.Current.Agents;
        if (!round.Begin(chosen))
        {
            throw Rpc.FailedPrecondition(
                "NOTHING_TO_UPDATE", "agents", round.IsRunning ? "agents are being updated: wait until that is done" : "no connected agent has anything to get: put packages into the folder agent-packages of the hub's data folder",
                round.IsRunning ? "Đang cập nhật các máy đo; hãy đợi xong" : "Không máy đo nào đang kết nối có gì để nhận; hãy đặt gói vào thư mục agent-packages trong thư mục dữ liệu của trạm");
        }

        audit.Add(Caller.Who(context), "agent.update", string.Join(' ', round.Steps.Select(step => $"agents/{step.Agent}")));
        return Task.FromResult(new UpdateAgentsResponse { Updates = { Steps() } });
    }

    private IEnumerable<V1.AgentUpdate> Steps() => round.Steps.Select(step => new V1.AgentUpdate
    {
        Agent = $"agents/{step.Agent}",
        Slug = fleet.Current.TryFind(step.Agent, out FleetAgent? agent) ? agent.Slug : "",
        Version = step.Version,
        State = (V1.AgentUpdate.Types.State)step.State,
        En = step.En,
        Vi = step.Vi,
    });

    /// <summary>What the agent is set to; a refusal where it is not ours to change.</summary>
    private SettingsContent MustBeSettable(FleetAgent agent, string name) => settings.Of(agent.Id) is { Kinds.IsEmpty: false, Shown: { } shown }
        ? shown
        : throw Rpc.FailedPrecondition(
            "NOT_SETTABLE", name, "this agent cannot be set from here: it has not been here since the hub started, is a maker's device, runs inside another program, or its program is of another version",
            "Không đặt được máy này từ đây: nó chưa kết nối từ khi trạm khởi động, là thiết bị tự làm, chạy trong chương trình khác, hoặc chương trình của nó khác phiên bản");

    private async Task<V1.AgentSettings> SetAsync(FleetAgent agent, ulong fromRevision, SettingsContent content, string action, ServerCallContext context)
    {
        if (settings.Want(agent.Id, fromRevision, content) is null)
        {
            throw Rpc.Refused(Google.Rpc.Code.Aborted, "CHANGED_MEANWHILE", "the settings were changed meanwhile: look at them again, then change them", "Cài đặt vừa được người khác đổi; hãy xem lại rồi sửa tiếp");
        }

        audit.Add(Caller.Who(context), action, $"agents/{agent.Id}");
        if (fleet.PresenceOf(agent.Id).Online)
        {
            await settings.DeliverAsync(agent.Id, context.CancellationToken);
        }

        return SettingsWire.Of(settings.Of(agent.Id));
    }
}
