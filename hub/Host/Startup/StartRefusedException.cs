namespace StemLab.Hub.Startup;

/// <summary>The hub cannot start as asked: the message is one sentence for people, with what to do. Exit code 2; nothing was started.</summary>
internal sealed class StartRefusedException(string message, Exception? inner = null) : Exception(message, inner);
