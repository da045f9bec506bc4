// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using System.Reflection;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace StemLab.Hub.Api;

/// <summary>Every rpc of every service, found by reflection, against requests that say nothing and requests that make no sense.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const int DeepestMessage = 4;

    private static readonly StatusCode[] Documented =
    [
        StatusCode.InvalidArgument, StatusCode.NotFound, StatusCode.Unauthenticated, StatusCode.PermissionDenied, StatusCode.FailedPrecondition, StatusCode.Aborted,
        StatusCode.AlreadyExists, StatusCode.OutOfRange, StatusCode.ResourceExhausted, StatusCode.Unavailable,
    ];

    /// <summary>Services whose every refusal is said word for word; elsewhere a Vietnamese sentence around an English detail will do.</summary>
    private static readonly string[] Translated = ["CalibrationService", "QualityService", "SampleService", "AnalysisService", "TimeService", "ReadingService", "StoreService", "CatalogService"];

    private HubFixture _hub = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await HubFixture.StartAsync();
        await _hub.SteadyAsync("ph", "ph", "[pH]", 100, HubFixture.Second / 10, i => 7 + (0.01 * (i % 3)));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    private static IEnumerable<MethodDescriptor> Methods() => typeof(V1.CalibrationService).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(V1.CalibrationService).Namespace)
        .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as ServiceDescriptor)
        .OfType<ServiceDescriptor>().SelectMany(service => service.Methods).OrderBy(method => method.FullName, StringComparer.Ordinal);

    [Fact]
    public async Task A_rule_that_could_never_speak_and_a_revision_that_is_not_there_are_refused_and_nothing_is_stated()
    {
        var quality = new V1.QualityService.QualityServiceClient(_hub.Grpc);
        string channel = HubFixture.Channel("ph", "ph");
        long revision = _hub.Facts.Current.Revision;
        var range = new V1.QcRange { FailMin = 1, FailMax = 2 };
        async Task RefusedAsync(V1.QcRulesFact rules, string field, string vietnamese)
        {
            RpcException refused = await HubFixture.RefusedAsync(quality.SetQcRulesAsync(new V1.SetQcRulesRequest { Rules = rules }));
            Assert.Equal([field], HubFixture.Fields(refused));
            Assert.Contains(vietnamese, HubFixture.Said(refused, "vi"), StringComparison.Ordinal);
        }

        await RefusedAsync(new V1.QcRulesFact { Channel = channel, UnitUcum = "Cel", GrossRange = range }, "rules.unit_ucum", "không đổi được sang [pH]");
        await RefusedAsync(new V1.QcRulesFact { Property = "ph", SiteId = new string('0', 31) + "1", GrossRange = range }, "rules.site_id", "không có địa điểm đó");
        await RefusedAsync(new V1.QcRulesFact { Property = "ph", FlatLine = new V1.QcFlatLine { SuspectS = 1, FailS = 2, Tolerance = -1 } }, "rules.flat_line.tolerance", "là -1; cần: 0 trở lên");
        RpcException later = await HubFixture.RefusedAsync(quality.GetQcRulesAsync(new V1.GetQcRulesRequest { Channel = channel, AsOfRevision = revision + 1 }));
        Assert.Contains("muộn hơn phiên bản mới nhất", HubFixture.Said(later, "vi"), StringComparison.Ordinal);
        using AsyncServerStreamingCall<V1.QueryReadingsResponse> query = new V1.ReadingService.ReadingServiceClient(_hub.Grpc)
            .QueryReadings(new V1.QueryReadingsRequest { Channels = { channel }, AsOfRevision = revision + 1 });
        Assert.Equal(["as_of_revision"], HubFixture.Fields(await Assert.ThrowsAsync<RpcException>(() => query.ResponseStream.MoveNext(CancellationToken.None))));
        Assert.Equal(revision, _hub.Facts.Current.Revision);
    }

    [Fact]
    public async Task Every_rpc_answers_nothing_and_nonsense_with_a_documented_refusal_in_both_languages_and_states_nothing_half()
    {
        MethodDescriptor[] methods = [.. Methods()];
        Assert.True(methods.Length > 50, $"only {methods.Length} rpcs found");
        var misses = new List<string>();
        (int calls, int refused) = (0, 0);
        foreach (MethodDescriptor method in methods)
        {
            foreach ((string name, IMessage request) in Requests(method.InputType))
            {
                calls++;
                long revision = _hub.Facts.Current.Revision;
                if (await RefusalAsync(method, request) is not { } refusal)
                {
                    continue;
                }

                refused++;
                string[] wrong = [.. Wrong(refusal, isWordForWord: Translated.Contains(method.Service.Name))];
                misses.AddRange(wrong.Select(why => $"{method.FullName}, {name}: {why} ({refusal.StatusCode}: {refusal.Status.Detail})"));
                if (_hub.Facts.Current.Revision != revision)
                {
                    misses.Add($"{method.FullName}, {name}: refused, but something was stated");
                }
            }
        }

        Assert.True(misses.Count == 0, string.Join(Environment.NewLine, misses.DistinctBy(miss => miss[(miss.IndexOf(": ", StringComparison.Ordinal) + 1)..])));
        Assert.True(refused > methods.Length, $"{refused} of {calls} calls were refused");
    }

    private static IEnumerable<string> Wrong(RpcException refusal, bool isWordForWord)
    {
        if (!Documented.Contains(refusal.StatusCode))
        {
            yield return "not a documented refusal";
        }

        string[] said = [HubFixture.Said(refusal, "en"), HubFixture.Said(refusal, "vi")];
        if (said.Any(text => text.Length == 0))
        {
            yield return "not said in both languages";
        }
        else if (said[0] == said[1] || said[1].All(char.IsAscii))
        {
            yield return $"'{said[1]}' is not Vietnamese";
        }
        else if (isWordForWord && said[1].Contains("tiếng Anh:", StringComparison.Ordinal))
        {
            yield return $"'{string.Join("; ", Regex.Matches(said[1], "tiếng Anh: [^;)]*"))}' is not translated";
        }
    }

    /// <summary>Nothing; nonsense small and below zero; nonsense long and huge; a real channel with nonsense around it, once for each member of a choice.</summary>
    private static IEnumerable<(string Name, IMessage Request)> Requests(MessageDescriptor type)
    {
        yield return ("empty", type.Parser.ParseFrom([]));
        yield return ("negative", Nonsense(type, "?", -1, double.NaN, 0, 0));
        yield return ("huge", Nonsense(type, new string('x', 2_000), long.MaxValue, double.PositiveInfinity, 1, 0));
        for (int choice = 0; choice < 12; choice++)
        {
            yield return ($"channel, choice {choice}", Nonsense(type, HubFixture.Channel("ph", "ph"), 7, double.NegativeInfinity, choice, 0));
        }
    }

    private static IMessage Nonsense(MessageDescriptor type, string text, long whole, double real, int choice, int depth)
    {
        IMessage message = type.Parser.ParseFrom([]);
        foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
        {
            if (field.RealContainingOneof is { } oneof && oneof.Fields[choice % oneof.Fields.Count] != field)
            {
                continue;
            }

            if (field.IsMap || (field.FieldType == FieldType.Message && depth == DeepestMessage))
            {
                continue;
            }

            object value = Value(field, text, whole, real, choice, depth);
            if (field.IsRepeated)
            {
                ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
                continue;
            }

            field.Accessor.SetValue(message, value);
        }

        return message;
    }

    private static object Value(FieldDescriptor field, string text, long whole, double real, int choice, int depth) => field.FieldType switch
    {
        FieldType.String => text,
        FieldType.Bytes => ByteString.CopyFromUtf8(text),
        FieldType.Bool => true,
        FieldType.Double => real,
        FieldType.Float => (float)real,
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)Math.Clamp(whole, int.MinValue, int.MaxValue),
        FieldType.UInt32 or FieldType.Fixed32 => (uint)Math.Clamp(whole, 0, uint.MaxValue),
        FieldType.UInt64 or FieldType.Fixed64 => (ulong)Math.Max(0, whole),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => whole,
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, whole == 7 ? 1 : 9_999),
        _ => Nonsense(field.MessageType, text, whole, real, choice, depth + 1),
    };

    /// <summary>Null where the request was answered.</summary>
    private async Task<RpcException?> RefusalAsync(MethodDescriptor method, IMessage request)
    {
        var marshaller = Marshallers.Create<IMessage>(message => message.ToByteArray(), bytes => method.InputType.Parser.ParseFrom(bytes));
        var answer = Marshallers.Create<IMessage>(message => message.ToByteArray(), bytes => method.OutputType.Parser.ParseFrom(bytes));
        using var enough = new CancellationTokenSource();
        CallInvoker invoker = _hub.Grpc.CreateCallInvoker();
        var options = new CallOptions(cancellationToken: enough.Token);
        Assert.False(method.IsClientStreaming, $"{method.FullName} needs a way to be tested");
        try
        {
            if (!method.IsServerStreaming)
            {
                using AsyncUnaryCall<IMessage> unary = invoker.AsyncUnaryCall(new Method<IMessage, IMessage>(MethodType.Unary, method.Service.FullName, method.Name, marshaller, answer), null, options, request);
                await unary.ResponseAsync.WaitAsync(TimeSpan.FromSeconds(60));
                return null;
            }

            using AsyncServerStreamingCall<IMessage> stream =
                invoker.AsyncServerStreamingCall(new Method<IMessage, IMessage>(MethodType.ServerStreaming, method.Service.FullName, method.Name, marshaller, answer), null, options, request);
            await stream.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
            return null;
        }
        catch (RpcException refusal)
        {
            return refusal;
        }
        finally
        {
            await enough.CancelAsync();
        }
    }
}
