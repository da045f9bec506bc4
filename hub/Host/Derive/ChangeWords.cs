using System.Globalization;
using StemLab.Hub.Facts;
using StemLab.Science.Texts;
using StemLab.Wire;

namespace StemLab.Hub.Derive;

/// <summary>What a fact says, in one sentence in Vietnamese and one in English. Of one derivation, which knows times and names; pure.</summary>
internal sealed class ChangeWords(Derivation derivation)
{
    /// <summary>One sentence a language.</summary>
    public (string Vi, string En) Of(Fact fact) => fact.Body switch
    {
        ClockTie => ("Hai đồng hồ được so với nhau.", "Two clocks were compared."),
        UtcAnchor anchor => (
            $"Đồng hồ được so với giờ thật ({anchor.Source}, ± {Seconds(anchor.SigmaUs)} s).",
            $"A clock was compared with true time ({anchor.Source}, ± {Seconds(anchor.SigmaUs)} s)."),
        BootBound bound => (
            $"Có người nói: một lần chạy của máy diễn ra {Bound(bound, "sau", "trước", " và ")}.",
            $"Someone said: one run of a device took place {Bound(bound, "after", "before", " and ")}."),
        Deployment deployment => (
            $"Đầu đo {ProbeName(deployment.Probe)} được gắn vào {Port(deployment)} từ {When(deployment.From, "vi")}.",
            $"Probe {ProbeName(deployment.Probe)} hangs at {Port(deployment)} from {When(deployment.From, "en")}."),
        Calibration calibration => (
            $"Đầu đo {ProbeName(calibration.Probe)} được hiệu chuẩn, có hiệu lực từ {When(calibration.ValidFrom, "vi")}{Slope(calibration, ": độ dốc")}.",
            $"Probe {ProbeName(calibration.Probe)} was calibrated, in force from {When(calibration.ValidFrom, "en")}{Slope(calibration, ": slope")}."),
        CalibrationCheck check => (
            $"Đầu đo {ProbeName(check.Probe)} được kiểm tra lại trong {check.Points.Length} dung dịch chuẩn lúc {When(check.At, "vi")}.",
            $"Probe {ProbeName(check.Probe)} was checked in {check.Points.Length} standard(s) at {When(check.At, "en")}."),
        DriftSpread spread => (
            $"Độ trôi của đầu đo {ProbeName(spread.Probe)} được rải đều từ {When(spread.Start, "vi")} đến {When(spread.End, "vi")}.",
            $"The drift of probe {ProbeName(spread.Probe)} is spread evenly from {When(spread.Start, "en")} to {When(spread.End, "en")}."),
        Run run when Before(fact) is { } before && before.IsPractice != run.IsPractice => run.IsPractice
            ? ($"Phiên đo “{run.Title}” được ghi là đo thử.", $"Run “{run.Title}” is practice.")
            : ($"Phiên đo “{run.Title}” được ghi là đo thật.", $"Run “{run.Title}” is real, not practice."),
        Run { End: null } run when Before(fact) is { End: not null } => ($"Phiên đo “{run.Title}” lại tiếp tục: lời kết thúc được rút lại.", $"Run “{run.Title}” goes on: its end was taken back."),
        Run { End: null, IsPractice: true } run => ($"Phiên đo thử “{run.Title}” bắt đầu.", $"Practice run “{run.Title}” began."),
        Run { End: null } run => ($"Phiên đo “{run.Title}” bắt đầu.", $"Run “{run.Title}” began."),
        Run run => ($"Phiên đo “{run.Title}” kết thúc.", $"Run “{run.Title}” ended."),
        HumanFlag => ("Một người đánh dấu chất lượng cho một khoảng số đo.", "A person flagged a stretch of readings."),
        QualityRules => ("Quy tắc kiểm tra chất lượng thay đổi.", "The rules of quality changed."),
        DerivedChannelBody derived => Derived(derived),
        Site site when PlaceNames.Of(site) is var named => ($"Điểm đo “{named.Vi}” được đặt tên.", $"The site “{named.En}” was named."),
        Placement { Site: null } placement => (
            $"{AgentName(placement.Agent)} rời điểm đo lúc {When(placement.From, "vi")}.",
            $"{AgentName(placement.Agent)} left its site at {When(placement.From, "en")}."),
        Placement placement when SiteName(placement.Site.Value) is var named => (
            $"{AgentName(placement.Agent)} ở điểm đo “{named.Vi}” từ {When(placement.From, "vi")}.",
            $"{AgentName(placement.Agent)} is at the site “{named.En}” from {When(placement.From, "en")}."),
        KeptSample { Site.Length: > 0 } sample => ($"Một mẫu đo được giữ tại “{sample.Site}”.", $"A sample was kept at “{sample.Site}”."),
        KeptSample => ("Một mẫu đo được giữ.", "A sample was kept."),
        Erasure erasure => ($"Số đo bị xóa vĩnh viễn ({erasure.Reason}).", $"Readings were erased for ever ({erasure.Reason})."),
        RetentionRule rule => (
            $"Quy định: số đo được giữ {rule.KeepUs / 86_400_000_000} ngày ({rule.Reason}).",
            $"Readings are kept for {rule.KeepUs / 86_400_000_000} days ({rule.Reason})."),
        RetentionDrop => ("Số đo quá hạn giữ được bỏ đi.", "Readings past the time they are kept for were dropped."),
        Withdrawal withdrawal => Withdrawn(fact, withdrawal),
        _ => ($"Có thêm một ghi nhận loại {fact.Kind}.", $"Something of kind {fact.Kind} was stated."),
    };

    /// <summary>The run by what this fact supersedes; null where it is the first of its run.</summary>
    private Run? Before(Fact fact) => fact.Supersedes.Select(id => derivation.Inputs.Facts.TryFind(id, out Fact? before) ? before.Body as Run : null).FirstOrDefault(before => before is not null);

    private (string Vi, string En) Withdrawn(Fact fact, Withdrawal withdrawal)
    {
        FactSnapshot facts = derivation.Inputs.Facts;
        (string Vi, string En)[] taken = [.. fact.Supersedes.Select(id => facts.TryFind(id, out Fact? other) && other.Body is not Withdrawal ? Of(other) : ($"({id})", $"({id})"))];
        string reason = withdrawal.Reason.Length > 0 ? $" ({withdrawal.Reason})" : "";
        return ($"Rút lại{reason}: {string.Join(" ", taken.Select(words => words.Vi))}", $"Taken back{reason}: {string.Join(" ", taken.Select(words => words.En))}");
    }

    private (string Vi, string En) Derived(DerivedChannelBody derived)
    {
        Sentence name = ComputedColumn.NameOf(derived);
        return ($"Kênh tính ra “{derived.Port}” của {AgentName(derived.Agent)}: {name.Vi}.", $"Derived channel “{derived.Port}” of {AgentName(derived.Agent)}: {name.En}.");
    }

    private string AgentName(Id128 agent) => derivation.Inputs.Fleet.TryFind(new Store.AgentId(agent.Value), out Fleet.FleetAgent? known) ? known.Slug : agent.ToString()[..6];

    /// <summary>The channel it hangs at now; the start of its id where it hangs nowhere.</summary>
    private string ProbeName(Id128 probe) => derivation.Channels.FirstOrDefault(channel => channel.Probe == probe)?.DisplayName ?? probe.ToString()[..6];

    private PlaceName SiteName(Id128 id) => derivation.Inputs.Facts.Of<Site>().Select(site => site.Body).LastOrDefault(site => site.SiteId == id) is { } site ? PlaceNames.Of(site) : new PlaceName(id.ToString()[..6], id.ToString()[..6]);

    private string Port(Deployment deployment) => $"{AgentName(deployment.Agent)} {deployment.Port}";

    private string When(Instant at, string language)
    {
        if (at.IsUtc && at.Us <= 0)
        {
            return language == "vi" ? "trước đến nay" : "the beginning";
        }

        return derivation.Instants.TryToUtc(at, out long utcUs, out _) ? Utc(utcUs) : language == "vi" ? "một lúc chưa rõ giờ" : "a time not known yet";
    }

    private static string Bound(BootBound bound, string after, string before, string and) => string.Join(
        and,
        new[] { bound.NotBeforeUtcUs is { } from ? $"{after} {Utc(from)}" : "", bound.NotAfterUtcUs is { } to ? $"{before} {Utc(to)}" : "" }.Where(text => text.Length > 0));

    private static string Slope(Calibration calibration, string word) =>
        calibration.Method?.SlopePercent is { } percent ? $"{word} {percent.ToString("0.#", CultureInfo.InvariantCulture)} %" : "";

    private static string Seconds(long sigmaUs) => (sigmaUs / 1e6).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Utc(long utcUs) => DateTimeOffset.UnixEpoch.AddMicroseconds(Math.Clamp(utcUs, 0, FactCheck.LatestUtcUs)).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
