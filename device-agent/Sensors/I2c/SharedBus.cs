using System.Device.I2c;
using System.Globalization;

namespace StemLab.Agent.Sensors.I2c;

/// <summary>
/// One I2C bus for all probes on it: one transfer at a time, in the order asked. A missing acknowledge is tried again, a stuck bus is left alone for a while and opened anew.
/// Never throws for anything the bus does. Safe from any thread.
/// </summary>
internal sealed class SharedBus : IDisposable
{
    private const int Attempts = 3;
    private static readonly TimeSpan AttemptGap = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Func<int, I2cBus> open;
    private readonly string sysfsRoot;
    private readonly TimeProvider time;
    private readonly Ground ground;
    private readonly SemaphoreSlim turn = new(1, 1);

    // Guarded by turn.
    private readonly Dictionary<int, I2cDevice> devices = [];
    private I2cBus? bus;
    private TimeSpan pause;
    private long pausedAt;
    private bool noBusLogged;
    private long nacks;
    private long stuck;

    /// <param name="number">N of /dev/i2c-N.</param>
    /// <param name="open">Opens the bus; <see cref="I2cBus.Create"/> on a real machine.</param>
    /// <param name="sysfsRoot">Where the kernel tells of its devices: /sys.</param>
    /// <param name="ground">For pauses; one line when the bus fails, one when it works again.</param>
    public SharedBus(int number, Func<int, I2cBus> open, string sysfsRoot, Ground ground)
    {
        Number = number;
        (this.open, this.sysfsRoot, this.ground, time) = (open, sysfsRoot, ground, ground.Time);
        Health =
        [
            new HealthFact("bus_nacks", "1", new Words("Transfers that were not acknowledged", "Số lần truyền không được xác nhận"), () => Volatile.Read(ref nacks)),
            new HealthFact("bus_stuck", "1", new Words("Times the bus was stuck", "Số lần bus bị kẹt"), () => Volatile.Read(ref stuck)),
        ];
    }

    /// <summary>Counts since the start.</summary>
    public IReadOnlyList<HealthFact> Health { get; }

    private string Name => string.Create(CultureInfo.InvariantCulture, $"i2c-{Number}");

    /// <summary>N of /dev/i2c-N.</summary>
    public int Number { get; }

    /// <summary>Sends bytes to an address.</summary>
    public ValueTask<Transfer> WriteAsync(int address, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        TransferAsync(address, device => device.Write(bytes.Span), cancellationToken);

    /// <summary>Reads as many bytes as fit; what is in the buffer counts only where the result is <see cref="Transfer.Done"/>.</summary>
    public ValueTask<Transfer> ReadAsync(int address, Memory<byte> into, CancellationToken cancellationToken) =>
        TransferAsync(address, device => device.Read(into.Span), cancellationToken);

    /// <summary>Lets somebody who does transfers of his own use an address; he has the bus for himself until he returns, and is asked again after a missing acknowledge.</summary>
    public ValueTask<Transfer> UseAsync(int address, Action<I2cDevice> use, CancellationToken cancellationToken) => TransferAsync(address, use, cancellationToken);

    /// <summary>The kernel driver that owns an address, which must then be left alone (user space is not refused by the kernel); null where none does.</summary>
    public string? KernelDriverOf(int address)
    {
        var link = Path.Combine(sysfsRoot, "bus/i2c/devices", string.Create(CultureInfo.InvariantCulture, $"{Number}-{address:x4}"), "driver");
        try
        {
            return Directory.Exists(link) ? Path.GetFileName(Directory.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? link) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        turn.Dispose();
    }

    private async ValueTask<Transfer> TransferAsync(int address, Action<I2cDevice> transfer, CancellationToken cancellationToken)
    {
        var result = Transfer.NoAcknowledge;
        for (var attempt = 0; attempt < Attempts && result == Transfer.NoAcknowledge; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(AttemptGap, time, cancellationToken);
            }

            await turn.WaitAsync(cancellationToken);
            try
            {
                result = pause > TimeSpan.Zero && time.GetElapsedTime(pausedAt) < pause ? Transfer.Stuck : Once(address, transfer);
            }
            finally
            {
                turn.Release();
            }
        }

        return result;
    }

    private Transfer Once(int address, Action<I2cDevice> transfer)
    {
        var result = Try(address, transfer, out var error);
        nacks += result == Transfer.NoAcknowledge ? 1 : 0;
        switch (result)
        {
            case Transfer.Stuck:
                Interlocked.Increment(ref stuck);
                if (pause == TimeSpan.Zero)
                {
                    SensorsLog.BusStuck(ground.Logger, Number, error!.Message);
                    ground.Troubles.Tell(Name, new Words(
                        "the bus is stuck; unplug its probes one after the other: the last one unplugged before it works again, or its cable, holds it",
                        "bus bị kẹt; hãy rút từng đầu dò một: chiếc rút ra ngay trước khi bus chạy lại, hoặc dây của nó, là thủ phạm"));
                }

                pause = pause == TimeSpan.Zero ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;
                pausedAt = time.GetTimestamp();
                Close();
                break;
            case Transfer.NoBus:
                if (!noBusLogged)
                {
                    noBusLogged = true;
                    SensorsLog.NoBus(ground.Logger, Number, error!.Message);
                    ground.Troubles.Tell(Name, new Words(
                        "the bus cannot be opened; is it switched on (dtparam=i2c_arm=on), and may this program use it (group i2c)?",
                        "không mở được bus; đã bật chưa (dtparam=i2c_arm=on), chương trình có quyền dùng không (nhóm i2c)?"));
                }

                Close();
                break;
            case Transfer.Done or Transfer.NoAcknowledge when pause > TimeSpan.Zero || noBusLogged:
                (pause, noBusLogged) = (TimeSpan.Zero, false);
                SensorsLog.BusWorks(ground.Logger, Number);
                ground.Troubles.Over(Name);
                break;
            default:
                break;
        }

        return result;
    }

    private Transfer Try(int address, Action<I2cDevice> transfer, out Exception? error)
    {
        error = null;
        try
        {
            bus ??= open(Number);
            if (!devices.TryGetValue(address, out var device))
            {
                devices.Add(address, device = bus.CreateDevice(address));
            }

            transfer(device);
            return Transfer.Done;
        }
        catch (Exception failure) when (failure is IOException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            error = failure;
            return ResultOf(failure);
        }
    }

    /// <summary>The library tells the kernel's errno only in its text, "Error 121 (Remote I/O error) performing…".</summary>
    private static Transfer ResultOf(Exception failure)
    {
        const string Before = "Error ";
        var text = failure.Message.AsSpan();
        if (failure is not IOException || !text.StartsWith(Before))
        {
            return failure is IOException ? Transfer.Failed : Transfer.NoBus;
        }

        var digits = text[Before.Length..];
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var errno) ? errno switch
        {
            6 or 121 => Transfer.NoAcknowledge, // ENXIO, EREMOTEIO
            110 => Transfer.Stuck, // ETIMEDOUT
            2 or 13 or 19 => Transfer.NoBus, // ENOENT, EACCES, ENODEV
            _ => Transfer.Failed,
        } : Transfer.Failed;
    }

    private void Close()
    {
        foreach (var device in devices.Values)
        {
            device.Dispose();
        }

        devices.Clear();
        bus?.Dispose();
        bus = null;
    }
}
