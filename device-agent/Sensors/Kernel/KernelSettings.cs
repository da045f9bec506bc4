using System.Collections.Immutable;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>One device of the kernel as configured. Immutable.</summary>
/// <param name="Class">Part of the kernel that drives it.</param>
/// <param name="Id">Id of the device, or its name where only one has it; empty = the only one.</param>
/// <param name="Port">Port of its inputs, with the channel's name behind a slash where it may have several of a quantity.</param>
/// <param name="Interval">Time between readings.</param>
/// <param name="Channels">Which of its channels (temp, voltage0); empty = all.</param>
internal sealed record KernelSettings(KernelClass Class, string Id, string Port, TimeSpan Interval, ImmutableArray<string> Channels);
