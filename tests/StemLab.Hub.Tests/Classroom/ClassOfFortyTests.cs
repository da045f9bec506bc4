using Grpc.Core;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Classroom;

/// <summary>A class as large as the trip's: forty phones over gRPC, the hub stopped and started in the middle of a run.</summary>
public sealed class ClassOfFortyTests
{
    private const int Phones = 40;
    private const int Half = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly AgentId Owner = new(new Id128(0xA).Value);
    private static readonly BootId Boot = new(new Id128(0xB0).Value);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forty_phones_lose_no_reading_no_seat_and_no_run_when_the_hub_restarts_in_mid_lesson()
    {
        await using var school = await School.OpenAsync();
        await PrepareAsync(school);
        await RowsAsync(school, 0, 1);
        var teacher = new Metadata { { "authorization", $"Bearer {school.SecretOf(Roles.Teacher)}" } };
        var (lessons, classroom) = (new LessonService.LessonServiceClient(school.Grpc()), new ClassroomService.ClassroomServiceClient(school.Grpc()));
        var session = (await classroom.OpenSessionAsync(new OpenSessionRequest { Lesson = "lessons/cooling", Groups = 8 }, teacher, cancellationToken: Stop)).Session;
        var phones = new List<Phone>();
        for (var i = 0; i < Phones; i++)
        {
            var joined = await classroom.JoinSessionAsync(new JoinSessionRequest { Code = session.Code, AsToken = true }, cancellationToken: Stop);
            phones.Add(new Phone(school, session.Name, joined));
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var watching = phones.ConvertAll(phone => phone.WatchAsync(over.Token));
        await Task.WhenAll(phones.Select(phone => phone.Begun)).WaitAsync(Patience, Stop);
        await lessons.StartRunAsync(new StartRunRequest { Session = session.Name, DurationUs = 0, InUs = 1_000 }, teacher, cancellationToken: Stop);
        await RowsAsync(school, 1, Half);
        await Task.WhenAll(phones.Select(phone => phone.HasAsync(Half - 1))).WaitAsync(Patience, Stop);
        var before = (await lessons.GetClassAsync(new GetClassRequest { Session = session.Name }, teacher, cancellationToken: Stop)).ClassState;

        await school.RestartAsync();
        await RowsAsync(school, Half, 2 * Half);
        await Task.WhenAll(phones.Select(phone => phone.HasAsync((2 * Half) - 1))).WaitAsync(Patience, Stop);

        var after = (await new LessonService.LessonServiceClient(school.Grpc()).GetClassAsync(new GetClassRequest { Session = session.Name }, teacher, cancellationToken: Stop)).ClassState;
        Assert.Equal((Phones, ClassPhase.Running), (after.Seats.Count, after.Phase));
        Assert.Equal(before.Seats.Select(seat => (seat.Name, seat.AliasKey, seat.Group)), after.Seats.Select(seat => (seat.Name, seat.AliasKey, seat.Group)));
        Assert.Equal(before.Groups.Select(group => (group.Key, group.SeatCount, group.Run.RunId)), after.Groups.Select(group => (group.Key, group.SeatCount, group.Run.RunId)));
        await over.CancelAsync();
        await Task.WhenAll(watching);
        var all = Enumerable.Range(1, (2 * Half) - 1).Select(i => (double)i).ToArray();
        Assert.All(phones, phone => Assert.Equal(all, phone.Values));
    }

    private static async Task PrepareAsync(School school)
    {
        school.Get<FleetBook>().Enrol("ag-1", Owner);
        await school.Get<ObservationStore>().DeclareAsync(new Declarations(Owner, [new BootDeclaration(Boot, Owner, BootKind.Device, 1, null)], [], []));
        var now = school.Get<HubClock>().Now;
        school.Get<FactLog>().Append(new FactDraft(new ClockTie(new Id128(Boot.Value), now.Us, now.Boot, now.Us, 1_000), now, FactRoles.Teacher));
    }

    /// <summary>Readings whose value is their number.</summary>
    private static async Task RowsAsync(School school, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var rows = new ForeignRows(Owner, Boot, [new ForeignRow(new InputDeclaration("t", "water_temperature", "Cel", 0), school.Get<HubClock>().NowUs(), i, 0)], null, false);
            await school.Get<ObservationStore>().SubmitAsync(rows);
            await rows.Completion.WaitAsync(Patience, Stop);
        }
    }

    /// <summary>A lesson app on a phone: watches, and comes back with its cursor whenever the stream ends.</summary>
    private sealed class Phone(School school, string session, JoinSessionResponse joined)
    {
        private readonly LessonService.LessonServiceClient _lessons = new(school.Grpc());
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private readonly List<double> _values = [];
        private (int Count, TaskCompletionSource Reached)? _awaited;
        private string _cursor = "";

        public Task Begun => _begun.Task;

        public IReadOnlyList<double> Values => _values;

        public Task HasAsync(int count)
        {
            lock (_gate)
            {
                if (_values.Count >= count)
                {
                    return Task.CompletedTask;
                }

                _awaited = (count, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                return _awaited.Value.Reached.Task;
            }
        }

        public async Task WatchAsync(CancellationToken over)
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    await OnceAsync(over);
                }
                catch (RpcException)
                {
                    // The hub is away, or the lesson is over: asked again below.
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private async Task OnceAsync(CancellationToken over)
        {
            var request = new WatchClassRequest { Session = session };
            if (_cursor.Length > 0)
            {
                request.Cursor = _cursor;
            }

            using var watch = _lessons.WatchClass(request, new Metadata { { "authorization", $"Bearer {joined.Token}" } }, cancellationToken: over);
            while (await watch.ResponseStream.MoveNext(over))
            {
                if (watch.ResponseStream.Current.Readings is not { } readings)
                {
                    continue;
                }

                lock (_gate)
                {
                    foreach (var block in readings.Blocks)
                    {
                        _values.AddRange(block.Value);
                    }

                    // A message with readings and its cursor are one: what was counted is not asked for again.
                    _cursor = readings.Cursor.Length > 0 ? readings.Cursor : _cursor;
                    if (_awaited is { } awaited && _values.Count >= awaited.Count)
                    {
                        awaited.Reached.TrySetResult();
                    }
                }

                _begun.TrySetResult();
            }
        }
    }
}
