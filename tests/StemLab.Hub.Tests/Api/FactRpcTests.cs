using Google.Rpc;
using Grpc.Core;
using StemLab.Hub.Facts;
using StemLab.V1;
using StemLab.Wire;
using Instant = StemLab.Hub.Facts.Instant;

namespace StemLab.Hub.Api;

public sealed class FactRpcTests : IDisposable
{
    private const string Channel = "agents/0000000000000000000000000000000a/channels/exo.temp~water_temperature";

    private readonly FactFixture _hub = new();
    private readonly FactRpc _service;

    public FactRpcTests() => _service = new FactRpc(_hub.Log, () => FactFixture.Now);

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task A_calibration_of_a_channel_without_a_probe_states_the_probe_with_it()
    {
        V1.Fact stated = await State(new V1.Fact { Calibration = new CalibrationFact { Channel = Channel, Slope = 1, Offset = 0.5 } });
        V1.Fact next = await State(new V1.Fact { Calibration = new CalibrationFact { Channel = Channel, Slope = 1, Offset = 0.7 } });

        Deployment deployment = Assert.Single(_hub.Log.Current.Of<Deployment>()).Body;
        Assert.Equal(("exo.temp", new Id128(10), Instant.AtUtc(0)), (deployment.Port, deployment.Agent, deployment.From));
        Assert.Equal([deployment.Probe.ToString()], new[] { stated, next }.Select(fact => fact.Calibration.ProbeId).Distinct());
        Assert.Equal("water_temperature", stated.Calibration.OutputProperty);
        Assert.Equal(FactFixture.Now.Us, stated.Calibration.ValidFrom.BootTime.TUs);
        Assert.Equal((1, 2, true, "teacher"), (stated.Revision, next.Revision, next.Effective, next.ByRole));
    }

    [Fact]
    public async Task Everything_wrong_with_a_fact_is_said_at_once()
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => State(new V1.Fact
        {
            Supersedes = { "xyz" },
            Calibration = new CalibrationFact { ProbeId = "nope", Slope = 0, Offset = double.NaN, ValidFrom = new V1.Instant { UtcUs = -1 } },
        }));

        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(
            ["fact.calibration.offset", "fact.calibration.probe_id", "fact.calibration.slope", "fact.calibration.valid_from", "fact.supersedes"],
            refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).Order(StringComparer.Ordinal));
        Assert.Equal(0, _hub.Log.Current.Revision);
    }

    [Fact]
    public async Task A_run_is_started_and_stopped_under_one_id()
    {
        V1.Fact started = await State(new V1.Fact { Run = new RunFact { Title = "Triều lên", Channels = { Channel } } });
        V1.Fact stopped = await State(new V1.Fact { Run = new RunFact { RunId = started.Run.RunId, End = new V1.Instant { UtcUs = 5 } } });

        Run run = Assert.Single(_hub.Log.Current.Of<Run>()).Body;
        Assert.Equal(("Triều lên", FactFixture.Now, Instant.AtUtc(5)), (run.Title, run.Start, run.End));
        Assert.Equal([Channel], run.Channels);
        Assert.Equal([started.FactId], stopped.Supersedes);
    }

    [Fact]
    public async Task A_calibration_its_check_and_the_drift_between_come_back_as_they_were_stated()
    {
        var method = new V1.CalibrationMethod
        {
            Form = V1.CalibrationMethod.Types.Form.Ph,
            Points = { new V1.StandardReading { Raw = 177, Reference = 4.01, Celsius = 25, Standard = "pH 4.01" } },
            Compensations = { new V1.Compensation { Role = V1.Compensation.Types.Role.Temperature, MaxAgeUs = 60_000_000, DefaultValue = 25 } },
            ReferenceCelsius = 25,
            ResidualSd = 0.02,
            ValidUntil = new V1.Instant { UtcUs = 9 },
        };
        V1.Fact calibration = await State(new V1.Fact { Calibration = new CalibrationFact { Channel = Channel, Slope = -0.017, Offset = 7, Method = method } });
        V1.Fact check = await State(new V1.Fact { CalibrationCheck = new CalibrationCheckFact { Channel = Channel, At = new V1.Instant { UtcUs = 5 }, Points = { new V1.StandardReading { Raw = 1, Reference = 7 } } } });
        V1.Fact spread = await State(new V1.Fact { DriftSpread = new DriftSpreadFact { FromCalibration = calibration.FactId, ToFact = check.FactId } });
        V1.Fact bound = await State(new V1.Fact { BootBound = new BootBoundFact { BootId = new Id128(3).ToString(), NotBeforeUtcUs = 7, Source = "teacher" } });

        method.Compensations[0].Property = "water_temperature";
        Assert.Equal(method, calibration.Calibration.Method);
        Assert.Equal(calibration.Calibration.ProbeId, check.CalibrationCheck.ProbeId);
        Assert.Equal((calibration.Calibration.ProbeId, calibration.Calibration.ValidFrom, 5), (spread.DriftSpread.ProbeId, spread.DriftSpread.Start, spread.DriftSpread.End.UtcUs));
        Assert.Equal((7, false), (bound.BootBound.NotBeforeUtcUs, bound.BootBound.HasNotAfterUtcUs));
    }

    [Fact]
    public async Task A_drift_spread_names_a_calibration_and_a_check_of_one_probe()
    {
        V1.Fact calibration = await State(new V1.Fact { Calibration = new CalibrationFact { Channel = Channel, Slope = 1 } });
        V1.Fact other = await State(new V1.Fact { Calibration = new CalibrationFact { ProbeId = new Id128(9).ToString(), Slope = 1 } });

        RpcException stranger = await Assert.ThrowsAsync<RpcException>(() => State(new V1.Fact { DriftSpread = new DriftSpreadFact { FromCalibration = calibration.FactId, ToFact = other.FactId } }));
        RpcException unknown = await Assert.ThrowsAsync<RpcException>(() => State(new V1.Fact { DriftSpread = new DriftSpreadFact { FromCalibration = new Id128(1).ToString(), ToFact = other.FactId } }));

        Assert.Contains("fact.drift_spread.to_fact", stranger.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field));
        Assert.Equal("fact.drift_spread.from_calibration", Assert.Single(unknown.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations).Field);
    }

    [Fact]
    public async Task An_anchor_without_a_boot_is_of_the_hubs_running_boot_now()
    {
        V1.Fact stated = await State(new V1.Fact { UtcAnchor = new UtcAnchorFact { UtcUs = 1_780_000_000_000_000, SigmaUs = 5_000_000, Source = "teacher" } });

        Assert.Equal((FactFixture.Now.Boot.ToString(), FactFixture.Now.Us), (stated.UtcAnchor.BootId, stated.UtcAnchor.TUs));
    }

    [Fact]
    public async Task Withdrawing_is_answered_by_what_the_fact_is()
    {
        V1.Fact stated = await State(new V1.Fact { Deployment = new DeploymentFact { Agent = "agents/" + new Id128(3), Port = "ph" } });

        Assert.Equal(StatusCode.InvalidArgument, await WithdrawStatus("x"));
        Assert.Equal(StatusCode.NotFound, await WithdrawStatus(new Id128(99).ToString()));
        Assert.Equal(StatusCode.OK, await WithdrawStatus(stated.FactId));
        Assert.Equal(StatusCode.FailedPrecondition, await WithdrawStatus(stated.FactId));
        Assert.Empty(_hub.Log.Current.Of<Deployment>());
    }

    [Fact]
    public async Task Pages_of_one_listing_are_of_one_revision()
    {
        for (int i = 0; i < 5; i++)
        {
            await State(new V1.Fact { Deployment = new DeploymentFact { Agent = new Id128(3).ToString(), Port = "ph" } });
        }

        var ids = new List<string>();
        string token = "";
        do
        {
            ListFactsResponse page = await _service.ListFacts(new ListFactsRequest { PageSize = 2, PageToken = token, Kind = "deployment" }, null!);
            Assert.Equal(5, page.Revision);
            ids.AddRange(page.Facts.Select(fact => fact.FactId));
            token = page.NextPageToken;
            await State(new V1.Fact { Deployment = new DeploymentFact { Agent = new Id128(3).ToString(), Port = "do" } });
        }
        while (token.Length > 0);

        Assert.Equal(5, ids.Distinct().Count());
        Assert.Equal(5, ids.Count);
    }

    [Fact]
    public async Task A_listing_that_makes_no_sense_is_refused_with_all_reasons()
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() =>
            _service.ListFacts(new ListFactsRequest { Kind = "weather", PageSize = -1, AsOfRevision = -1, PageToken = "x" }, null!));

        Assert.Equal(
            ["as_of_revision", "kind", "page_size", "page_token"],
            refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_site_whose_new_name_is_taken_back_bears_its_name_of_before_and_is_gone_with_its_first_fact()
    {
        V1.Fact first = await State(new V1.Fact { Site = new SiteFact { Slug = "pier", NameVi = "Bến tàu" } });
        V1.Fact renamed = await State(new V1.Fact { Site = new SiteFact { SiteId = first.Site.SiteId, Slug = "pier", NameVi = "Cầu cảng" } });

        Assert.Equal(StatusCode.OK, await WithdrawStatus(renamed.FactId));
        V1.Fact again = Assert.Single((await _service.ListFacts(new ListFactsRequest { Kind = "site" }, null!)).Facts, fact => fact.Effective);
        Assert.Equal((first.Site.SiteId, "Bến tàu"), (again.Site.SiteId, again.Site.NameVi));

        V1.Fact other = await State(new V1.Fact { Site = new SiteFact { Slug = "river", NameVi = "Sông" } });
        Assert.Equal(StatusCode.OK, await WithdrawStatus(other.FactId));
        Assert.DoesNotContain((await _service.ListFacts(new ListFactsRequest { Kind = "site" }, null!)).Facts, fact => fact.Effective && fact.Site.Slug == "river");
    }

    private async Task<V1.Fact> State(V1.Fact fact) => (await _service.StateFact(new StateFactRequest { Fact = fact }, null!)).Fact;

    private async Task<StatusCode> WithdrawStatus(string id)
    {
        try
        {
            await _service.WithdrawFact(new WithdrawFactRequest { FactId = id, Reason = "test" }, null!);
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
