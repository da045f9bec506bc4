namespace StemLab.Agent.Uplink;

/// <summary>The hub answered, and does not let this agent in.</summary>
/// <param name="message">Its words.</param>
internal sealed class HubRefusedException(string message) : IOException(message);
