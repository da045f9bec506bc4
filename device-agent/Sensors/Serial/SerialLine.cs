using System.IO.Ports;
using System.Text;

namespace StemLab.Agent.Sensors.Serial;

/// <summary>How hearing a line ended.</summary>
internal enum LineOutcome
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>More letters than a line may have came without an end; what follows until the next end is forgotten.</summary>
    TooLong,

    /// <summary>The port is not there, or went.</summary>
    Gone,
}

/// <summary>What was heard.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Text">The line without its end, one letter a byte; empty where there is none.</param>
/// <param name="Why">Why the port is not there; none where it is.</param>
internal readonly record struct Heard(LineOutcome Outcome, string Text, Words Why);

/// <summary>
/// A serial port that is heard line by line, 8N1. It may be unplugged and come back under another number: it is opened by the path given, best one of /dev/serial/by-id, whenever it is not open.
/// Never throws for anything the port does. One conversation at a time.
/// </summary>
/// <param name="path">/dev/serial/by-id/…, /dev/ttyAMA0.</param>
/// <param name="baud">Baud rate.</param>
/// <remarks>Opening a port resets most Arduinos; DTR is left alone, because a pseudo-terminal and some adapters refuse it.</remarks>
internal sealed class SerialLine(string path, int baud) : IDisposable
{
    /// <summary>Most letters of a line.</summary>
    public const int MostLetters = 1024;

    private readonly byte[] buffer = new byte[512];
    private readonly StringBuilder line = new(MostLetters);
    private SerialPort? port;
    private int from;
    private int to;
    private bool isTooLong;

    /// <summary>The path, for people.</summary>
    public string Name => path;

    /// <summary>True while the port is open.</summary>
    public bool IsOpen => port is not null;

    /// <summary>Opens the port where it is not open.</summary>
    /// <param name="why">Why not.</param>
    public bool TryOpen(out Words why)
    {
        why = Words.None;
        if (port is not null)
        {
            return true;
        }

        SerialPort? opening = null;
        try
        {
            opening = new SerialPort(path, baud, Parity.None, 8, StopBits.One);
            opening.Open();
            port = opening;
            (from, to, isTooLong) = (0, 0, false);
            line.Clear();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException)
        {
            opening?.Dispose();
            why = failure is UnauthorizedAccessException && File.Exists(path)
                ? new Words($"{path} may not be opened: another program has it, or this one is not in the group dialout", $"không được mở {path}: chương trình khác đang dùng, hoặc chương trình này không thuộc nhóm dialout")
                : new Words($"{path} is not there: is it plugged in?", $"không có {path}: đã cắm chưa?");
            return false;
        }
    }

    /// <summary>Forgets what was heard and not yet read.</summary>
    public void Forget()
    {
        (from, to, isTooLong) = (0, 0, false);
        line.Clear();
        try
        {
            port?.DiscardInBuffer();
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            Close();
        }
    }

    /// <summary>Sends bytes; false where the port is not there.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!TryOpen(out _))
        {
            return false;
        }

        try
        {
            await port!.BaseStream.WriteAsync(bytes, cancellationToken);
            return true;
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException or UnauthorizedAccessException or TimeoutException)
        {
            Close();
            return false;
        }
    }

    /// <summary>The next line that is not empty; ended by CR, LF or both.</summary>
    public async ValueTask<Heard> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (from < to)
            {
                var letter = buffer[from++];
                if (letter is (byte)'\r' or (byte)'\n')
                {
                    var wasTooLong = isTooLong;
                    isTooLong = false;
                    if (line.Length > 0 && !wasTooLong)
                    {
                        var text = line.ToString();
                        line.Clear();
                        return new Heard(LineOutcome.Line, text, Words.None);
                    }

                    line.Clear();
                }
                else if (!isTooLong)
                {
                    if (line.Length == MostLetters)
                    {
                        isTooLong = true;
                        line.Clear();
                        return new Heard(LineOutcome.TooLong, "", Words.None);
                    }

                    line.Append((char)letter);
                }
            }

            if (!TryOpen(out var why))
            {
                return new Heard(LineOutcome.Gone, "", why);
            }

            if (!await FillAsync(cancellationToken))
            {
                return new Heard(LineOutcome.Gone, "", new Words($"{path} went: unplugged, or its driver was taken out", $"{path} đã biến mất: bị rút ra, hoặc trình điều khiển bị gỡ"));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            (from, to) = (0, await port!.BaseStream.ReadAsync(buffer, cancellationToken));
            if (to > 0)
            {
                return true;
            }
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException or UnauthorizedAccessException or TimeoutException)
        {
            to = 0;
        }

        Close();
        return false;
    }

    private void Close()
    {
        try
        {
            port?.Dispose();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // A port that went cannot be closed; it is let go.
        }

        port = null;
        (from, to, isTooLong) = (0, 0, false);
        line.Clear();
    }
}
