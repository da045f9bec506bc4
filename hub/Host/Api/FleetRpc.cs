using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.FleetService: who is there, how well, and whose word is taken. Thin.</summary>
internal sealed class FleetRpc(FleetBook fleet, AgentWire agents, AuditLog audit, HubClock clock, AgentCommandDoor commands) : V1.FleetService.FleetServiceBase
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
}
