using StemLab.Wire;

namespace StemLab.Hub.TimeKeeping;

/// <summary>One start of the machine the hub runs on, as a clock domain.</summary>
/// <param name="BootNo">Persisted counter, from 1, grows by one per boot.</param>
/// <param name="Previous">The boot before; empty for the first.</param>
/// <param name="FirstUs">The boot's clock when the hub first ran in it.</param>
/// <param name="LastUs">The boot's clock when the hub was last known to run in it.</param>
internal sealed record HubBoot(Id128 BootId, uint BootNo, Id128 Previous, long FirstUs, long LastUs);
