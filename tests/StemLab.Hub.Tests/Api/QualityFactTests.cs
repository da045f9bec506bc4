using Google.Rpc;
using Grpc.Core;
using StemLab.Hub.Facts;
using StemLab.V1;
using StemLab.Wire;

namespace StemLab.Hub.Api;

/// <summary>Rules, flags, sites and placements as people state them.</summary>
public sealed class QualityFactTests : IDisposable
{
    private const string Channel = "agents/0000000000000000000000000000000a/channels/ph~ph";

    private readonly FactFixture _hub = new();
    private readonly FactRpc _service;

    public QualityFactTests() => _service = new FactRpc(_hub.Log, () => FactFixture.Now);

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task Rules_flags_sites_and_placements_are_kept_as_they_were_said()
    {
        var rules = new QcRulesFact
        {
            Property = "ph",
            UnitUcum = "[pH]",
            Off = { "spike" },
            GrossRange = new QcRange { FailMin = 0, FailMax = 14, SuspectMin = 6.5 },
            RateOfChange = new QcChange { Suspect = 0.01 },
            FlatLine = new QcFlatLine { SuspectS = 300, FailS = 900, Tolerance = 0.001 },
            AttenuatedSignal = new QcAttenuation { Suspect = 0.01, Fail = 0, PeriodS = 600 },
            Neighbour = new QcCompanion { Channel = Channel, WithinS = 60, Limit = 0.5 },
        };
        V1.Fact site = await State(new V1.Fact { Site = new SiteFact { Slug = "bai-chay", NameEn = "Bai Chay", NameVi = "Bãi Cháy", LatitudeDeg = 20.95, LongitudeDeg = 107.04 } });
        V1.Fact placed = await State(new V1.Fact { Placement = new PlacementFact { Agent = "agents/" + new Id128(10), SiteId = site.Site.SiteId } });
        V1.Fact flagged = await State(new V1.Fact { HumanFlag = new HumanFlagFact { Channel = Channel, From = At(5), To = At(9), Flag = V1.QcFlag.Fail, Reason = "đầu đo ở trên không" } });

        Assert.Equal(rules, (await State(new V1.Fact { QcRules = rules })).QcRules);
        Assert.Equal("Bãi Cháy", site.Site.NameVi);
        Assert.Equal(FactFixture.Now.Us, placed.Placement.From.BootTime.TUs);
        Assert.Equal((V1.QcFlag.Fail, "đầu đo ở trên không"), (flagged.HumanFlag.Flag, flagged.HumanFlag.Reason));
        Assert.IsType<QualityRules>(FactJson.Read(QualityRules.KindName, FactJson.Write(_hub.Log.Current.Of<QualityRules>().Single().Body)));
    }

    [Fact]
    public async Task A_site_that_is_named_again_takes_the_place_of_its_earlier_fact()
    {
        V1.Fact first = await State(new V1.Fact { Site = new SiteFact { Slug = "pier", NameEn = "Pier" } });
        V1.Fact moved = await State(new V1.Fact { Site = new SiteFact { SiteId = first.Site.SiteId, Slug = "pier", NameEn = "New pier" } });

        Assert.Equal([first.FactId], moved.Supersedes);
        Assert.Equal("New pier", Assert.Single(_hub.Log.Current.Of<Site>()).Body.NameEn);
        Assert.Equal(["fact.site.slug"], await Problems(new V1.Fact { Site = new SiteFact { Slug = "pier", NameEn = "Another" } }));
    }

    [Fact]
    public async Task Thresholds_upside_down_and_everything_else_that_is_wrong_is_said_at_once()
    {
        string[] problems = await Problems(new V1.Fact
        {
            QcRules = new QcRulesFact
            {
                Property = "wetness",
                UnitUcum = "furlong?",
                Off = { "magic" },
                GrossRange = new QcRange { FailMin = 14, FailMax = 0, SuspectMin = -1 },
                Spike = new QcChange { Suspect = 2, Fail = 1 },
                RateOfChange = new QcChange { Suspect = double.NaN },
                FlatLine = new QcFlatLine { SuspectS = 900, FailS = 300, Tolerance = -1 },
                AttenuatedSignal = new QcAttenuation { Suspect = 1, Fail = 2, PeriodS = 0 },
                Multivariate = new QcCompanion { Channel = "x", WithinS = 1e9, Limit = -1 },
            },
        });

        Assert.Equal(
        [
            "fact.qc_rules.attenuated_signal.fail", "fact.qc_rules.attenuated_signal.period_s", "fact.qc_rules.flat_line.suspect_s", "fact.qc_rules.flat_line.tolerance",
            "fact.qc_rules.gross_range.fail_max", "fact.qc_rules.gross_range.suspect_min", "fact.qc_rules.multivariate.channel", "fact.qc_rules.multivariate.limit",
            "fact.qc_rules.multivariate.within_s", "fact.qc_rules.off", "fact.qc_rules.property", "fact.qc_rules.rate_of_change", "fact.qc_rules.spike.suspect", "fact.qc_rules.unit_ucum",
        ],
            problems);
        Assert.Equal(
            ["fact.human_flag.channel", "fact.human_flag.flag", "fact.human_flag.from", "fact.human_flag.reason", "fact.human_flag.to"],
            await Problems(new V1.Fact { HumanFlag = new HumanFlagFact { Channel = "ph", Flag = V1.QcFlag.Missing } }));
        Assert.Equal(["fact.qc_rules.unit_ucum"], await Problems(new V1.Fact { QcRules = new QcRulesFact { Property = "ph", UnitUcum = "kg" } }));
        Assert.Equal(0, _hub.Log.Current.Revision);
    }

    private static V1.Instant At(long utcUs) => new() { UtcUs = utcUs };

    private async Task<V1.Fact> State(V1.Fact fact) => (await _service.StateFact(new StateFactRequest { Fact = fact }, null!)).Fact;

    private async Task<string[]> Problems(V1.Fact fact)
    {
        RpcException refused = await Assert.ThrowsAsync<RpcException>(() => State(fact));
        return [.. refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(violation => violation.Field).Order(StringComparer.Ordinal)];
    }
}
