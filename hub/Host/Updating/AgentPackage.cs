namespace StemLab.Hub.Updating;

/// <summary>A program for agents, as a file of the folder. Immutable.</summary>
/// <param name="Version">It says of itself.</param>
/// <param name="Platform">"linux-arm64".</param>
/// <param name="FileName">stemlab-agent-VERSION-PLATFORM.tar.gz or stemlab-agent_VERSION_ARCH.deb.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="SizeBytes">Of the file.</param>
/// <param name="Sha256">Of the file.</param>
internal sealed record AgentPackage(string Version, string Platform, string FileName, string Path, long SizeBytes, byte[] Sha256);
