using Grpc.Core;
using Microsoft.Data.Sqlite;
using StemLab.Hub.Api;
using StemLab.Hub.Facts;
using StemLab.Hub.Lessons;
using StemLab.Hub.Operations;
using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>A recording that comes with a lesson on a disk that is full or does not answer: a sentence, and later all of it, once.</summary>
public sealed class RecordingFaultTests
{
    private const string Lesson = "day-and-night";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static int Parts => ShippedRecording.All[Lesson].Parts.Length;

    [Fact]
    public async Task On_a_full_disk_it_is_refused_with_what_to_do_and_with_room_the_lesson_opens_on_the_whole_recording()
    {
        await using var disk = await SmallDisk.TryMountAsync("64m");
        Assert.SkipWhen(disk is null, "a small tmpfs cannot be mounted here (needs root)");
        await using var hub = await HubFixture.StartAsync(data: disk.File("hub"));
        var classroom = new ClassroomService.ClassroomServiceClient(hub.Grpc);
        var filler = disk.File("filler");
        Fill(filler);
        for (var tries = 0; tries < 2; tries++)
        {
            var refused = await HubFixture.RefusedAsync(OpenAsync(classroom));
            Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
            Assert.Contains("make room on the hub's disk", refused.Status.Detail, StringComparison.Ordinal);
            Assert.Contains("giải phóng ổ đĩa", HubFixture.Said(refused, "vi"), StringComparison.Ordinal);
        }

        File.Delete(filler);
        await Eventually.Get(async () => (OpenSessionResponse?)await OpenAsync(classroom), opened => opened.Session.Code.Length > 0, "the lesson opens");
        await RequireWholeAsync(hub);
    }

    [Fact]
    public async Task What_was_waited_for_too_long_goes_on_and_whoever_asks_again_states_no_run_twice()
    {
        await using var hub = await HubFixture.StartAsync();
        var recordings = hub.Get<ClassRecordings>();
        recordings.Patience = TimeSpan.FromSeconds(0.5);
        await using (var held = new SqliteConnection($"Data Source={Path.Combine(hub.Get<HubOptions>().DataFolder, "series.db")};Pooling=False"))
        {
            await held.OpenAsync(Stop);
            await using var writing = held.BeginTransaction(deferred: false);
            for (var tries = 0; tries < 2; tries++)
            {
                var refused = await Assert.ThrowsAsync<RpcException>(() => recordings.TakeAsync(Lesson, 0, FactRoles.Teacher, "en"));
                Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
            }
        }

        recordings.Patience = TimeSpan.FromSeconds(60);
        Assert.Equal(Parts, (await recordings.TakeAsync(Lesson, 0, FactRoles.Teacher, "en")).Length);
        await RequireWholeAsync(hub);
    }

    private static AsyncUnaryCall<OpenSessionResponse> OpenAsync(ClassroomService.ClassroomServiceClient classroom) =>
        classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = $"lessons/{Lesson}", ShortVersion = true, ShippedRecording = true }, cancellationToken: Stop);

    /// <summary>Every part has one run, and every reading of its table once.</summary>
    private static async Task RequireWholeAsync(HubFixture hub)
    {
        Assert.Equal(Parts, hub.Facts.Current.Of<Facts.Run>().Count());
        await hub.Store.FlushAsync(Stop);
        var cells = 0L;
        foreach (var part in ShippedRecording.All[Lesson].Parts)
        {
            using var table = new StreamReader(ShippedRecording.Open(Lesson, part));
            table.ReadLine();
            while (table.ReadLine() is { } line)
            {
                cells += line.Split(',').Length - 1;
            }
        }

        Assert.Equal(cells, hub.Store.StoredTotal);
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path, 1);
        var bytes = new byte[65_536];
        for (var length = bytes.Length; length > 0; length /= 2)
        {
            try
            {
                while (true)
                {
                    file.Write(bytes, 0, length);
                }
            }
            catch (IOException)
            {
                // A smaller piece may still have room.
            }
        }
    }
}
