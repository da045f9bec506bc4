using StemLab.Agent.Outbox;
using StemLab.Agent.TimeKeeping;

namespace StemLab.Agent.Uplink;

/// <summary>What an uplink works with; lives as long as the agent.</summary>
/// <param name="Outbox">What is to be delivered.</param>
/// <param name="Pace">Told when somebody watches.</param>
/// <param name="Clock">This boot.</param>
/// <param name="HubTime">What is known of the hub's clock.</param>
/// <param name="Ties">Makes ties.</param>
/// <param name="Declarations">Writes Birth.</param>
/// <param name="Commands">Commands already done.</param>
/// <param name="Identify">Somebody asks which board this is: shows it for so long; null = the home's own way.</param>
/// <param name="Time">For waiting.</param>
/// <param name="Home">Keeps the membership; null = the identity cannot change.</param>
/// <param name="Desk">What the hub may change; null = nothing.</param>
internal sealed record UplinkParts(Outbox.Outbox Outbox, SealPace Pace, BootClock Clock, HubTime HubTime, TieMaker Ties, Declarations Declarations, CommandBook Commands, Action<TimeSpan>? Identify, TimeProvider Time, HubHome? Home, AgentDesk? Desk);
