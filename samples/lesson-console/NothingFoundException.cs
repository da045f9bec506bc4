namespace StemLab.LessonConsole;

/// <summary>There is nothing to show; the message says why.</summary>
internal sealed class NothingFoundException(string message) : Exception(message);
