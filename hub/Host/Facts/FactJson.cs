using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StemLab.Wire;

namespace StemLab.Hub.Facts;

/// <summary>Canonical JSON of bodies: fixed property order, no white space, ids as 32 hex, shortest round-trip numbers, so equal bodies have equal bytes.</summary>
internal static class FactJson
{
    private static readonly FactJsonTypes Canonical = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new Id128Json(), new InstantJson() },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    });

    public static string Write(FactBody body) => body switch
    {
        ClockTie tie => JsonSerializer.Serialize(tie, Canonical.ClockTie),
        UtcAnchor anchor => JsonSerializer.Serialize(anchor, Canonical.UtcAnchor),
        Deployment deployment => JsonSerializer.Serialize(deployment, Canonical.Deployment),
        BootBound bound => JsonSerializer.Serialize(bound, Canonical.BootBound),
        Calibration calibration => JsonSerializer.Serialize(calibration, Canonical.Calibration),
        CalibrationCheck check => JsonSerializer.Serialize(check, Canonical.CalibrationCheck),
        DriftSpread spread => JsonSerializer.Serialize(spread, Canonical.DriftSpread),
        Run run => JsonSerializer.Serialize(run, Canonical.Run),
        QualityRules rules => JsonSerializer.Serialize(rules, Canonical.QualityRules),
        HumanFlag flag => JsonSerializer.Serialize(flag, Canonical.HumanFlag),
        Site site => JsonSerializer.Serialize(site, Canonical.Site),
        Placement placement => JsonSerializer.Serialize(placement, Canonical.Placement),
        Erasure erasure => JsonSerializer.Serialize(erasure, Canonical.Erasure),
        RetentionRule rule => JsonSerializer.Serialize(rule, Canonical.RetentionRule),
        RetentionDrop retention => JsonSerializer.Serialize(retention, Canonical.RetentionDrop),
        KeptSample sample => JsonSerializer.Serialize(sample, Canonical.KeptSample),
        DerivedChannelBody derived => JsonSerializer.Serialize(derived, Canonical.DerivedChannelBody),
        Withdrawal withdrawal => JsonSerializer.Serialize(withdrawal, Canonical.Withdrawal),
        UnknownBody unknown => unknown.Json,
        _ => throw new InvalidOperationException($"BUG: no JSON form for a body of kind {body.Kind}"),
    };

    /// <summary>The typed body, or an <see cref="UnknownBody"/> where this version does not know the kind or its shape.</summary>
    public static FactBody Read(string kind, string json)
    {
        try
        {
            FactBody? body = kind switch
            {
                ClockTie.KindName => JsonSerializer.Deserialize(json, Canonical.ClockTie),
                UtcAnchor.KindName => JsonSerializer.Deserialize(json, Canonical.UtcAnchor),
                Deployment.KindName => JsonSerializer.Deserialize(json, Canonical.Deployment),
                BootBound.KindName => JsonSerializer.Deserialize(json, Canonical.BootBound),
                Calibration.KindName => JsonSerializer.Deserialize(json, Canonical.Calibration),
                CalibrationCheck.KindName => JsonSerializer.Deserialize(json, Canonical.CalibrationCheck),
                DriftSpread.KindName => JsonSerializer.Deserialize(json, Canonical.DriftSpread),
                Run.KindName => JsonSerializer.Deserialize(json, Canonical.Run),
                QualityRules.KindName => JsonSerializer.Deserialize(json, Canonical.QualityRules),
                HumanFlag.KindName => JsonSerializer.Deserialize(json, Canonical.HumanFlag),
                Site.KindName => JsonSerializer.Deserialize(json, Canonical.Site),
                Placement.KindName => JsonSerializer.Deserialize(json, Canonical.Placement),
                Erasure.KindName => JsonSerializer.Deserialize(json, Canonical.Erasure),
                RetentionRule.KindName => JsonSerializer.Deserialize(json, Canonical.RetentionRule),
                RetentionDrop.KindName => JsonSerializer.Deserialize(json, Canonical.RetentionDrop),
                KeptSample.KindName => JsonSerializer.Deserialize(json, Canonical.KeptSample),
                DerivedChannelBody.KindName => JsonSerializer.Deserialize(json, Canonical.DerivedChannelBody),
                Withdrawal.KindName => JsonSerializer.Deserialize(json, Canonical.Withdrawal),
                _ => null,
            };
            return body ?? new UnknownBody(kind, json);
        }
        catch (JsonException)
        {
            return new UnknownBody(kind, json);
        }
    }

    public static string WriteIds(ImmutableArray<Id128> ids) => JsonSerializer.Serialize(ids, Canonical.ImmutableArrayId128);

    public static ImmutableArray<Id128> ReadIds(string json) => JsonSerializer.Deserialize(json, Canonical.ImmutableArrayId128);

    /// <summary>SHA-256 over everything that makes the fact what it is; the local revision is left out.</summary>
    public static byte[] Digest(Fact fact)
    {
        string text = string.Join('\n', fact.FactId, fact.HubId, fact.MadeAt.Boot, fact.MadeAt.Us.ToString(CultureInfo.InvariantCulture), fact.ByRole, fact.Kind, WriteIds(fact.Supersedes), Write(fact.Body));
        return SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }
}
