using StemLab.V1;

namespace StemLab.Hub.Facts;

/// <summary>Rules, flags, sites and placements between the API's form and the fact's. Pure, both ways.</summary>
internal static class QualityFactWire
{
    public static QcRulesFact To(QualityRules rules)
    {
        var wire = new QcRulesFact
        {
            Property = rules.Property,
            Channel = rules.Channel,
            SiteId = rules.Site?.ToString() ?? "",
            UnitUcum = rules.Unit,
            Neighbour = To(rules.Neighbour),
            Multivariate = To(rules.Multivariate),
            Spike = To(rules.Spike),
            RateOfChange = To(rules.RateOfChange),
        };
        wire.Off.AddRange(rules.Off);
        if (rules.GrossRange is { } range)
        {
            wire.GrossRange = new QcRange();
            Set(range.FailMin, value => wire.GrossRange.FailMin = value);
            Set(range.FailMax, value => wire.GrossRange.FailMax = value);
            Set(range.SuspectMin, value => wire.GrossRange.SuspectMin = value);
            Set(range.SuspectMax, value => wire.GrossRange.SuspectMax = value);
        }

        if (rules.FlatLine is { } flat)
        {
            wire.FlatLine = new QcFlatLine { SuspectS = flat.SuspectSeconds, FailS = flat.FailSeconds, Tolerance = flat.Tolerance };
        }

        if (rules.Attenuation is { } quiet)
        {
            wire.AttenuatedSignal = new QcAttenuation { Suspect = quiet.Suspect, Fail = quiet.Fail, PeriodS = quiet.PeriodSeconds };
        }

        return wire;
    }

    public static HumanFlagFact To(HumanFlag flag) => new()
    {
        Channel = flag.Channel,
        From = WireFact.To(flag.From),
        To = WireFact.To(flag.To),
        Flag = (QcFlag)flag.Flag,
        Reason = flag.Reason,
    };

    public static SiteFact To(Site site)
    {
        var wire = new SiteFact { SiteId = site.SiteId.ToString(), Slug = site.Slug, NameEn = site.NameEn, NameVi = site.NameVi };
        Set(site.Latitude, value => wire.LatitudeDeg = value);
        Set(site.Longitude, value => wire.LongitudeDeg = value);
        return wire;
    }

    public static PlacementFact To(Placement placement) => new()
    {
        Agent = $"agents/{placement.Agent}",
        SiteId = placement.Site?.ToString() ?? "",
        From = WireFact.To(placement.From),
    };

    /// <summary>The thresholds of a request; the site is read by the caller.</summary>
    public static QualityRules From(QcRulesFact wire, Wire.Id128? site) => new(
        wire.Property,
        wire.Channel,
        site,
        wire.UnitUcum,
        [.. wire.Off.Distinct()],
        wire.GrossRange is { } range
            ? new RangeLimits(
                range.HasFailMin ? range.FailMin : null,
                range.HasFailMax ? range.FailMax : null,
                range.HasSuspectMin ? range.SuspectMin : null,
                range.HasSuspectMax ? range.SuspectMax : null)
            : null,
        From(wire.Spike),
        From(wire.RateOfChange),
        wire.FlatLine is { } flat ? new FlatLineLimits(flat.SuspectS, flat.FailS, flat.Tolerance) : null,
        wire.AttenuatedSignal is { } quiet ? new AttenuationLimits(quiet.Suspect, quiet.Fail, quiet.PeriodS) : null,
        From(wire.Neighbour),
        From(wire.Multivariate));

    private static QcChange? To(ChangeLimits? limits)
    {
        if (limits is null)
        {
            return null;
        }

        var wire = new QcChange();
        Set(limits.Suspect, value => wire.Suspect = value);
        Set(limits.Fail, value => wire.Fail = value);
        return wire;
    }

    private static QcCompanion? To(CompanionLimits? limits) =>
        limits is null ? null : new QcCompanion { Channel = limits.Channel, WithinS = limits.WithinSeconds, Limit = limits.Limit };

    private static ChangeLimits? From(QcChange? wire) =>
        wire is null ? null : new ChangeLimits(wire.HasSuspect ? wire.Suspect : null, wire.HasFail ? wire.Fail : null);

    private static CompanionLimits? From(QcCompanion? wire) => wire is null ? null : new CompanionLimits(wire.Channel, wire.WithinS, wire.Limit);

    private static void Set(double? value, Action<double> set)
    {
        if (value is { } number)
        {
            set(number);
        }
    }
}
