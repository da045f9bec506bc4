using System.Collections.Immutable;
using System.Globalization;
using StemLab.Hub.Calibrating;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.History;
using StemLab.Hub.Operations;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Calibration;
using StemLab.Science.Statistics;
using StemLab.Science.Units;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Calibration = StemLab.Hub.Facts.Calibration;
using DriftSpread = StemLab.Hub.Facts.DriftSpread;
using Fact = StemLab.Hub.Facts.Fact;
using HumanFlag = StemLab.Hub.Facts.HumanFlag;
using Instant = StemLab.Hub.Facts.Instant;
using QcFlag = StemLab.Science.Quality.QcFlag;
using StandardReading = StemLab.Hub.Facts.StandardReading;

namespace StemLab.Hub.Api;

/// <summary>What calibrations, checks and drift spreads say as facts, and how they are shown. Safe from any thread.</summary>
internal sealed class CalibrationStatements(FactLog facts, DerivationBook derivations, ObservationStore store, HubClock clock)
{
    private const long DayUs = 86_400_000_000;
    private const int MostPreviewed = 500_000;
    private const string InBottle = "trong chai hiệu chuẩn / in a calibration bottle";

    private static readonly CultureInfo Vietnamese = CultureInfo.GetCultureInfo("vi-VN");

    /// <summary>Calibration in force at the channel's probe, with the way it was made; null = none.</summary>
    public (Id128 Fact, CalibrationWay Way)? InForce(ChannelView view) =>
        !view.Calibration.IsEmpty && facts.Current.TryFind(view.Calibration, out var fact) && fact.Body is Calibration calibration ? (fact.FactId, WayOf(calibration)) : null;

    /// <summary>The drafts of an accepted calibration; a probe nobody deployed is stated with it.</summary>
    public ImmutableArray<FactDraft> Calibrated(Wizard wizard, WizardFit fit, int days, string note, V1.Instant? validFrom)
    {
        var sent = new V1.Fact { Calibration = new CalibrationFact { Channel = wizard.Channel, Slope = 1, ValidFrom = validFrom, Note = note } };
        var (drafts, problems) = FactRequest.Read(sent, facts.Current, clock.Now, FactRoles.Teacher);
        Refuse(problems);
        var begin = ((Calibration)drafts[^1].Body).ValidFrom;
        var until = begin with { Us = begin.Us + (days * DayUs) };
        var body = ((Calibration)drafts[^1].Body) with
        {
            InputQuantity = wizard.InputQuantity,
            InputUnit = wizard.XUnit,
            OutputProperty = wizard.Property,
            OutputUnit = wizard.Unit,
            Slope = fit.Map.Slope,
            Offset = fit.Map.Offset,
            Method = fit.Method! with { ValidUntil = until },
        };
        return [.. drafts.RemoveAt(drafts.Length - 1), .. InBottles(wizard), drafts[^1] with { Body = body }];
    }

    /// <summary>While it hung in bottles a probe said nothing of the water: a word of its own on that stretch keeps it out of averages, instead of "impossible".</summary>
    private ImmutableArray<FactDraft> InBottles(Wizard wizard)
    {
        var (start, end) = (wizard.Points.MinBy(point => point.Number)!.Start, wizard.Points.MaxBy(point => point.Number)!.End);
        return start.Boot == end.Boot && start.Us < end.Us
            ? [new FactDraft(new HumanFlag(wizard.Channel, start, end with { Us = end.Us + 1 }, (int)QcFlag.Fail, InBottle), clock.Now, FactRoles.Teacher)]
            : [];
    }

    /// <summary>The draft of a finished check.</summary>
    public ImmutableArray<FactDraft> Checked(Wizard wizard, string note)
    {
        var calibration = Find<Calibration>(wizard.Tested.ToString(), "calibration");
        ImmutableArray<StandardReading> points = [.. wizard.Points.Select(point => new StandardReading(point.Raw, point.Reference, point.RawSd, point.ReferenceSigma, point.Celsius, point.Standard))];
        return [.. InBottles(wizard), new FactDraft(new CalibrationCheck(calibration.Body.Probe, clock.Now, points, note), clock.Now, FactRoles.Teacher)];
    }

    /// <summary>The draft that spreads the drift up to a check.</summary>
    public FactDraft Spread(string check, string note)
    {
        var tested = Find<CalibrationCheck>(check, "calibration check");
        var derivation = derivations.Current;
        var before = derivation.Inputs.Facts.Of<Calibration>()
            .Where(stated => stated.Body.Probe == tested.Body.Probe && IsBefore(derivation, stated.Body.ValidFrom, tested.Body.At))
            .OrderBy(stated => stated.Fact.Revision).LastOrDefault();
        if (before.Fact is null)
        {
            throw Rpc.FailedPrecondition("NOT_CALIBRATED", check, "no calibration of the probe is in force before the check", "Trước lần kiểm tra này, đầu đo chưa được hiệu chuẩn");
        }

        return new FactDraft(new DriftSpread(tested.Body.Probe, before.Fact.FactId, tested.Fact.FactId, before.Body.ValidFrom, tested.Body.At, DriftSpread.Linear, note), clock.Now, FactRoles.Teacher);
    }

    /// <summary>Refuses drafts with all problems.</summary>
    public static void Check(ImmutableArray<FactDraft> drafts) => Refuse([.. drafts.SelectMany(draft => FactCheck.Problems(draft))]);

    /// <summary>States drafts and shows the last; refuses with all problems.</summary>
    public CalibrationRecord State(ImmutableArray<FactDraft> drafts)
    {
        Check(drafts);
        var stated = facts.Append(drafts).Stated[^1];
        return Record(derivations.Current, stated);
    }

    /// <summary>The span between calibration and check, as it is and with the drift spread over it.</summary>
    public PreviewDriftSpreadResponse Preview(string check, string channel, int most, CancellationToken cancellationToken)
    {
        var draft = Spread(check, "");
        var spread = (DriftSpread)draft.Body;
        var now = derivations.Current;
        var then = derivations.Supposing(draft);
        var view = now.Channels.FirstOrDefault(known => known.Probe == spread.Probe && (channel.Length == 0 || known.Name == channel))
            ?? throw Rpc.NotFound("channel of the probe", channel);
        var answer = new PreviewDriftSpreadResponse { Channel = view.Name, UnitUcum = view.UnitUcum };
        if (!now.Instants.TryToUtc(spread.Start, out var fromUs, out _) || !now.Instants.TryToUtc(spread.End, out var toUs, out _))
        {
            answer.Sentence = new Sentence { En = "The time of the readings is not known yet, so they cannot be shown.", Vi = "Chưa biết giờ của các số đo nên chưa thể hiện được." };
            return answer;
        }

        (answer.StartTimeUs, answer.EndTimeUs) = (fromUs, toUs);
        using var snapshot = store.Snapshot();
        var before = ReadSpan.Read(snapshot, now, view, fromUs, toUs, MostPreviewed, ChannelFlags.None, cancellationToken);
        var after = then.TryFindChannel(view.Name, out var same) ? ReadSpan.Read(snapshot, then, same, fromUs, toUs, MostPreviewed, ChannelFlags.None, cancellationToken) : null;
        if (before is null || after is null || before.Count != after.Count)
        {
            throw Rpc.ResourceExhausted("preview", $"the span holds more than {MostPreviewed} readings", $"Đoạn này có hơn {MostPreviewed} số đo", TimeSpan.Zero);
        }

        int[] usable = [.. Enumerable.Range(0, before.Count).Where(row => double.IsFinite(before.Value[row]) && double.IsFinite(after.Value[row]))];
        int[] shown = Sampled.Thin([.. usable.Select(row => (double)row)], [.. usable.Select(row => after.Value[row])], Math.Max(3, most));
        answer.TimeUs.AddRange(shown.Select(i => before.UtcUs[usable[i]]));
        answer.Before.AddRange(shown.Select(i => before.Value[usable[i]]));
        answer.After.AddRange(shown.Select(i => after.Value[usable[i]]));
        if (usable.Length > 0)
        {
            answer.LargestChange = usable.Max(row => Math.Abs(after.Value[row] - before.Value[row]));
        }

        var unit = UnitSymbols.Of(view.UnitUcum);
        answer.Sentence = new Sentence
        {
            En = string.Create(CultureInfo.InvariantCulture, $"{usable.Length} readings would change by up to {answer.LargestChange:0.###} {unit}."),
            Vi = string.Create(Vietnamese, $"{usable.Length} số đo sẽ thay đổi nhiều nhất {answer.LargestChange:0.###} {unit}."),
        };
        return answer;
    }

    /// <summary>Calibrations, checks and spreads, newest first.</summary>
    public ListCalibrationsResponse List(ListCalibrationsRequest request)
    {
        var skip = 0;
        if (request.AsOfRevision < 0 || request.PageSize < 0 || (request.PageToken.Length > 0 && !int.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out skip)))
        {
            throw Rpc.InvalidArgument("page_token", "revision, page size and token are not negative, and the token is one of this call");
        }

        var derivation = request.AsOfRevision == 0 ? derivations.Current : derivations.At(request.AsOfRevision);
        Id128 probe = default;
        if (request.Of.Length > 0 && !Id128.TryParse(request.Of, out probe))
        {
            probe = derivation.TryFindChannel(request.Of, out var view) ? view.Probe : throw Rpc.NotFound("channel or probe", request.Of);
        }

        Fact[] all =
        [
            .. derivation.Inputs.Facts.Effective.Where(fact => ProbeOf(fact.Body) is { IsEmpty: false } of && (request.Of.Length == 0 || of == probe))
                .OrderByDescending(fact => fact.Revision).ThenBy(fact => fact.FactId.Value),
        ];
        var size = request.PageSize == 0 ? 100 : Math.Min(request.PageSize, 1_000);
        var answer = new ListCalibrationsResponse { Revision = derivation.Revision, NextPageToken = skip + size < all.Length ? (skip + size).ToString(CultureInfo.InvariantCulture) : "" };
        answer.Records.AddRange(all.Skip(skip).Take(size).Select(fact => Record(derivation, fact)));
        return answer;
    }

    /// <summary>The wizard without what is measured now.</summary>
    public static CalibrationWizard Show(Wizard wizard, double? celsius)
    {
        var fit = WizardFit.Of(wizard);
        var days = Ways.Find(wizard.Property, wizard.Way)?.UsualDays ?? 0;
        var shown = new CalibrationWizard
        {
            Name = wizard.Name,
            Channel = wizard.Channel,
            Way = wizard.Way,
            Purpose = wizard.IsCheck ? StartCalibrationRequest.Types.Purpose.Check : StartCalibrationRequest.Types.Purpose.Calibrate,
            RawUnitUcum = wizard.XUnit,
            UnitUcum = wizard.Unit,
            Preview = PreviewOf(fit, days),
        };
        if (celsius is { } warm)
        {
            shown.TemperatureCelsius = warm;
        }

        foreach (var point in wizard.Points)
        {
            var taken = new TakenPoint
            {
                Number = point.Number,
                Standard = Ways.Find(wizard.Property, wizard.Way)?.Standards.FirstOrDefault(bottle => bottle.Id == point.Standard) ?? new Standard { Value = point.Reference, UnitUcum = wizard.Unit },
                Reference = point.Reference,
                Raw = point.Raw,
                RawSd = point.RawSd,
                Count = point.Count,
                Start = WireFact.To(point.Start),
                End = WireFact.To(point.End),
            };
            if (point.Celsius is { } degrees)
            {
                taken.TemperatureCelsius = degrees;
            }

            if (fit.ValueAt(point) is { } value && double.IsFinite(value) && wizard.Way != CalibrationWay.ConductivityStandard)
            {
                taken.Residual = point.Reference - value;
            }

            shown.Points.Add(taken);
        }

        if (fit.Refusal == CalibrationRefusal.None)
        {
            shown.Next = wizard.IsCheck
                ? new Sentence { En = "Take the next standard, or keep the check.", Vi = "Đo dung dịch tiếp theo, hoặc lưu lần kiểm tra." }
                : new Sentence { En = "Take another point, or accept.", Vi = "Lấy thêm điểm, hoặc chấp nhận." };
        }

        return shown;
    }

    private static CalibrationPreview PreviewOf(WizardFit fit, int days)
    {
        var preview = new CalibrationPreview { Acceptable = fit.Refusal == CalibrationRefusal.None, RefusalCode = CalibratingTexts.Code(fit.Refusal), Point = fit.Point, GoodForDays = days };
        preview.LikelyStandards.AddRange(fit.Likely);
        if (!preview.Acceptable)
        {
            preview.Refusal = CalibratingTexts.Refused(fit);
            return preview;
        }

        preview.Sentence = CalibratingTexts.Good(fit, days);
        if (fit.Ph is { } ph)
        {
            (preview.SlopePercent, preview.OffsetMv, preview.LargestResidual) = (ph.SlopePercent, ph.OffsetMV, ph.LargestResidualPh);
            if (ph.SlopePercentError is { } error && double.IsFinite(error))
            {
                preview.SlopePercentError = error;
            }

            preview.Doubt = ph.IsDoubtful ? new Sentence { En = "Usable, but clean the electrode.", Vi = "Dùng được, nhưng nên rửa điện cực." } : null;
        }

        if (fit.Curve is { } curve)
        {
            preview.Coefficients.AddRange(curve.Coefficients);
            preview.LargestResidual = curve.Residuals.Max(Math.Abs);
            if (fit.Method?.ResidualSd is { } sd)
            {
                preview.Uncertainty = sd;
            }
        }

        return preview;
    }

    private static void Refuse(ImmutableArray<FactProblem> problems)
    {
        if (!problems.IsEmpty)
        {
            throw Rpc.InvalidArgument([.. problems.Select(problem => (problem.Path, problem.Text))]);
        }
    }

    private static bool IsBefore(Derivation derivation, Instant earlier, Instant later) => earlier.Boot == later.Boot
        ? earlier.Us <= later.Us
        : derivation.Instants.TryToUtc(earlier, out var earlierUs, out _) && derivation.Instants.TryToUtc(later, out var laterUs, out _) && earlierUs <= laterUs;

    private static Id128 ProbeOf(FactBody body) => body switch
    {
        Calibration calibration => calibration.Probe,
        CalibrationCheck check => check.Probe,
        DriftSpread spread => spread.Probe,
        _ => default,
    };

    private static CalibrationWay WayOf(Calibration calibration) => calibration.Method?.Form switch
    {
        CalibrationForm.Ph => CalibrationWay.PhBuffers,
        CalibrationForm.Oxygen or CalibrationForm.OxygenSaturation => CalibrationWay.Oxygen,
        CalibrationForm.Offset => CalibrationWay.Offset,
        CalibrationForm.Factor => CalibrationWay.Factor,
        CalibrationForm.Table => CalibrationWay.Table,
        CalibrationForm.Polynomial => calibration.Method.Coefficients.Length > 3 ? CalibrationWay.Cubic : CalibrationWay.Quadratic,
        _ => CalibrationWay.Linear,
    };

    private (Fact Fact, TBody Body) Find<TBody>(string factId, string type)
        where TBody : FactBody =>
        Id128.TryParse(factId, out var id) && facts.Current.TryFind(id, out var fact) && facts.Current.IsEffective(id) && fact.Body is TBody body ? (fact, body) : throw Rpc.NotFound(type, factId);

    private CalibrationRecord Record(Derivation derivation, Fact fact)
    {
        var record = new CalibrationRecord { FactId = fact.FactId.ToString(), ProbeId = ProbeOf(fact.Body).ToString(), ByRole = fact.ByRole, Revision = fact.Revision };
        record.Channels.AddRange(derivation.Channels.Where(view => view.Probe == ProbeOf(fact.Body)).Select(view => view.Name));
        switch (fact.Body)
        {
            case Calibration calibration:
                (record.Type, record.Way, record.ValidFrom, record.Note) = (CalibrationRecord.Types.Type.Calibration, WayOf(calibration), WireFact.To(calibration.ValidFrom), calibration.Note);
                Validity(derivation, fact, calibration, record);
                break;
            case CalibrationCheck check:
                (record.Type, record.ValidFrom, record.Note) = (CalibrationRecord.Types.Type.Check, WireFact.To(check.At), check.Note);
                record.Sentence = new Sentence { En = "Check after the trip.", Vi = "Kiểm tra sau chuyến đi." };
                break;
            case DriftSpread spread:
                (record.Type, record.ValidFrom, record.Note) = (CalibrationRecord.Types.Type.DriftSpread, WireFact.To(spread.Start), spread.Note);
                record.Sentence = new Sentence { En = "Drift spread.", Vi = "Độ trôi được chia đều." };
                record.RefersTo.AddRange([spread.FromCalibration.ToString(), spread.ToFact.ToString()]);
                break;
        }

        return record;
    }

    /// <summary>"Calibration, slope 98 %", "Calibration, every number +0.78 pH".</summary>
    private static (string En, string Vi) Made(Calibration calibration)
    {
        if (calibration.Method?.SlopePercent is { } percent)
        {
            var slope = string.Create(CultureInfo.InvariantCulture, $"{percent:0} %");
            return ($"Calibration, slope {slope}", $"Hiệu chuẩn, độ dốc {slope}");
        }

        if (calibration.Method?.Form != CalibrationForm.Offset)
        {
            return ("Calibration", "Hiệu chuẩn");
        }

        var unit = Science.Units.UnitSymbols.Of(calibration.OutputUnit);
        var moved = $"{calibration.Offset.ToString("+0.###;-0.###;0", CultureInfo.InvariantCulture)}{(unit.Length > 0 ? $" {unit}" : "")}";
        return ($"Calibration, every number {moved}", $"Hiệu chuẩn, mọi số {moved.Replace('.', ',')}");
    }

    private void Validity(Derivation derivation, Fact fact, Calibration calibration, CalibrationRecord record)
    {
        record.Validity = CalibrationRecord.Types.Validity.NotStated;
        var (en, vi) = Made(calibration);
        if (calibration.Method?.ValidUntil is { } ends && ends.Boot == calibration.ValidFrom.Boot && (ends.Us - calibration.ValidFrom.Us) / DayUs is > 0 and var days)
        {
            (en, vi) = ($"{en}, good for {days} days", $"{vi}, dùng được {days} ngày");
        }

        record.Sentence = new Sentence { En = $"{en}.", Vi = $"{vi}." };
        if (derivation.Instants.TryToUtc(calibration.ValidFrom, out var fromUs, out _))
        {
            record.ValidFromUs = fromUs;
        }

        var isReplaced = derivation.Inputs.Facts.Of<Calibration>().Any(other => other.Body.Probe == calibration.Probe && other.Fact.Revision > fact.Revision && other.Body.InputQuantity == calibration.InputQuantity && other.Body.OutputProperty == calibration.OutputProperty);
        if (isReplaced)
        {
            record.Validity = CalibrationRecord.Types.Validity.Replaced;
            return;
        }

        if (calibration.Method?.ValidUntil is not { } until || !record.HasValidFromUs || !derivation.Instants.TryToUtc(until, out var untilUs, out _) || !derivation.Instants.TryToUtc(clock.Now, out var nowUs, out _))
        {
            return;
        }

        record.ValidUntilUs = untilUs;
        record.Validity = nowUs >= untilUs ? CalibrationRecord.Types.Validity.Overdue
            : nowUs >= untilUs - ((untilUs - fromUs) / 5) ? CalibrationRecord.Types.Validity.Due
            : CalibrationRecord.Types.Validity.Valid;
    }
}
