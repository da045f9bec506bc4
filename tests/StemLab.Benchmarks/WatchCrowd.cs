using Grpc.Core;
using Grpc.Net.Client;
using StemLab.V1;

namespace StemLab.Benchmarks;

/// <summary>Many watchers of all channels over native gRPC, a connection each, in the benchmark's process. Measures from the UTC time of a reading, which its sender took when publishing, to the message parsed here: the commit is inside.</summary>
internal sealed class WatchCrowd : IAsyncDisposable
{
    private readonly List<GrpcChannel> _channels = [];
    private readonly List<Task> _reading = [];
    private readonly List<Watching> _watchers = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts the watchers, with an API token where the hub wants one, and returns when each has its first answer.</summary>
    public static async Task<WatchCrowd> StartAsync(int grpcPort, int watchers, string? token = null)
    {
        var crowd = new WatchCrowd();
        for (var i = 0; i < watchers; i++)
        {
            var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{grpcPort}");
            var call = new ReadingService.ReadingServiceClient(channel).WatchReadings(new WatchReadingsRequest { Channels = { "agents/-/channels/-" } }, token is null ? null : new Metadata { { "authorization", $"Bearer {token}" } }, cancellationToken: crowd._stop.Token);
            await call.ResponseStream.MoveNext(crowd._stop.Token);
            var watching = new Watching();
            crowd._channels.Add(channel);
            crowd._watchers.Add(watching);
            crowd._reading.Add(Task.Run(() => watching.ReadAsync(call, crowd._stop.Token)));
        }

        return crowd;
    }

    /// <summary>Forgets what was measured so far.</summary>
    /// <param name="keepsEach">Remembers every reading, for <see cref="DelaysAfter"/>.</param>
    public void Begin(bool keepsEach = false) => _watchers.ForEach(watching => watching.Begin(keepsEach));

    /// <summary>All watchers' delays since <see cref="Begin"/>.</summary>
    public Durations Delays()
    {
        var all = new Durations();
        _watchers.ForEach(watching => watching.AddTo(all));
        return all;
    }

    /// <summary>All watchers' delays since <see cref="Begin"/>, each counted from what its reading's time stands for here; a reading that is not there is left out.</summary>
    /// <param name="beganUs">By the reading's time (µs): when it was acknowledged, for instance.</param>
    public Durations DelaysAfter(IReadOnlyDictionary<long, long> beganUs)
    {
        var all = new Durations();
        _watchers.ForEach(watching => watching.AddTo(all, beganUs));
        return all;
    }

    /// <summary>Messages all watchers got since <see cref="Begin"/>.</summary>
    public long Messages => _watchers.Sum(watching => watching.Messages);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_reading);
        _channels.ForEach(channel => channel.Dispose());
        _stop.Dispose();
    }

    /// <summary>One watcher. Its own task, under its lock.</summary>
    private sealed class Watching
    {
        /// <summary>No other reading of the generator is as large: 2001 in µs since 1970.</summary>
        private const double LeastSentUs = 1e15;

        private readonly Lock _gate = new();
        private readonly List<(long TimeUs, long SeenUs)> _each = [];
        private Durations _delays = new();
        private bool _keepsEach;

        public long Messages { get; private set; }

        public async Task ReadAsync(AsyncServerStreamingCall<WatchReadingsResponse> call, CancellationToken cancellationToken)
        {
            using var ends = call;
            try
            {
                while (await call.ResponseStream.MoveNext(cancellationToken))
                {
                    Take(call.ResponseStream.Current, MqttLoad.NowUs);
                }
            }
            catch (RpcException) when (cancellationToken.IsCancellationRequested)
            {
                // Left on purpose.
            }
        }

        public void Begin(bool keepsEach)
        {
            lock (_gate)
            {
                _keepsEach = keepsEach;
                _each.Clear();
                _delays = new Durations();
                Messages = 0;
            }
        }

        public void AddTo(Durations all)
        {
            lock (_gate)
            {
                all.Add(_delays);
            }
        }

        public void AddTo(Durations all, IReadOnlyDictionary<long, long> beganUs)
        {
            lock (_gate)
            {
                foreach (var (timeUs, seenUs) in _each)
                {
                    if (beganUs.TryGetValue(timeUs, out var began))
                    {
                        all.Add(seenUs - began);
                    }
                }
            }
        }

        private void Take(WatchReadingsResponse message, long nowUs)
        {
            lock (_gate)
            {
                Messages++;
                foreach (var block in message.Blocks)
                {
                    if (_keepsEach)
                    {
                        // Where the hub does not believe the sender's clock, the time that was sent is a reading of its own.
                        _each.AddRange(block.Value.Where(value => value > LeastSentUs).Select(value => ((long)value, nowUs)));
                    }

                    var timeUs = block.BaseTimeUs;
                    foreach (var gapUs in block.DeltaTimeUs)
                    {
                        timeUs += gapUs;
                        _delays.Add(nowUs - timeUs);
                        if (_keepsEach)
                        {
                            _each.Add((timeUs, nowUs));
                        }
                    }
                }
            }
        }
    }
}
