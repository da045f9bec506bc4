namespace StemLab.Hub.Access;

/// <summary>What the room is started with. Immutable.</summary>
/// <param name="DataFolder">Full path; the local secret, the key ring and the hub's own certificates lie in it.</param>
/// <param name="Demo">True: whoever sits at the machine stays its owner, whatever happens.</param>
/// <param name="HostNames">Names beside its addresses and the machine's own name under which people reach this hub; lower case.</param>
internal sealed record AccessOptions(string DataFolder, bool Demo, IReadOnlyList<string> HostNames);
