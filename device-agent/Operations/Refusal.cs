namespace StemLab.Agent.Operations;

/// <summary>Why something is not done, for people: sentences without a full stop. Immutable.</summary>
/// <param name="En">English.</param>
/// <param name="Vi">Vietnamese.</param>
internal sealed record Refusal(string En, string Vi);
