using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using StemLab.V1;

namespace StemLab.LessonConsole;

/// <summary>A whole experiment from a terminal: take a seat by code, predict, run, watch, and say what came out. Knows nothing but the .proto files.</summary>
internal sealed class RunCommand(Option<string> hubOption)
{
    private readonly Argument<string> _code = new("code") { Description = "the six characters the teacher shows" };
    private readonly Option<double> _seconds = new("--seconds") { Description = "length of the run, like 30", DefaultValueFactory = _ => 30 };
    private readonly Option<double?> _predict = new("--predict") { Description = "what you expect of the lesson's property, before measuring: a number like 25" };
    private readonly Option<string> _group = new("--group") { Description = "key of the group to join: dolphin, turtle…; default: the emptiest", DefaultValueFactory = _ => "" };

    public Command Build(Func<Func<Task>, Task<int>> guard)
    {
        var run = new Command("run", "Join a class, measure a run, say what came out") { _code, _seconds, _predict, _group };
        run.SetAction((arguments, stop) => guard(() => RunAsync(arguments, stop)));
        return run;
    }

    private async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var hub = GrpcChannel.ForAddress(arguments.GetValue(hubOption)!);
        var join = new JoinSessionRequest { Code = arguments.GetValue(_code)!, AsToken = true, Group = arguments.GetValue(_group)! };
        var joined = await new ClassroomService.ClassroomServiceClient(hub).JoinSessionAsync(join, cancellationToken: cancellationToken);
        var seat = new Metadata { { "authorization", $"Bearer {joined.Token}" } };
        var session = string.Join('/', joined.Seat.Name.Split('/').Take(2));
        var lessons = new LessonService.LessonServiceClient(hub);
        var state = (await lessons.GetClassAsync(new GetClassRequest { Session = session }, seat, cancellationToken: cancellationToken)).ClassState;
        var group = state.Groups.FirstOrDefault(group => group.Key == state.Seat.Group);
        Console.WriteLine($"{state.Lesson.Title?.En}: you are {joined.Seat.Alias}{(group is null ? "" : $" of group {group.Name.En}")}");
        if (arguments.GetValue(_predict) is { } number)
        {
            await lessons.PredictAsync(new PredictRequest { Session = session, Number = number }, seat, cancellationToken: cancellationToken);
            Console.WriteLine($"You expect {number.ToString(CultureInfo.CurrentCulture)}");
        }

        if (group is null || group.Channels.Count == 0)
        {
            throw new NothingFoundException("Your group has nothing that measures yet: ask your teacher");
        }

        var seconds = Math.Clamp(arguments.GetValue(_seconds), 1, 3_600);
        var start = new StartRunRequest { Session = session, InUs = 0, DurationUs = (long)(seconds * 1e6) };
        var started = (await lessons.StartRunAsync(start, seat, cancellationToken: cancellationToken)).ClassState.Groups.First(one => one.Key == group.Key).Run;
        await WatchAsync(lessons, session, group, seat, TimeSpan.FromSeconds(seconds), cancellationToken);
        await TellAsync(hub, started.RunId, group, seat, cancellationToken);
    }

    /// <summary>Prints each reading as it comes, until the run is over.</summary>
    private static async Task WatchAsync(LessonService.LessonServiceClient lessons, string session, ClassGroup group, Metadata seat, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        until.CancelAfter(duration);
        var channels = group.Channels.ToDictionary(channel => channel.Name);
        var names = new Dictionary<uint, string>();
        using var call = lessons.WatchClass(new WatchClassRequest { Session = session }, seat, cancellationToken: until.Token);
        try
        {
            while (await call.ResponseStream.MoveNext(until.Token))
            {
                if (call.ResponseStream.Current.Readings is not { } readings)
                {
                    continue;
                }

                foreach (var (number, name) in readings.ChannelNames)
                {
                    names[number] = name;
                }

                foreach (var block in readings.Blocks.Where(block => channels.ContainsKey(names[block.ChannelRef])))
                {
                    var channel = channels[names[block.ChannelRef]];
                    Console.WriteLine($"{channel.Property.En,-32} {block.Value[^1].ToString("N" + channel.DisplayDecimals, CultureInfo.CurrentCulture),12} {channel.UnitSymbol}");
                }
            }
        }
        catch (Exception over) when (!cancellationToken.IsCancellationRequested && over is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
        {
            // The run is over.
        }
    }

    /// <summary>Mean, scatter and slope of each channel over the run, and where to look at it.</summary>
    private static async Task TellAsync(GrpcChannel hub, string runId, ClassGroup group, Metadata seat, CancellationToken cancellationToken)
    {
        var run = (await new RunService.RunServiceClient(hub).GetRunAsync(new GetRunRequest { Name = $"runs/{runId}" }, seat, cancellationToken: cancellationToken)).Run;
        var analysis = new AnalysisService.AnalysisServiceClient(hub);
        foreach (var channel in group.Channels)
        {
            var span = new ReadingSpan { Channel = channel.Name, StartTimeUs = run.StartTimeUs, EndTimeUs = run.EndTimeUs };
            var about = await analysis.DescribeReadingsAsync(new DescribeReadingsRequest { Span = span }, seat, cancellationToken: cancellationToken);
            if (about.Refusal is { } refusal)
            {
                Console.WriteLine($"{channel.Property.En,-32} {refusal.En}");
                continue;
            }

            var line = await analysis.FitReadingsAsync(new FitReadingsRequest { Span = span, Kind = CurveKind.Linear }, seat, cancellationToken: cancellationToken);
            var slope = line.Parameters.FirstOrDefault(one => one.Name == "slope");
            var form = "N" + (channel.DisplayDecimals + 1);
            Console.WriteLine($"{channel.Property.En,-32} mean {about.Mean.ToString(form, CultureInfo.CurrentCulture)} ± {about.Sd.ToString(form, CultureInfo.CurrentCulture)} {channel.UnitSymbol}, n = {about.Read.Count}{(slope is null ? "" : $", {(slope.Value * 60).ToString("G3", CultureInfo.CurrentCulture)} {channel.UnitSymbol} a minute")}");
        }

        Console.WriteLine($"Run {runId}: its page is /runs/{runId} on the hub");
    }
}
