using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using StemLab.V1;

namespace StemLab.LessonConsole;

/// <summary>What a lesson app does with a hub, in a few commands: list channels, watch live, ask about the past, measure a run in a class. Knows nothing but the .proto files.</summary>
internal sealed class LessonCommands
{
    private readonly Option<string> _hub = new("--hub") { Description = "gRPC address of the hub", DefaultValueFactory = _ => "http://127.0.0.1:5081", Recursive = true };
    private readonly Argument<string[]> _channels = new("channels") { Description = "channel names, or parts of their display names; none = all", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<int> _buckets = new("--buckets") { Description = "at most so many UTC-aligned buckets, like 48; 0 = raw rows", DefaultValueFactory = _ => 48 };
    private readonly Option<double> _hours = new("--hours") { Description = "how far back, like 24 or 0.5", DefaultValueFactory = _ => 24 };
    private readonly Option<double> _seconds = new("--seconds") { Description = "stop after so long, like 30; 0 = until Ctrl+C", DefaultValueFactory = _ => 0 };

    public RootCommand Build()
    {
        var list = new Command("list", "What the hub measures now");
        list.SetAction((arguments, stop) => GuardAsync(() => ListAsync(arguments, stop)));
        var watch = new Command("watch", "Readings as they are committed") { _channels, _seconds };
        watch.SetAction((arguments, stop) => GuardAsync(() => WatchAsync(arguments, stop)));
        var query = new Command("query", "A stretch of the past, downsampled") { _channels, _buckets, _hours };
        query.SetAction((arguments, stop) => GuardAsync(() => QueryAsync(arguments, stop)));
        return new RootCommand("Lesson console: a hub's readings in a terminal") { _hub, list, watch, query, new RunCommand(_hub).Build(GuardAsync) };
    }

    private static async Task<int> GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (Exception ended) when (ended is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            return 0;
        }
        catch (NothingFoundException nothing)
        {
            await Console.Error.WriteLineAsync(nothing.Message);
            return 1;
        }
        catch (RpcException refused)
        {
            await Console.Error.WriteLineAsync(refused.StatusCode == StatusCode.Unavailable
                ? "No hub answers there. Start one, or name its gRPC address with --hub (the hub's start lines say it)."
                : $"{refused.StatusCode}: {refused.Status.Detail}");
            return 1;
        }
    }

    private async Task ListAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var hub = GrpcChannel.ForAddress(arguments.GetValue(_hub)!);
        foreach (var channel in await ChannelsAsync(hub, [], cancellationToken))
        {
            var value = channel.Latest is { HasValue: true } latest ? $"{latest.Value.ToString("N" + channel.DisplayDecimals, CultureInfo.CurrentCulture)} {channel.UnitSymbol}" : "–";
            var age = channel.Latest is { HasAgeUs: true } aged ? $"{aged.AgeUs / 1e6:N1} s ago" : "age not known";
            Console.WriteLine($"{channel.DisplayName,-32} {value,16}  {age}{(channel.Stale ? ", stale" : "")}{(channel.Simulated ? ", simulated" : "")}");
        }
    }

    private async Task WatchAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var hub = GrpcChannel.ForAddress(arguments.GetValue(_hub)!);
        var channels = (await ChannelsAsync(hub, arguments.GetValue(_channels)!, cancellationToken)).ToDictionary(channel => channel.Name);
        var request = new WatchReadingsRequest();
        request.Channels.AddRange(channels.Keys);
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (arguments.GetValue(_seconds) is > 0 and var seconds)
        {
            until.CancelAfter(TimeSpan.FromSeconds(seconds));
        }

        var names = new Dictionary<uint, string>();
        using var call = new ReadingService.ReadingServiceClient(hub).WatchReadings(request, cancellationToken: until.Token);
        await foreach (var message in call.ResponseStream.ReadAllAsync(until.Token))
        {
            foreach (var (number, name) in message.ChannelNames)
            {
                names[number] = name;
            }

            foreach (var block in message.Blocks)
            {
                Print(channels[names[block.ChannelRef]], block);
            }
        }
    }

    private async Task QueryAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var hub = GrpcChannel.ForAddress(arguments.GetValue(_hub)!);
        var channels = (await ChannelsAsync(hub, arguments.GetValue(_channels)!, cancellationToken)).ToDictionary(channel => channel.Name);
        var now = (DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()) - DateTimeOffset.UnixEpoch).Ticks / 10;
        var request = new QueryReadingsRequest { StartTimeUs = now - (long)(arguments.GetValue(_hours) * 3.6e9), MaxBuckets = arguments.GetValue(_buckets) };
        request.Channels.AddRange(channels.Keys);
        var names = new Dictionary<uint, string>();
        using var call = new ReadingService.ReadingServiceClient(hub).QueryReadings(request, cancellationToken: cancellationToken);
        await foreach (var message in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            foreach (var (number, name) in message.ChannelNames)
            {
                names[number] = name;
            }

            foreach (var bucket in message.Buckets)
            {
                var channel = channels[names[bucket.ChannelRef]];
                var form = "N" + channel.DisplayDecimals;
                Console.WriteLine($"{channel.DisplayName,-32} {Sparkline.Of(bucket.Mean)}  {bucket.Min.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Min().ToString(form, CultureInfo.CurrentCulture)} … {bucket.Max.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max().ToString(form, CultureInfo.CurrentCulture)} {channel.UnitSymbol}, {bucket.Count.Sum():N0} readings in buckets of {TimeSpan.FromMicroseconds(bucket.WidthUs)}");
            }

            foreach (var block in message.Blocks)
            {
                Print(channels[names[block.ChannelRef]], block);
            }
        }
    }

    private static async Task<List<Channel>> ChannelsAsync(GrpcChannel hub, string[] wanted, CancellationToken cancellationToken)
    {
        var all = await new CatalogService.CatalogServiceClient(hub).ListChannelsAsync(new ListChannelsRequest(), cancellationToken: cancellationToken);
        List<Channel> found = [.. all.Channels.Where(channel => wanted.Length == 0 || wanted.Any(part => channel.Name == part || channel.DisplayName.Contains(part, StringComparison.OrdinalIgnoreCase)))];
        return found.Count > 0 ? found
            : throw new NothingFoundException(all.Channels.Count == 0
                ? "This hub has no channels yet: start an agent, or send a reading (the hub's start lines show how)"
                : $"No channel of that name; there are: {string.Join(", ", all.Channels.Select(channel => channel.DisplayName))}");
    }

    private static void Print(Channel channel, ReadingBlock block)
    {
        var timeUs = block.BaseTimeUs;
        for (var i = 0; i < block.Value.Count; i++)
        {
            timeUs += block.DeltaTimeUs[i];
            var at = DateTimeOffset.UnixEpoch.AddTicks(timeUs * 10).ToLocalTime();
            Console.WriteLine($"{at:HH:mm:ss.fff}  {channel.DisplayName,-32} {block.Value[i].ToString("N" + channel.DisplayDecimals, CultureInfo.CurrentCulture),12} {channel.UnitSymbol}");
        }
    }
}
