// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using MQTTnet;
using StemLab.Hub.Facts;
using StemLab.Hub.Fleet;
using StemLab.Hub.Operations;
using StemLab.Hub.Startup;
using StemLab.Science.Water;
using StemLab.TestKit;
using StemLab.V1;
using StemLab.Wire;
using static StemLab.Hub.Api.HubFixture;

namespace StemLab.Hub.Api;

public sealed class DerivedChannelRpcTests : IAsyncLifetime
{
    private static readonly string Pi = $"agents/{PiKey}";
    private static readonly string Conductivity = Channel("ec", "electrical_conductivity");
    private static readonly string Temperature = Channel("t", "water_temperature");
    private static readonly string Salinity = Channel("salinity", "practical_salinity");

    private HubFixture _hub = null!;
    private DerivedChannelService.DerivedChannelServiceClient _derived = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await StartAsync();
        _derived = new DerivedChannelService.DerivedChannelServiceClient(_hub.Grpc);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task The_list_names_the_inputs_found_and_what_is_missing_in_both_languages()
    {
        await SeaAsync();
        ListFormulasResponse all = await _derived.ListFormulasAsync(new ListFormulasRequest { Parent = Pi });
        Formula salinity = all.Formulas.Single(formula => formula.FormulaId == "practical-salinity-pss78/1");
        Formula oxygen = all.Formulas.Single(formula => formula.FormulaId == "oxygen-saturation-benson-krause/1");

        Assert.Equal(DerivedQuantities.All.Length, all.Formulas.Count);
        Assert.True(salinity.Possible);
        Assert.Equal([Conductivity, Temperature], salinity.Inputs.SelectMany(input => input.Channels));
        Assert.Equal(("Uses electrical conductivity (at water temperature), water temperature. Taken unless you say otherwise: water pressure 0 dbar.", "Dùng độ dẫn điện, nhiệt độ nước. Nếu bạn không chọn khác thì lấy: áp suất nước 0 dbar."), (salinity.Sentence.En, salinity.Sentence.Vi));
        Assert.False(oxygen.Possible);
        Assert.Equal(("This device does not measure dissolved oxygen.", "Thiết bị này không đo ôxy hòa tan."), (oxygen.Sentence.En, oxygen.Sentence.Vi));
        Assert.All(all.Formulas.SelectMany(formula => formula.Inputs), input => Assert.True(input.DisplayName.En.Length > 0 && input.DisplayName.Vi.Length > 0));
        Assert.All((await _derived.ListFormulasAsync(new ListFormulasRequest { Parent = Pi, PossibleOnly = true })).Formulas, formula => Assert.True(formula.Possible));
    }

    [Fact]
    public async Task A_preview_shows_the_last_hour_and_keeps_nothing()
    {
        await SeaAsync();
        long revision = _hub.Facts.Current.Revision;
        PreviewDerivedChannelResponse preview = await _derived.PreviewDerivedChannelAsync(new PreviewDerivedChannelRequest { Parent = Pi, Definition = SalinityDefinition() });

        Assert.Empty(preview.Problems);
        Assert.Equal((Channel("practical-salinity", "practical_salinity"), "1", 60, 60), (preview.Channel, preview.UnitUcum, preview.Value.Count, preview.TimeUs.Count));
        Assert.Equal(Seawater.PracticalSalinity(45, 25, 0), preview.Latest.Value, 12);
        Assert.Equal(preview.Value[^1], preview.Latest.Value);
        Assert.NotEmpty(preview.Sentence.Vi);
        Assert.Equal(revision, _hub.Facts.Current.Revision);
    }

    [Fact]
    public async Task A_derived_channel_is_listed_asked_for_watched_and_taken_back_like_any_other()
    {
        await SeaAsync();
        var readings = new ReadingService.ReadingServiceClient(_hub.Grpc);
        var catalog = new CatalogService.CatalogServiceClient(_hub.Grpc);
        DerivedChannel made = (await _derived.CreateDerivedChannelAsync(new CreateDerivedChannelRequest { Parent = Pi, Definition = SalinityDefinition("salinity") })).DerivedChannel;
        Assert.Equal((Salinity, "1", "teacher", "Salinity from conductivity"), (made.Channel, made.UnitUcum, made.ByRole, made.DisplayName.En));
        Assert.Equal(made, Assert.Single((await _derived.ListDerivedChannelsAsync(new ListDerivedChannelsRequest { Parent = "agents/-" })).DerivedChannels));

        V1.Channel listed = (await catalog.GetChannelAsync(new GetChannelRequest { Name = Salinity })).Channel;
        Assert.Equal((made.FactId, "practical_salinity", "ag-1 salinity", "1"), (listed.DerivedChannel, listed.ObservedProperty, listed.DisplayName, listed.UnitUcum));
        Assert.Equal(Seawater.PracticalSalinity(45, 25, 0), listed.Latest.Value, 12);
        Assert.False(listed.Latest.HasRaw);

        (long[] utc, double[] values, uint[] flags) = await QueryAsync(readings, Salinity);
        Assert.Equal(60, values.Length);
        Assert.All(values, value => Assert.Equal(Seawater.PracticalSalinity(45, 25, 0), value, 12));
        BucketBlock buckets = await BucketsAsync(readings, Salinity);
        Assert.Equal(60, buckets.Count.Sum());
        Assert.Equal(values.Average(), buckets.Mean.Zip(buckets.Count, (mean, count) => mean * count).Sum() / 60, 9);

        // Live is what is asked for.
        using AsyncServerStreamingCall<WatchReadingsResponse> watch = readings.WatchReadings(new WatchReadingsRequest { Channels = { Salinity }, WithRaw = true });
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        long next = _hub.NowUs + (300 * Second);
        await _hub.RowsAsync("t", "water_temperature", "Cel", (next, 26));
        await _hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", (next + 1, 44));
        (utc, values, flags) = await QueryAsync(readings, Salinity);
        Assert.Equal((values[^1], flags[^1], double.NaN), await SentAsync(watch, utc[^1]));
        Assert.Equal(Seawater.PracticalSalinity(44, 26, 0), values[^1], 12);

        await _derived.WithdrawDerivedChannelAsync(new WithdrawDerivedChannelRequest { FactId = made.FactId, Reason = "test" });
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(catalog.GetChannelAsync(new GetChannelRequest { Name = Salinity }))).StatusCode);
        Assert.Empty((await _derived.ListDerivedChannelsAsync(new ListDerivedChannelsRequest { Parent = Pi })).DerivedChannels);
        (_, double[] then, _) = await QueryAsync(readings, Salinity, made.Revision);
        Assert.Equal(values, then);
        Assert.Single((await _derived.ListDerivedChannelsAsync(new ListDerivedChannelsRequest { Parent = Pi, AsOfRevision = made.Revision })).DerivedChannels);
        DescribeChangesResponse told = await readings.DescribeChangesAsync(new DescribeChangesRequest { FromRevision = made.Revision - 1, ToRevision = made.Revision });
        Assert.Equal(("Derived channel “salinity” of ag-1: Salinity from conductivity.", "Kênh tính ra “salinity” của ag-1: Độ mặn từ độ dẫn điện."), (told.Changes[0].TextEn, told.Changes[0].TextVi));
        Assert.Equal(Salinity, Assert.Single(told.Spans).Channel);
    }

    [Fact]
    public async Task A_definition_is_replaced_with_the_past_computed_anew_and_what_others_need_stays()
    {
        await SeaAsync();
        DerivedChannel made = (await _derived.CreateDerivedChannelAsync(new CreateDerivedChannelRequest { Parent = Pi, Definition = SalinityDefinition("salinity") })).DerivedChannel;
        var twice = new DerivedChannelDefinition { Port = "twice", Expression = "2 * s", UnitUcum = "1", Inputs = { new DerivedInputBinding { Name = "s", Channel = Salinity } } };
        DerivedChannel second = (await _derived.CreateDerivedChannelAsync(new CreateDerivedChannelRequest { Parent = Pi, Definition = twice })).DerivedChannel;

        RpcException needed = await RefusedAsync(_derived.WithdrawDerivedChannelAsync(new WithdrawDerivedChannelRequest { FactId = made.FactId }));
        Assert.Equal((StatusCode.FailedPrecondition, true, true), (needed.StatusCode, needed.Status.Detail.Contains("twice", StringComparison.Ordinal), Said(needed, "vi").Contains("bỏ kênh đó ra trước", StringComparison.Ordinal)));
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(new FactService.FactServiceClient(_hub.Grpc).WithdrawFactAsync(new WithdrawFactRequest { FactId = made.FactId }))).StatusCode);
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(_derived.ReplaceDerivedChannelAsync(new ReplaceDerivedChannelRequest { FactId = made.FactId, Definition = SalinityDefinition("other") }))).StatusCode);
        DerivedChannelDefinition ring = SalinityDefinition("salinity");
        ring.Inputs[1].Channel = second.Channel;
        Assert.Equal(["definition.inputs"], Fields(await RefusedAsync(_derived.ReplaceDerivedChannelAsync(new ReplaceDerivedChannelRequest { FactId = made.FactId, Definition = ring }))));

        DerivedChannelDefinition deep = SalinityDefinition("salinity");
        deep.Inputs.Add(new DerivedInputBinding { Name = "water_pressure", Constant = 10, UnitUcum = "bar" });
        DerivedChannel after = (await _derived.ReplaceDerivedChannelAsync(new ReplaceDerivedChannelRequest { FactId = made.FactId, Definition = deep })).DerivedChannel;
        (_, double[] values, _) = await QueryAsync(new ReadingService.ReadingServiceClient(_hub.Grpc), second.Channel);
        Assert.All(values, value => Assert.Equal(2 * Seawater.PracticalSalinity(45, 25, 100), value, 9));
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(_derived.WithdrawDerivedChannelAsync(new WithdrawDerivedChannelRequest { FactId = made.FactId }))).StatusCode);
        await _derived.WithdrawDerivedChannelAsync(new WithdrawDerivedChannelRequest { FactId = second.FactId });
        await _derived.WithdrawDerivedChannelAsync(new WithdrawDerivedChannelRequest { FactId = after.FactId });
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_in_both_languages_with_every_reason_and_nothing_is_stated()
    {
        await SeaAsync();
        long revision = _hub.Facts.Current.Revision;
        DerivedInputBinding Input(string name, string channel) => new() { Name = name, Channel = channel };
        DerivedChannelDefinition Own(string expression, params DerivedInputBinding[] inputs) => new() { Port = "own", Expression = expression, Inputs = { inputs } };
        DerivedChannelDefinition Listed(params DerivedInputBinding[] inputs) => new() { Port = "x", FormulaId = "practical-salinity-pss78/1", Inputs = { inputs } };
        (string Fields, DerivedChannelDefinition Definition)[] wrong =
        [
            ("computation port", new()),
            ("port", SalinityDefinition("Not A Slug")),
            ("formula_id", new() { FormulaId = "phlogiston/1", Inputs = { Input("a", Temperature) } }),
            ("formula_id", new() { Port = "x", FormulaId = "practical-salinity-pss78/1", UnitUcum = "g/kg" }),
            ("inputs", Listed(Input("electrical_conductivity", Conductivity))),
            ("inputs[1].channel", Listed(Input("electrical_conductivity", Conductivity), Input("water_temperature", Channel("gone", "water_temperature")))),
            ("inputs[1].channel", Listed(Input("electrical_conductivity", Conductivity), Input("water_temperature", Conductivity))),
            ("inputs[1].channel", Listed(Input("electrical_conductivity", Conductivity), Input("water_temperature", Temperature.Replace("00000000a", "00000000b", StringComparison.Ordinal)))),
            ("inputs[2].name", Listed(Input("electrical_conductivity", Conductivity), Input("water_temperature", Temperature), Input("colour", Temperature))),
            ("inputs", Listed(Input("electrical_conductivity", Conductivity), Input("electrical_conductivity", Conductivity))),
            ("inputs[1].constant", Listed(Input("electrical_conductivity", Conductivity), new DerivedInputBinding { Name = "water_temperature", Constant = 90 })),
            ("inputs[1].constant", Listed(Input("electrical_conductivity", Conductivity), new DerivedInputBinding { Name = "water_temperature", Constant = double.NaN })),
            ("inputs[1].unit_ucum", Listed(Input("electrical_conductivity", Conductivity), new DerivedInputBinding { Name = "water_temperature", Constant = 20, UnitUcum = "m" })),
            ("inputs", Listed(new DerivedInputBinding { Name = "electrical_conductivity", Constant = 40 }, new DerivedInputBinding { Name = "water_temperature", Constant = 20 })),
            ("expression", Own("a + t", Input("a", Conductivity), Input("t", Temperature))),
            ("expression", Own("a +", Input("a", Conductivity))),
            ("expression", Own("b", Input("a", Conductivity))),
            ("expression", Own(new string('1', 501), Input("a", Conductivity))),
            ("inputs[1].name", Own("a", Input("a", Conductivity), Input("t", Temperature))),
            ("unit_ucum", new() { Port = "own", Expression = "a", UnitUcum = "parsec-ish", Inputs = { Input("a", Conductivity) } }),
            ("unit_ucum", new() { Port = "own", Expression = "a", UnitUcum = "mg/L", Inputs = { Input("a", Conductivity) } }),
            ("unit_ucum", new() { Port = "own", Expression = "a", ObservedProperty = "ph", Inputs = { Input("a", Conductivity) } }),
            ("max_age_us", new() { Port = "own", Expression = "a", MaxAgeUs = -1, Inputs = { Input("a", Conductivity) } }),
            ("inputs", new() { Port = "own", Expression = "a", Inputs = { Input("a", Channel("own", "own")) } }),
        ];
        foreach ((string fields, DerivedChannelDefinition definition) in wrong)
        {
            PreviewDerivedChannelResponse preview = await _derived.PreviewDerivedChannelAsync(new PreviewDerivedChannelRequest { Parent = Pi, Definition = definition });
            Assert.Equal(fields, string.Join(' ', preview.Problems.Select(problem => problem.Field).Distinct().Order(StringComparer.Ordinal)));
            Assert.All(preview.Problems, problem => Assert.True(problem.Sentence.En.Length > 10 && problem.Sentence.Vi.Length > 10 && problem.Sentence.En != problem.Sentence.Vi));
            RpcException refused = await RefusedAsync(_derived.CreateDerivedChannelAsync(new CreateDerivedChannelRequest { Parent = Pi, Definition = definition }));
            Assert.Equal(fields.Split(' ').Select(field => $"definition.{field}"), Fields(refused).Distinct());
        }

        await _derived.CreateDerivedChannelAsync(new CreateDerivedChannelRequest { Parent = Pi, Definition = SalinityDefinition("salinity") });
        Assert.Equal(StatusCode.AlreadyExists, (await RefusedAsync(_derived.CreateDerivedChannelAsync(new CreateDerivedChannelRequest { Parent = Pi, Definition = SalinityDefinition("salinity") }))).StatusCode);
        Assert.Equal(revision + 1, _hub.Facts.Current.Revision);
    }

    [Fact]
    public async Task Questions_about_nobody_and_deeds_on_computed_channels_are_refused()
    {
        await SeaAsync();
        DerivedChannel made = (await _derived.CreateDerivedChannelAsync(new CreateDerivedChannelRequest { Parent = Pi, Definition = SalinityDefinition("salinity") })).DerivedChannel;
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_derived.ListFormulasAsync(new ListFormulasRequest { Parent = $"agents/{new Id128(9)}" }))).StatusCode);
        Assert.Equal(["parent"], Fields(await RefusedAsync(_derived.ListFormulasAsync(new ListFormulasRequest { Parent = "agents/x" }))));
        Assert.Equal(["as_of_revision"], Fields(await RefusedAsync(_derived.ListDerivedChannelsAsync(new ListDerivedChannelsRequest { Parent = Pi, AsOfRevision = -1 }))));
        Assert.Equal(["fact_id"], Fields(await RefusedAsync(_derived.WithdrawDerivedChannelAsync(new WithdrawDerivedChannelRequest { FactId = "x" }))));
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_derived.ReplaceDerivedChannelAsync(new ReplaceDerivedChannelRequest { FactId = new Id128(4).ToString() }))).StatusCode);

        var calibration = new V1.Fact { Calibration = new CalibrationFact { Channel = Salinity, Slope = 1 } };
        Assert.Equal(["fact.calibration.channel"], Fields(await RefusedAsync(new FactService.FactServiceClient(_hub.Grpc).StateFactAsync(new StateFactRequest { Fact = calibration }))));
        RpcException erased = await RefusedAsync(new StoreService.StoreServiceClient(_hub.Grpc).EraseReadingsAsync(new EraseReadingsRequest { Channels = { Salinity }, Reason = "test" }));
        Assert.Equal((StatusCode.FailedPrecondition, true), (erased.StatusCode, Said(erased, "vi").Contains("kênh", StringComparison.Ordinal)));

        // An input that is erased takes its derived readings with it; the channel stays for what comes.
        await new StoreService.StoreServiceClient(_hub.Grpc).EraseReadingsAsync(new EraseReadingsRequest { Channels = { Temperature }, Reason = "test" });
        (_, double[] values, uint[] flags) = await QueryAsync(new ReadingService.ReadingServiceClient(_hub.Grpc), Salinity);
        Assert.All(values, value => Assert.True(double.IsNaN(value)));
        Assert.All(flags, flag => Assert.Equal(9u, flag));
        Assert.Equal("", Assert.Single((await _derived.ListDerivedChannelsAsync(new ListDerivedChannelsRequest { Parent = Pi })).DerivedChannels).Trouble.En);
        Assert.Equal(made.FactId, (await new FactService.FactServiceClient(_hub.Grpc).ListFactsAsync(new ListFactsRequest { Kind = "derived_channel" })).Facts.Single().FactId);
    }

    [Fact]
    public async Task The_JSON_face_answers_too()
    {
        await SeaAsync();
        using var body = new StringContent(
            $$"""{"formulaId":"practical-salinity-pss78/1","port":"salinity","inputs":[{"name":"electrical_conductivity","channel":"{{Conductivity}}"},{"name":"water_temperature","channel":"{{Temperature}}"}]}""",
            System.Text.Encoding.UTF8,
            "application/json");
        HttpResponseMessage made = await _hub.Http.PostAsync($"/v1/{Pi}/derivedChannels", body);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        using JsonDocument listed = JsonDocument.Parse(await _hub.Http.GetStringAsync($"/v1/{Pi}/derivedChannels"));
        Assert.Equal(Salinity, listed.RootElement.GetProperty("derivedChannels")[0].GetProperty("channel").GetString());
        using JsonDocument formulas = JsonDocument.Parse(await _hub.Http.GetStringAsync($"/v1/{Pi}/formulas?possibleOnly=true"));
        Assert.True(formulas.RootElement.GetProperty("formulas").GetArrayLength() > 3);
    }

    [Fact]
    public async Task A_restart_keeps_it()
    {
        using var folder = new TempFolder();
        var options = new HubOptions { DataFolder = folder.Path, HttpPort = 0, GrpcPort = 0, MqttPort = 0, UtcSource = "none" };
        string made;
        await using (HubHost first = await HubHost.StartAsync(options, TestContext.Current.CancellationToken))
        {
            ((FleetBook)first.Services.GetService(typeof(FleetBook))!).Enrol("ag-1", Owner);
            var facts = (FactLog)first.Services.GetService(typeof(FactLog))!;
            var clock = (TimeKeeping.HubClock)first.Services.GetService(typeof(TimeKeeping.HubClock))!;
            made = facts.Append(new FactDraft(Derive.DerivedChannelTests.Salinity(), clock.Now, FactRoles.Teacher)).Stated[0].FactId.ToString();
        }

        await using HubHost second = await HubHost.StartAsync(options, TestContext.Current.CancellationToken);
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress($"http://127.0.0.1:{second.GrpcPort}");
        DerivedChannel kept = Assert.Single((await new DerivedChannelService.DerivedChannelServiceClient(channel).ListDerivedChannelsAsync(new ListDerivedChannelsRequest { Parent = "agents/-" })).DerivedChannels);
        Assert.Equal((made, "practical-salinity-pss78/1"), (kept.FactId, kept.Definition.FormulaId));
        Assert.Contains("no channel", kept.Trouble.En, StringComparison.Ordinal);
        Assert.Contains("Không có", kept.Trouble.Vi, StringComparison.Ordinal);
    }

    private static DerivedChannelDefinition SalinityDefinition(string port = "") => new()
    {
        Port = port,
        FormulaId = "practical-salinity-pss78/1",
        Inputs = { new DerivedInputBinding { Name = "electrical_conductivity", Channel = Conductivity }, new DerivedInputBinding { Name = "water_temperature", Channel = Temperature } },
    };

    private static async Task<(long[] Utc, double[] Values, uint[] Flags)> QueryAsync(ReadingService.ReadingServiceClient readings, string channel, long revision = 0)
    {
        var request = new QueryReadingsRequest { Channels = { channel }, AsOfRevision = revision };
        (List<long> utc, List<double> values, List<uint> flags) = ([], [], []);
        using AsyncServerStreamingCall<QueryReadingsResponse> call = readings.QueryReadings(request);
        await foreach (QueryReadingsResponse answer in call.ResponseStream.ReadAllAsync())
        {
            foreach (ReadingBlock block in answer.Blocks)
            {
                long at = block.BaseTimeUs;
                for (int i = 0; i < block.Value.Count; i++)
                {
                    at += block.DeltaTimeUs[i];
                    utc.Add(at);
                    values.Add(block.Value[i]);
                    flags.Add(block.Flag.Count == 1 ? block.Flag[0] : block.Flag[i]);
                }
            }
        }

        return ([.. utc], [.. values], [.. flags]);
    }

    private static async Task<BucketBlock> BucketsAsync(ReadingService.ReadingServiceClient readings, string channel)
    {
        using AsyncServerStreamingCall<QueryReadingsResponse> call = readings.QueryReadings(new QueryReadingsRequest { Channels = { channel }, MaxBuckets = 7 });
        await foreach (QueryReadingsResponse answer in call.ResponseStream.ReadAllAsync())
        {
            if (answer.Buckets.Count > 0)
            {
                return answer.Buckets[0];
            }
        }

        throw new InvalidOperationException("no buckets");
    }

    /// <summary>Value, flag and raw of the reading of that time, as the watch brings it.</summary>
    private static async Task<(double Value, uint Flag, double Raw)> SentAsync(AsyncServerStreamingCall<WatchReadingsResponse> watch, long utcUs)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        while (await watch.ResponseStream.MoveNext(limit.Token))
        {
            foreach (ReadingBlock block in watch.ResponseStream.Current.Blocks)
            {
                long at = block.BaseTimeUs;
                for (int i = 0; i < block.Value.Count; i++)
                {
                    at += block.DeltaTimeUs[i];
                    if (at == utcUs)
                    {
                        return (block.Value[i], block.Flag.Count == 1 ? block.Flag[0] : block.Flag[i], block.Raw[i]);
                    }
                }
            }
        }

        throw new InvalidOperationException("the watch ended");
    }

    /// <summary>A minute of calm sea, both probes at the same times.</summary>
    [Fact]
    public async Task A_computed_channel_is_kept_as_a_sample_and_told_over_mqtt_like_a_measured_one()
    {
        await _hub.SteadyAsync("t", "water_temperature", "Cel", 60, Second, _ => 25);
        await _hub.SteadyAsync("ec", "electrical_conductivity", "mS/cm", 60, Second, i => 45 + (i % 2 == 0 ? 0.001 : -0.001));
        await _derived.CreateDerivedChannelAsync(new CreateDerivedChannelRequest { Parent = Pi, Definition = SalinityDefinition() });
        Sample kept = (await new SampleService.SampleServiceClient(_hub.Grpc).KeepSampleAsync(new KeepSampleRequest { Channel = Channel("practical-salinity", "practical_salinity"), Site = "pier" })).Sample;
        Assert.Equal(Seawater.PracticalSalinity(45, 25, 0), kept.Mean, 3);
        Assert.Equal(("1", true), (kept.UnitUcum, kept.Steady));

        using var listener = new MqttClientFactory().CreateMqttClient();
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.ApplicationMessageReceivedAsync += message =>
        {
            // What was measured before may still be on its way.
            var payload = message.ApplicationMessage.ConvertPayloadToString();
            if (message.ApplicationMessage.Topic == "stemlab/ag-1/practical-salinity" && JsonNode.Parse(payload)!["value"]!.GetValue<double>() is var value && Math.Abs(value - kept.Mean) > 0.01)
            {
                heard.TrySetResult(payload);
            }

            return Task.CompletedTask;
        };
        await listener.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _hub.Get<RunningHub>().Options!.MqttPort).Build());
        await listener.SubscribeAsync("stemlab/#");
        await _hub.RowsAsync("t", "water_temperature", "Cel", (_hub.NowUs + Second, 26));
        await _hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", (_hub.NowUs + (2 * Second), 46));
        using JsonDocument told = JsonDocument.Parse(await heard.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(Seawater.PracticalSalinity(46, 26, 0), told.RootElement.GetProperty("value").GetDouble(), 9);
        Assert.Equal("1", told.RootElement.GetProperty("unit").GetString());
    }

    private async Task SeaAsync()
    {
        long last = _hub.NowUs + (120 * Second);
        (long, double)[] Rows(double value) => [.. Enumerable.Range(0, 60).Select(i => (last - ((119 - i) * Second), value))];
        await _hub.RowsAsync("t", "water_temperature", "Cel", Rows(25));
        await _hub.RowsAsync("ec", "electrical_conductivity", "mS/cm", Rows(45));
    }
}
