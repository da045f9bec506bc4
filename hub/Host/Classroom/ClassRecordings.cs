using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Import;
using StemLab.Hub.Lessons;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Wire;

namespace StemLab.Hub.Classroom;

/// <summary>
/// Takes a recording that comes with a lesson into the store, once: a station and a run a part, with ids made from its name, so that a second teacher, a second lesson and a second hub meet the same.
/// Safe from any thread; one at a time.
/// </summary>
internal sealed class ClassRecordings(ImportRoom import, FactLog facts, ClassRuns runs, HubClock clock) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    // Under _one. What was waited for too long goes on: the next who asks waits for it, and takes nothing in beside it.
    private readonly Dictionary<Id128, Task> _underWay = [];

    /// <summary>A store that writes takes it in a moment; a full disk is waited for no longer.</summary>
    internal TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The parts as they are played, one a group.</summary>
    /// <param name="name">As the lesson says it.</param>
    /// <param name="groups">0 = as many as it has parts; with more groups than parts, some share.</param>
    /// <param name="role">Of who opens: stands in the facts.</param>
    /// <param name="language">Of the runs' titles, the first time.</param>
    public async Task<ImmutableArray<PlaybackPart>> TakeAsync(string name, int groups, string role, string language)
    {
        if (!ShippedRecording.All.TryGetValue(name, out var recording))
        {
            throw Rpc.FailedPrecondition("NO_RECORDING", name, "No recording comes with this lesson: replay a run of your own, or measure", "Bài này không có bản ghi kèm theo: hãy phát lại một lần đo, hoặc đo");
        }

        await _one.WaitAsync();
        try
        {
            foreach (var part in recording.Parts.Where(part => runs.Find(RunOf(name, part).ToString()) is null))
            {
                var run = RunOf(name, part);
                if (!_underWay.TryGetValue(run, out var taking) || taking.IsCompleted)
                {
                    _underWay[run] = taking = TakeAsync(name, recording, part, role, language);
                }

                await taking.WaitAsync(Patience);
                _underWay.Remove(run);
            }
        }
        catch (Exception full) when (full is TimeoutException or IOException or DbException)
        {
            throw Rpc.ResourceExhausted("store", $"The recording could not be taken into the store ({full.Message}): make room on the hub's disk, then open the lesson again", $"Chưa đưa được bản ghi vào kho ({full.Message}): hãy giải phóng ổ đĩa của trạm rồi mở lại bài", TimeSpan.FromSeconds(30));
        }
        finally
        {
            _one.Release();
        }

        return [.. Mascots.All.Take(groups > 0 ? groups : recording.Parts.Length).Select((key, i) => PartOf(key, RunOf(name, recording.Parts[i % recording.Parts.Length])))];
    }

    public void Dispose() => _one.Dispose();

    private PlaybackPart PartOf(string group, Id128 id)
    {
        var run = runs.Find(id.ToString())!;
        return new PlaybackPart(group, id.ToString(), run.Channels, run.Start.Us, run.End!.Value.Us);
    }

    private async Task TakeAsync(string name, ShippedRecording recording, RecordingPart part, string role, string language)
    {
        // Small: a few kilobytes.
        using var all = new MemoryStream();
        await using (var table = ShippedRecording.Open(name, part))
        {
            await table.CopyToAsync(all);
        }

        var header = Encoding.UTF8.GetString(all.ToArray()).Split('\n')[0].Split(',');
        var columns = header.Skip(1).Select((cell, i) => ColumnOf(cell, i + 1, recording.IntervalS)).ToImmutableArray();
        var mapping = new ImportMapping
        {
            SourceId = Named($"{name}/{part.Key}").ToString(),
            Station = $"rec-{part.Key}",
            SkipRecords = 1,
            Fields = header.Length,
            Time = new TimeMapping([0], "ymd", recording.Zone, 1),
            Columns = columns,
        };
        all.Position = 0;
        var station = new ShippedStation(FleetAgent.RecordingSoftware, recording.IsSimulated);
        var report = await import.TakeShippedAsync(all, mapping, part.En + FleetAgent.LanguageMark + part.Vi, station, role);
        if (report is not { FirstUtcUs: { } first, LastUtcUs: { } last, WrongCount: 0 })
        {
            throw new InvalidOperationException($"BUG: the recording {name}/{part.Key} is not what its list says");
        }

        State(name, recording, part, [.. report.Columns.Select(column => column.Channel)], first, last + 1, role, language);
    }

    /// <summary>Behind the name of a run of which nothing was measured.</summary>
    public const string CalculatedMark = "calculated by StemLab";

    /// <summary>Behind the name of a run that comes with the hub.</summary>
    public const string ShippedMark = "comes with StemLab";

    /// <summary>Its run, and what its values may be.</summary>
    private void State(string name, ShippedRecording recording, RecordingPart part, ImmutableArray<string> channels, long startUtcUs, long endUtcUs, string role, string language)
    {
        var mark = (recording.IsSimulated, language) switch
        {
            (true, "vi") => "StemLab tính ra",
            (true, _) => CalculatedMark,
            (_, "vi") => "có sẵn trong StemLab",
            _ => ShippedMark,
        };
        var run = new Run(RunOf(name, part), $"{(language == "vi" ? part.Vi : part.En)} · {mark}", channels, Instant.AtUtc(startUtcUs), Instant.AtUtc(endUtcUs));
        var drafts = new List<FactDraft> { new(run, clock.Now, role) };
        if (recording.Range is [var least, var most])
        {
            drafts.AddRange(channels.Where(channel => !facts.Current.Of<QualityRules>().Any(rules => rules.Body.Channel == channel))
                .Select(channel => new FactDraft(new QualityRules("", channel, null, "Cel", [], new RangeLimits(least, most, least, most)), clock.Now, role)));
        }

        facts.Append(drafts);
    }

    /// <summary>"dissolved_oxygen[mg/L]": property and unit.</summary>
    private static ColumnMapping ColumnOf(string cell, int field, double intervalS)
    {
        var at = cell.IndexOf('[', StringComparison.Ordinal);
        var property = cell[..at];
        return new ColumnMapping(field, property, property, property, cell[(at + 1)..^1], null, intervalS);
    }

    private static Id128 RunOf(string name, RecordingPart part) => Named($"{name}/{part.Key}/run");

    private static Id128 Named(string what) => new(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"a recording of StemLab: {what}"))));
}
