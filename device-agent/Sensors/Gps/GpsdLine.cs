using System.Net.Sockets;
using System.Text;
using StemLab.Agent.Sensors.Serial;

namespace StemLab.Agent.Sensors.Gps;

/// <summary>Hears gpsd over TCP, line by line; connects whenever it is not connected. Never throws for anything gpsd does. One reader.</summary>
/// <param name="host">Where gpsd is: 127.0.0.1.</param>
/// <param name="port">2947.</param>
internal sealed class GpsdLine(string host, int port) : IDisposable
{
    private const int MostLetters = 32 * 1024;
    private static readonly byte[] Watch = Encoding.ASCII.GetBytes("?WATCH={\"enable\":true,\"json\":true};\n");
    private readonly byte[] buffer = new byte[2048];
    private readonly StringBuilder line = new();
    private TcpClient? client;
    private int from;
    private int to;

    /// <summary>The next line.</summary>
    public async ValueTask<Heard> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (client is null)
            {
                client = new TcpClient();
                (from, to) = (0, 0);
                line.Clear();
                await client.ConnectAsync(host, port, cancellationToken);
                await client.GetStream().WriteAsync(Watch, cancellationToken);
            }

            while (true)
            {
                while (from < to)
                {
                    var letter = (char)buffer[from++];
                    if (letter is not ('\r' or '\n'))
                    {
                        line.Append(letter);
                        continue;
                    }

                    if (line.Length > 0)
                    {
                        var text = line.ToString();
                        line.Clear();
                        return new Heard(LineOutcome.Line, text, Words.None);
                    }
                }

                if (line.Length > MostLetters)
                {
                    line.Clear();
                    return new Heard(LineOutcome.TooLong, "", Words.None);
                }

                (from, to) = (0, await client.GetStream().ReadAsync(buffer, cancellationToken));
                if (to == 0)
                {
                    break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Said below.
        }

        Dispose();
        return new Heard(LineOutcome.Gone, "", new Words($"gpsd does not answer at {host}:{port}: is it installed and running (systemctl status gpsd)?", $"gpsd không trả lời ở {host}:{port}: đã cài và đang chạy chưa (systemctl status gpsd)?"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client?.Dispose();
        client = null;
    }
}
