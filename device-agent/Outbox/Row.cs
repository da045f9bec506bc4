using StemLab.Wire.V1;

namespace StemLab.Agent.Outbox;

/// <summary>A stamped reading: from here on nobody edits it.</summary>
/// <param name="Input">Index into the agent's catalogue.</param>
/// <param name="TUs">µs of the stream's boot.</param>
/// <param name="Value">Raw value; without meaning where missing.</param>
/// <param name="Missing">Unspecified = raw.</param>
internal readonly record struct Row(int Input, long TUs, double Value, MissingReason Missing);
