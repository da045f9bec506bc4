using System.Security.Claims;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.Quality;
using StemLab.Hub.Query;
using StemLab.V1;
using static StemLab.Hub.Derive.DeriveFixture;
using QcFlag = StemLab.V1.QcFlag;

namespace StemLab.Hub.Api;

public sealed class QualityRpcTests
{
    private static readonly ServerCallContext Call = new PlainCall();

    [Fact]
    public async Task A_jump_is_explained_in_both_languages_a_person_may_know_better_and_take_it_back()
    {
        await using QualityFixture hub = await Filled();
        QualityRpc service = Service(hub);
        string channel = hub.Channel("ph").Name;

        FlaggedStretch jump = Assert.Single((await Stretches(service, channel)).Stretches, stretch => stretch.Flag == QcFlag.Suspect && (stretch.Reason & (ulong)ReadingReason.Spike) != 0);
        Assert.Equal(("Sudden jump: did the probe leave the water?", "Giá trị nhảy vọt: đầu đo có ra khỏi nước không?"), (jump.SentenceEn, jump.SentenceVi));
        Assert.Equal(Utc0 + (20 * Second), jump.FirstTimeUs);

        FlagStretchResponse said = await service.FlagStretch(
            new FlagStretchRequest { Channel = channel, StartTimeUs = Utc0 + (15 * Second), EndTimeUs = Utc0 + (25 * Second), Flag = QcFlag.Good, Reason = "sóng tàu" }, Call);
        Assert.Equal((10, 1), (said.Readings, said.Facts.Count));
        Assert.Equal(15 * Second, said.Facts[0].HumanFlag.From.BootTime.TUs);
        FlaggedStretch[] now = [.. (await Stretches(service, channel)).Stretches.Where(stretch => stretch.HumanFlag == QcFlag.Good)];
        Assert.Equal([QcFlag.Good, QcFlag.Suspect, QcFlag.Suspect, QcFlag.Good], now.Select(stretch => stretch.MachineFlag));
        Assert.All(now, stretch => Assert.Equal((QcFlag.Good, "sóng tàu", said.Facts[0].FactId), (stretch.Flag, stretch.HumanReason, stretch.HumanFactId)));

        Assert.True(hub.Hub.Log.Current.TryFind(Wire.Id128.TryParse(said.Facts[0].FactId, out Wire.Id128 id) ? id : default, out Facts.Fact? fact));
        hub.Hub.Withdraw(fact);
        Assert.DoesNotContain((await Stretches(service, channel)).Stretches, stretch => stretch.HumanFlag != QcFlag.Unspecified);
    }

    [Fact]
    public async Task Rules_are_shown_with_their_origin_and_the_narrower_takes_the_place_of_the_broader()
    {
        await using QualityFixture hub = await Filled();
        QualityRpc service = Service(hub);
        string channel = hub.Channel("ph").Name;
        GetQcRulesResponse before = await service.GetQcRules(new GetQcRulesRequest { Channel = channel }, Call);
        Assert.Equal("registry", before.Tests.Single(test => test.Test == "gross_range").From);

        SetQcRulesResponse set = await service.SetQcRules(new SetQcRulesRequest { Rules = new QcRulesFact { Property = "ph", GrossRange = new QcRange { FailMin = 0, FailMax = 14, SuspectMin = 7.9, SuspectMax = 9 } } }, Call);
        Assert.Equal([channel], set.Channels);
        SetQcRulesResponse narrower = await service.SetQcRules(new SetQcRulesRequest { Rules = new QcRulesFact { Channel = channel, Off = { "spike" } } }, Call);
        SetQcRulesResponse again = await service.SetQcRules(new SetQcRulesRequest { Rules = new QcRulesFact { Channel = channel, Off = { "spike", "flat_line" } } }, Call);
        Assert.Equal([narrower.Fact.FactId], again.Fact.Supersedes);

        GetQcRulesResponse after = await service.GetQcRules(new GetQcRulesRequest { Channel = channel }, Call);
        QcTestSetting range = after.Tests.Single(test => test.Test == "gross_range");
        Assert.Equal(("property", set.Fact.FactId), (range.From, range.FactId));
        Assert.Contains("7,9", range.ThresholdsVi, StringComparison.Ordinal);
        Assert.Contains("7.9", range.ThresholdsEn, StringComparison.Ordinal);
        Assert.Equal([true, true], after.Tests.Where(test => test.Test is "spike" or "flat_line").Select(test => test.Off));
        Assert.Equal(before.Effective.GrossRange, (await service.GetQcRules(new GetQcRulesRequest { Channel = channel, AsOfRevision = before.Revision }, Call)).Effective.GrossRange);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_what_to_do()
    {
        await using QualityFixture hub = await Filled();
        QualityRpc service = Service(hub);
        string channel = hub.Channel("ph").Name;

        Assert.Equal(StatusCode.NotFound, await Status(service.GetQcRules, new GetQcRulesRequest { Channel = "agents/x/channels/y" }));
        Assert.Equal(StatusCode.InvalidArgument, await Status(service.GetQcRules, new GetQcRulesRequest { Channel = channel, AsOfRevision = -1 }));
        Assert.Equal(StatusCode.NotFound, await Status(service.SetQcRules, new SetQcRulesRequest { Rules = new QcRulesFact { Channel = "agents/x/channels/y" } }));
        Assert.Equal(StatusCode.NotFound, await Status(service.ListFlagStretches, new ListFlagStretchesRequest { Channel = "x" }));
        Assert.Equal(StatusCode.InvalidArgument, await Status(service.ListFlagStretches, new ListFlagStretchesRequest { Channel = channel, PageSize = -1, PageToken = "x", StartTimeUs = 5, EndTimeUs = 5 }));
        Assert.Equal(StatusCode.NotFound, await Status(service.FlagStretch, new FlagStretchRequest { Channel = "x" }));
        Assert.Equal(StatusCode.InvalidArgument, await Status(service.FlagStretch, new FlagStretchRequest { Channel = channel, StartTimeUs = 5, EndTimeUs = 5 }));
        Assert.Equal(StatusCode.FailedPrecondition, await Status(service.FlagStretch, new FlagStretchRequest { Channel = channel, StartTimeUs = 5, EndTimeUs = 6, Flag = QcFlag.Good, Reason = "x" }));
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => service.FlagStretch(
            new FlagStretchRequest { Channel = channel, StartTimeUs = Utc0, EndTimeUs = Utc0 + Second, Flag = QcFlag.Missing }, Call));
        Assert.Equal(["flag", "reason"], refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).Order(StringComparer.Ordinal));
        refused = await Assert.ThrowsAsync<RpcException>(() => service.SetQcRules(new SetQcRulesRequest { Rules = new QcRulesFact { Property = "ph", Spike = new QcChange { Suspect = 3, Fail = 1 } } }, Call));
        Assert.Equal(["rules.spike.suspect"], refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field));
        Assert.Empty(hub.Hub.Log.Current.Of<QualityRules>());
    }

    [Fact]
    public async Task Buckets_leave_out_what_fails_and_count_by_flag()
    {
        await using QualityFixture hub = await Filled();
        List<FlaggedRow> rows = hub.Rows("ph");
        var query = new ReadingQuery(hub.Hub.Store, hub.Hub.Book, hub.Book, hub.Hub.Clock);
        var request = new QueryReadingsRequest { Channels = { hub.Channel("ph").Name }, MaxBuckets = 10 };
        BucketBlock? block = null;
        await foreach (QueryReadingsResponse answer in query.RunAsync(request, ChannelSelection.Parse(request.Channels, out _), TestContext.Current.CancellationToken))
        {
            block = answer.Buckets.FirstOrDefault() ?? block;
        }

        Assert.NotNull(block);
        for (int i = 0; i < block.Index.Count; i++)
        {
            long from = block.StartTimeUs + (block.Index[i] * block.WidthUs);
            FlaggedRow[] inside = [.. rows.Where(row => row.UtcUs >= from && row.UtcUs < from + block.WidthUs)];
            FlaggedRow[] counted = [.. inside.Where(row => row.Flag is not (4 or 9))];
            Assert.Equal(
                (counted.Length, inside.Count(row => row.Flag == 4), inside.Count(row => row.Flag == 9), inside.Count(row => row.Flag == 3), inside.Count(row => row.Flag == 2)),
                (block.Count[i], block.Fail[i], block.Missing[i], block.Suspect[i], block.NotEvaluated[i]));
            Assert.Equal(counted.Max(row => row.Value), block.Max[i]);
            Assert.Equal(counted.Average(row => row.Value), block.Mean[i], 1e-9);
        }

        Assert.True(block.Fail.Sum() > 0 && block.Suspect.Sum() > 0 && block.Missing.Sum() > 0);
    }

    private static async Task<QualityFixture> Filled()
    {
        QualityFixture hub = await QualityFixture.OpenAsync(fresh =>
        {
            var input = new Wire.V1.Input { Port = "ph", Quantity = "ph", UnitUcum = "[pH]", IntervalUs = Second };
            Assert.True(fresh.Fleet.ReportBirth(Owner, new Wire.V1.Birth { Catalogs = { new Wire.V1.Catalog { Inputs = { input } } } }));
            return Task.CompletedTask;
        });
        await hub.Hub.RowsAsync("ph", "ph", "[pH]", [.. Enumerable.Range(0, 60).Select(i => (i * Second, i == 20 ? 8.35 : i == 40 ? 15.0 : i == 50 ? double.NaN : 8 + (0.001 * i)))]);
        await hub.SettledAsync();
        return hub;
    }

    private static QualityRpc Service(QualityFixture hub) => new(hub.Hub.Store, hub.Hub.Book, hub.Book, hub.Recheck, hub.Hub.Log, () => hub.Hub.Clock.Now);

    private static Task<ListFlagStretchesResponse> Stretches(QualityRpc service, string channel) => service.ListFlagStretches(new ListFlagStretchesRequest { Channel = channel }, Call);

    private static async Task<StatusCode> Status<TRequest, TAnswer>(Func<TRequest, ServerCallContext, Task<TAnswer>> rpc, TRequest request) =>
        (await Assert.ThrowsAsync<RpcException>(() => rpc(request, Call))).StatusCode;

    /// <summary>A call that nobody cancels.</summary>
    private sealed class PlainCall : ServerCallContext
    {
        // As grpc-dotnet's own tests do: this is where a service finds who calls.
        protected override IDictionary<object, object> UserStateCore { get; } = new Dictionary<object, object>
        {
            ["__HttpContext"] = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Teacher)], "test")) },
        };

        protected override string MethodCore => "";

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore => [];

        protected override CancellationToken CancellationTokenCore => TestContext.Current.CancellationToken;

        protected override Metadata ResponseTrailersCore => [];

        protected override Grpc.Core.Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore => new("", []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException("no call is passed on");

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
