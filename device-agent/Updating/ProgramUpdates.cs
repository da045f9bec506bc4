using System.Diagnostics;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using StemLab.Agent.Operations;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Agent.Updating;

/// <summary>
/// Takes a program from the hub: checks whose word it is, fetches it, holds it against its SHA-256, has it say its version, puts it beside. The next start tries it; the first receipt proves it. Safe from any thread.
/// </summary>
/// <param name="programs">Where programs lie.</param>
/// <param name="running">Version of this program.</param>
/// <param name="agent">Who this is.</param>
/// <param name="hubKey">The hub's key, SubjectPublicKeyInfo; empty where none is known: then its connection vouches for it.</param>
/// <param name="pages">Addresses of the hub's pages as the agent knows them.</param>
/// <param name="time">For waiting.</param>
/// <param name="logger">Logger.</param>
internal sealed class ProgramUpdates(ProgramFolder programs, string running, Id128 agent, byte[] hubKey, IReadOnlyList<string> pages, TimeProvider time, ILogger logger)
{
    private const long MostBytes = 64L << 20;
    private const int RoomTimes = 4;
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan VersionTimeout = TimeSpan.FromSeconds(30);
    private int isProven;

    /// <summary>What this program is built for.</summary>
    public static string Platform => RuntimeInformation.RuntimeIdentifier;

    /// <summary>As Birth says it.</summary>
    public UpdateReport? Report() => programs.Report(running);

    /// <summary>A receipt came. True where the running program was on trial and has proven itself by it.</summary>
    public bool Proven()
    {
        if (Interlocked.Exchange(ref isProven, 1) == 1 || !programs.Prove(running))
        {
            return false;
        }

        UpdatingLog.Proven(logger, running);
        return true;
    }

    /// <summary>Takes an update: null = it lies ready for the next start, else why not; then everything is as before.</summary>
    public async Task<Refusal?> TakeAsync(Update update, CancellationToken cancellationToken)
    {
        if (Read(update, out var offer) is { } refusal)
        {
            return refusal;
        }

        var (fetched, fresh) = (programs.FolderOf("fetched"), programs.FolderOf("fresh"));
        using var limit = new CancellationTokenSource(FetchTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Directory.CreateDirectory(programs.Path);
            programs.Sweep(running);
            if (new DriveInfo(programs.Path).AvailableFreeSpace is var free && free < (long)offer.Size * RoomTimes)
            {
                return new Refusal($"the card has {free >> 20} MiB free; the update needs {((long)offer.Size * RoomTimes) >> 20} MiB", $"Thẻ nhớ còn {free >> 20} MiB; bản cập nhật cần {((long)offer.Size * RoomTimes) >> 20} MiB");
            }

            if (!await PackageFile.FetchAsync(Addresses(offer), (long)offer.Size, offer.Sha256.Memory, fetched, either.Token))
            {
                return new Refusal("the package cannot be fetched from the hub, or is not what the hub offered (SHA-256)", "Không tải được gói từ trạm, hoặc gói không đúng như trạm đã báo (SHA-256)");
            }

            PackageFile.Unpack(fetched, fresh);
            if (await VersionOfAsync(Path.Combine(fresh, "stemlab-agent"), either.Token) is var says && says != offer.Version)
            {
                return new Refusal($"the new program does not start here, or says it is '{says}', not {offer.Version}", $"Chương trình mới không chạy được trên máy này, hoặc tự nhận là '{says}', không phải {offer.Version}");
            }

            var place = programs.FolderOf(offer.Version);
            if (Directory.Exists(place))
            {
                Directory.Delete(place, recursive: true);
            }

            Directory.Move(fresh, place);
            programs.Try(offer.Version, Math.Clamp(offer.ReceiptWithinSeconds, 1, 3600));
            UpdatingLog.Ready(logger, offer.Version, running);
            return null;
        }
        catch (Exception wrong) when (wrong is InvalidDataException or EndOfStreamException)
        {
            return new Refusal($"the package is not in order: {wrong.Message}", $"Gói không đúng dạng: {wrong.Message}");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Refusal($"the update could not be put on the card: {FileWords.Why(failed).En}", $"Không đặt được bản cập nhật lên thẻ nhớ: {FileWords.Why(failed).Vi}");
        }
        finally
        {
            TryDelete(fetched, fresh);
        }
    }

    /// <summary>The offer; null where it holds, else why not.</summary>
    private Refusal? Read(Update update, out UpdateOffer offer)
    {
        try
        {
            offer = UpdateOffer.Parser.ParseFrom(update.Offer);
        }
        catch (InvalidProtocolBufferException)
        {
            offer = new UpdateOffer();
        }

        if (hubKey.Length > 0 && !SealedLetter.IsSigned(hubKey, SealedLetter.UpdateText(update.Offer.Span), update.Signature.Span))
        {
            return new Refusal("the offer is not signed by this agent's hub", "Bản cập nhật không mang chữ ký của trạm mà máy này thuộc về");
        }

        if (!Id128.TryRead(offer.AgentId.Span, out var whom) || whom != agent || offer.Sha256.Length != 32 || offer.Size is 0 or > (ulong)MostBytes || !ProgramFolder.IsVersion(offer.Version))
        {
            return new Refusal("the offer is for another agent, or out of form", "Bản cập nhật dành cho máy khác, hoặc không đúng dạng");
        }

        if (offer.Platform != Platform)
        {
            return new Refusal($"the program is for {offer.Platform}; this is {Platform}", $"Chương trình dành cho {offer.Platform}; máy này là {Platform}");
        }

        return offer.Version == running ? new Refusal($"version {running} runs already", $"Phiên bản {running} đang chạy rồi") : null;
    }

    /// <summary>As offered, and the same at the pages where the agent knows its hub.</summary>
    private IEnumerable<Uri> Addresses(UpdateOffer offer)
    {
        var offered = offer.Addresses.Select(text => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null).OfType<Uri>().ToList();
        var known = pages.Select(page => Uri.TryCreate(page, UriKind.Absolute, out var address) ? address : null).OfType<Uri>();
        return known.SelectMany(page => offered.Take(1).Select(address => new Uri(page, address.PathAndQuery))).Concat(offered).Distinct();
    }

    /// <summary>What a program says it is; empty where it does not start.</summary>
    private async Task<string> VersionOfAsync(string program, CancellationToken cancellationToken)
    {
        if (!File.Exists(program))
        {
            return "";
        }

        using var limit = new CancellationTokenSource(VersionTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["version"]) { RedirectStandardOutput = true, UseShellExecute = false });
            try
            {
                return process is null ? "" : (await process.StandardOutput.ReadToEndAsync(either.Token)).Trim();
            }
            finally
            {
                if (process is { HasExited: false })
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
        catch (Exception broken) when (broken is System.ComponentModel.Win32Exception || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return "";
        }
    }

    private static void TryDelete(string file, string folder)
    {
        try
        {
            File.Delete(file);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            // The next update sweeps it.
        }
    }
}
