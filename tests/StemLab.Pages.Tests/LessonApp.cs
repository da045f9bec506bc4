using Grpc.Core;
using Grpc.Net.Client;
using StemLab.V1;

namespace StemLab.Pages;

/// <summary>A lesson app on a student's phone, over gRPC: follows its class, and comes back with its cursor whenever the stream ends.</summary>
internal sealed class LessonApp : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly GrpcChannel channel;
    private readonly string session;
    private readonly Metadata seat;
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly List<double> values = [];
    private string cursor = "";

    private LessonApp(GrpcChannel channel, string session, Metadata seat) => (this.channel, this.session, this.seat) = (channel, session, seat);

    /// <summary>The first words of its stream have come.</summary>
    public Task Begun => begun.Task;

    /// <summary>Every value its stream has brought, in the order it came.</summary>
    public double[] Values
    {
        get
        {
            lock (gate)
            {
                return [.. values];
            }
        }
    }

    /// <summary>How often its stream has ended.</summary>
    public int Ended { get; private set; }

    public SampleService.SampleServiceClient Samples => new(channel);

    public Metadata Seat => seat;

    /// <param name="port">Where it reaches the hub.</param>
    /// <param name="session">Its class.</param>
    /// <param name="code">Six letters and digits.</param>
    public static async Task<LessonApp> JoinAsync(int port, string session, string code)
    {
        var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var joined = await new ClassroomService.ClassroomServiceClient(channel).JoinSessionAsync(new JoinSessionRequest { Code = code, AsToken = true }, cancellationToken: TestContext.Current.CancellationToken);
        return new LessonApp(channel, session, new Metadata { { "authorization", $"Bearer {joined.Token}" } });
    }

    public async Task FollowAsync(CancellationToken over)
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

            Ended++;
            await Task.Delay(Pause, TimeProvider.System, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => channel.Dispose();

    private async Task OnceAsync(CancellationToken over)
    {
        var request = new WatchClassRequest { Session = session };
        if (cursor.Length > 0)
        {
            request.Cursor = cursor;
        }

        using var watch = new LessonService.LessonServiceClient(channel).WatchClass(request, seat, cancellationToken: over);
        while (await watch.ResponseStream.MoveNext(over))
        {
            if (watch.ResponseStream.Current.Readings is not { } readings)
            {
                continue;
            }

            lock (gate)
            {
                foreach (var block in readings.Blocks)
                {
                    values.AddRange(block.Value);
                }

                // A message with readings and its cursor are one: what was counted is not asked for again.
                cursor = readings.Cursor.Length > 0 ? readings.Cursor : cursor;
            }

            begun.TrySetResult();
        }
    }
}
