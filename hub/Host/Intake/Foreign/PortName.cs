namespace StemLab.Hub.Intake.Foreign;

/// <summary>Ports of foreign devices: [a-z0-9-/._]{1,64}, made from whatever the sender calls its quantity. Pure.</summary>
internal static class PortName
{
    private const int Longest = 64;

    public static string From(ReadOnlySpan<char> key)
    {
        Span<char> port = stackalloc char[Longest];
        var length = 0;
        foreach (var letter in key)
        {
            if (length == Longest)
            {
                break;
            }

            var lower = char.ToLowerInvariant(letter);
            port[length++] = char.IsAsciiLetterLower(lower) || char.IsAsciiDigit(lower) || lower is '/' or '.' or '_' ? lower : '-';
        }

        return length == 0 ? "value" : port[..length].ToString();
    }
}
