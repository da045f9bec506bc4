using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace StemLab.Agent.Sensors.Kernel;

/// <summary>How the reading of one of the kernel's number files ended.</summary>
internal enum FileOutcome
{
    /// <summary>A number.</summary>
    Number,

    /// <summary>The file or its device is gone.</summary>
    Gone,

    /// <summary>The device did not answer in time, or was busy; tried again with the next reading.</summary>
    Silent,

    /// <summary>The kernel could not talk with the device.</summary>
    Failed,

    /// <summary>This program may not read it.</summary>
    Denied,

    /// <summary>What stands there is not a number.</summary>
    NoNumber,
}

/// <summary>
/// One file of the kernel that holds a number. It is kept open, because opening costs ten times as much as reading, and opened anew when the device has gone and come. One reader.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class KernelFile(string path) : IDisposable
{
    private const int MostBytes = 64;

    // Linux errno, as the runtime gives it in HResult.
    private const int NoEntry = 2;
    private const int NoDeviceOrAddress = 6;
    private const int TryAgain = 11;
    private const int Busy = 16;
    private const int NoDevice = 19;
    private const int TimedOut = 110;

    private readonly byte[] buffer = new byte[MostBytes];
    private SafeFileHandle? handle;

    /// <summary>errno of the latest failure; 0 where there was none.</summary>
    public int Error { get; private set; }

    /// <summary>What stood there when it was not a number.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Reads the number; never throws.</summary>
    public FileOutcome Read(out double value)
    {
        value = 0;
        Error = 0;
        try
        {
            if (!File.Exists(path))
            {
                Dispose();
                return FileOutcome.Gone;
            }

            handle ??= File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = buffer.AsSpan(0, RandomAccess.Read(handle, buffer, 0)).Trim(" \t\r\n\0"u8);
            if (Utf8Parser.TryParse(bytes, out value, out int used) && used == bytes.Length && double.IsFinite(value))
            {
                return FileOutcome.Number;
            }

            Text = System.Text.Encoding.ASCII.GetString(bytes);
            return FileOutcome.NoNumber;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Dispose();
            Error = failure.HResult;
            return failure switch
            {
                UnauthorizedAccessException => FileOutcome.Denied,
                FileNotFoundException or DirectoryNotFoundException => FileOutcome.Gone,
                _ => failure.HResult switch
                {
                    NoEntry or NoDeviceOrAddress or NoDevice => FileOutcome.Gone,
                    TryAgain or Busy or TimedOut => FileOutcome.Silent,
                    _ => FileOutcome.Failed,
                },
            };
        }
    }

    /// <summary>Why there was no number, for people.</summary>
    public Words Why(FileOutcome outcome) => outcome switch
    {
        FileOutcome.Gone => new("it is not there: unplugged, or its driver was taken out", "nó không còn ở đó: đã rút ra, hoặc trình điều khiển đã bị gỡ"),
        FileOutcome.Silent => new("it did not answer in time; a loose contact, or it is asked too often", "nó không trả lời kịp; tiếp xúc kém, hoặc bị hỏi quá dày"),
        FileOutcome.Failed => new(
            string.Create(CultureInfo.InvariantCulture, $"the kernel could not talk with it (error {Error}); check its cable and supply"),
            string.Create(CultureInfo.InvariantCulture, $"nhân hệ điều hành không nói chuyện được với nó (lỗi {Error}); hãy kiểm tra dây và nguồn")),
        FileOutcome.Denied => new($"this program may not read {path}", $"chương trình này không được phép đọc {path}"),
        FileOutcome.NoNumber => new($"the kernel says '{Text}', which is no number", $"nhân hệ điều hành báo '{Text}', đó không phải là con số"),
        _ => Words.None,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        handle?.Dispose();
        handle = null;
    }
}
