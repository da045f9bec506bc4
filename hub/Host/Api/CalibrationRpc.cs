using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Calibrating;
using StemLab.Hub.Derive;
using StemLab.Hub.Facts;
using StemLab.Hub.Operations;
using StemLab.Hub.Samples;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Calibration;
using StemLab.Science.Units;
using StemLab.Science.Water;
using StemLab.Store;
using StemLab.V1;
using StemLab.Wire;
using Calibration = StemLab.Hub.Facts.Calibration;
using DriftSpread = StemLab.Hub.Facts.DriftSpread;
using HumanFlag = StemLab.Hub.Facts.HumanFlag;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.CalibrationService: the wizard's steps and what they state. Numbers come from Calibrating and Samples.</summary>
internal sealed class CalibrationRpc(
    Wizards wizards, SteadyReader steady, CalibrationStatements statements, FactLog facts, DerivationBook derivations, ObservationStore store, HubClock clock, TimeProvider time)
    : CalibrationService.CalibrationServiceBase
{
    private const string Prefix = "calibrationWizards/";
    private const double UsualPressureHPa = 1013.25;

    [Authorize(Policies.Read)]
    public override Task<ListCalibrationKindsResponse> ListCalibrationKinds(ListCalibrationKindsRequest request, ServerCallContext context)
    {
        var answer = new ListCalibrationKindsResponse();
        answer.Kinds.AddRange(Ways.For(Channel(request.Channel).PropertyId));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Teach)]
    public override Task<StartCalibrationResponse> StartCalibration(StartCalibrationRequest request, ServerCallContext context)
    {
        var view = Channel(request.Channel);
        using var snapshot = store.Snapshot();
        if (SteadyReader.Newest(snapshot, derivations.Current, view) is not { } newest)
        {
            throw Rpc.FailedPrecondition("NO_READINGS", request.Channel, "the channel has no readings yet; switch the probe on first", "Chưa có số đo nào; hãy bật đầu đo trước");
        }

        var input = newest.Series.Entry.Input;
        var isCheck = request.Purpose == StartCalibrationRequest.Types.Purpose.Check;
        var way = request.Way;
        Id128 tested = default;
        if (isCheck)
        {
            (tested, way) = statements.InForce(view) ?? throw Rpc.FailedPrecondition("NOT_CALIBRATED", request.Channel, "the probe has no calibration to check; calibrate it first", "Đầu đo chưa được hiệu chuẩn nên chưa thể kiểm tra; hãy hiệu chuẩn trước");
        }
        else if (Ways.Find(view.PropertyId, way) is null)
        {
            throw Rpc.InvalidArgument("way", $"{request.Way} is not one of ListCalibrationKinds for this channel");
        }

        if (request.TemperatureChannel.Length > 0 && (!derivations.Current.TryFindChannel(request.TemperatureChannel, out var warm) || warm.Agent != view.Agent || !Ucum.TryConvert(warm.UnitUcum, "Cel", out _)))
        {
            throw Rpc.InvalidArgument("temperature_channel", "is not a temperature of the same agent");
        }

        var xUnit = input.UnitUcum == view.UnitUcum || Ucum.TryConvert(input.UnitUcum, view.UnitUcum, out _) ? view.UnitUcum : input.UnitUcum;
        var temperature = request.TemperatureChannel.Length > 0 ? request.TemperatureChannel
            : derivations.Current.Channels.FirstOrDefault(channel => channel.Agent == view.Agent && channel.PropertyId == "water_temperature")?.Name ?? "";
        var wizard = new Wizard(Id128.New(), view.Name, view.PropertyId, way, isCheck, temperature, input.Quantity, xUnit, view.UnitUcum, tested, [], 0, 0);
        return wizards.TryAdd(wizard)
            ? Task.FromResult(new StartCalibrationResponse { Wizard = Show(wizards.TryFind(wizard.Id, out var kept) ? kept : wizard) })
            : throw Rpc.ResourceExhausted("calibration wizards", $"{Wizards.Most} calibrations are under way; finish or cancel one", $"Đang có {Wizards.Most} lần hiệu chuẩn dở dang; hãy hoàn tất hoặc bỏ bớt", TimeSpan.FromMinutes(1));
    }

    [Authorize(Policies.Read)]
    public override Task<GetCalibrationWizardResponse> GetCalibrationWizard(GetCalibrationWizardRequest request, ServerCallContext context) =>
        Task.FromResult(new GetCalibrationWizardResponse { Wizard = Show(Find(request.Name)) });

    [Authorize(Policies.Read)]
    public override async Task WatchCalibration(WatchCalibrationRequest request, IServerStreamWriter<WatchCalibrationResponse> responseStream, ServerCallContext context)
    {
        var wizard = Find(request.Name);
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(SampleRpc.Beat, time);
        do
        {
            await responseStream.WriteAsync(new WatchCalibrationResponse { Wizard = Show(wizard) }, context.CancellationToken);
        }
        while (time.GetElapsedTime(started) < SampleRpc.LongestWatch && await timer.WaitForNextTickAsync(context.CancellationToken) && wizards.TryFind(wizard.Id, out wizard));
    }

    [Authorize(Policies.Teach)]
    public override Task<TakePointResponse> TakePoint(TakePointRequest request, ServerCallContext context)
    {
        var wizard = Find(request.Name);
        var celsius = request.HasTemperatureCelsius ? request.TemperatureCelsius : Celsius(wizard);
        var reference = Reference(request, wizard, celsius);
        var window = steady.Judge(wizard.Channel, null, wizard.XUnit) ?? throw Rpc.NotFound("channel", wizard.Channel);
        if (window is not { Start: { } start, End: { } end, State: { Mean: { } raw } } || !window.IsFresh || (!window.IsSteady && !request.EvenIfUnsteady))
        {
            var why = SampleTexts.Of(window);
            throw Rpc.FailedPrecondition("NOT_STEADY", wizard.Channel, why.En, why.Vi);
        }

        var most = Ways.Find(wizard.Property, wizard.Way)?.MostPoints ?? 12;
        if (wizard.Points.Length >= most)
        {
            throw Rpc.FailedPrecondition("ENOUGH_POINTS", wizard.Name, $"{most} points are enough; remove one first", $"Đã đủ {most} điểm; hãy bỏ bớt một điểm trước");
        }

        var changed = wizards.Step(wizard.Id, known => known with
        {
            Taken = known.Taken + 1,
            Points = known.Points.Add(new WizardPoint(
                known.Taken + 1, request.StandardId, reference, celsius, raw, window.State.Sd ?? 0, window.State.Count, request.ReferenceSigma, request.Salinity,
                request.PressureHpa == 0 ? UsualPressureHPa : request.PressureHpa, start, end)),
        });
        return Task.FromResult(new TakePointResponse { Wizard = Show(changed ?? throw Gone(request.Name)) });
    }

    [Authorize(Policies.Teach)]
    public override Task<RemovePointResponse> RemovePoint(RemovePointRequest request, ServerCallContext context)
    {
        var wizard = Find(request.Name);
        if (wizard.Points.All(point => point.Number != request.Number))
        {
            throw Rpc.NotFound("point", $"{request.Number}");
        }

        var changed = wizards.Step(wizard.Id, known => known with { Points = known.Points.RemoveAll(point => point.Number == request.Number) });
        return Task.FromResult(new RemovePointResponse { Wizard = Show(changed ?? throw Gone(request.Name)) });
    }

    [Authorize(Policies.Teach)]
    public override Task<AcceptCalibrationResponse> AcceptCalibration(AcceptCalibrationRequest request, ServerCallContext context)
    {
        var wizard = Find(request.Name);
        if (request.GoodForDays is < 0 or > 3650)
        {
            throw Rpc.InvalidArgument("good_for_days", $"{request.GoodForDays} is not 0 (as usual) to 3650");
        }

        var fit = WizardFit.Of(wizard);
        if (wizard.IsCheck || fit.Refusal != CalibrationRefusal.None)
        {
            throw wizard.IsCheck
                ? Rpc.FailedPrecondition("IS_A_CHECK", wizard.Name, "this is a check; call acceptCheck", "Đây là lần kiểm tra; hãy lưu lần kiểm tra")
                : Rpc.FailedPrecondition(CalibratingTexts.Code(fit.Refusal), wizard.Name, CalibratingTexts.Refused(fit).En, CalibratingTexts.Refused(fit).Vi);
        }

        var days = request.GoodForDays == 0 ? Ways.Find(wizard.Property, wizard.Way)!.UsualDays : request.GoodForDays;
        var draft = statements.Calibrated(wizard, fit, days, request.Note, request.ValidFrom);
        CalibrationStatements.Check(draft);
        return !wizards.Remove(wizard.Id) ? throw Gone(request.Name) : Task.FromResult(new AcceptCalibrationResponse { Calibration = statements.State(draft) });
    }

    [Authorize(Policies.Teach)]
    public override Task<CancelCalibrationResponse> CancelCalibration(CancelCalibrationRequest request, ServerCallContext context) =>
        wizards.Remove(Find(request.Name).Id) ? Task.FromResult(new CancelCalibrationResponse()) : throw Gone(request.Name);

    [Authorize(Policies.Teach)]
    public override Task<AcceptCheckResponse> AcceptCheck(AcceptCheckRequest request, ServerCallContext context)
    {
        var wizard = Find(request.Name);
        if (!wizard.IsCheck || wizard.Points.IsEmpty)
        {
            throw wizard.IsCheck
                ? Rpc.FailedPrecondition("TOO_FEW_POINTS", wizard.Name, "take at least one point first", "Hãy lấy ít nhất một điểm trước")
                : Rpc.FailedPrecondition("NOT_A_CHECK", wizard.Name, "this is a calibration; call accept", "Đây là lần hiệu chuẩn; hãy chấp nhận hiệu chuẩn");
        }

        var draft = statements.Checked(wizard, request.Note);
        CalibrationStatements.Check(draft);
        if (!wizards.Remove(wizard.Id))
        {
            throw Gone(request.Name);
        }

        return Task.FromResult(new AcceptCheckResponse
        {
            Check = statements.State(draft),
            Sentence = new Sentence { En = "Kept. You can spread the drift since the calibration over the readings between.", Vi = "Đã lưu. Có thể chia đều độ trôi kể từ lần hiệu chuẩn cho các số đo ở giữa." },
        });
    }

    [Authorize(Policies.Read)]
    public override Task<PreviewDriftSpreadResponse> PreviewDriftSpread(PreviewDriftSpreadRequest request, ServerCallContext context) =>
        request.Most != 0 && request.Most is < 3 or > 2_000
            ? throw Rpc.InvalidArgument("most", $"{request.Most} is not 0 (200) or 3 to 2000")
            : Task.FromResult(statements.Preview(request.Check, request.Channel, request.Most == 0 ? 200 : request.Most, context.CancellationToken));

    [Authorize(Policies.Teach)]
    public override Task<AcceptDriftSpreadResponse> AcceptDriftSpread(AcceptDriftSpreadRequest request, ServerCallContext context) =>
        Task.FromResult(new AcceptDriftSpreadResponse { Spread = statements.State([statements.Spread(request.Check, request.Note)]) });

    [Authorize(Policies.Teach)]
    public override Task<UndoCalibrationResponse> UndoCalibration(UndoCalibrationRequest request, ServerCallContext context)
    {
        var isSpread = Id128.TryParse(request.FactId, out var id) && facts.Current.TryFind(id, out var fact) && fact.Body is DriftSpread or CalibrationCheck;
        var revision = isSpread && facts.Current.TryFind(id, out var known) && known.Body is CalibrationCheck
            ? FactUndo.Withdraw<CalibrationCheck>(facts, clock, "calibration", request.FactId, request.Reason, Bottles(id))
            : isSpread
                ? FactUndo.Withdraw<DriftSpread>(facts, clock, "calibration", request.FactId, request.Reason)
                : FactUndo.Withdraw<Calibration>(facts, clock, "calibration", request.FactId, request.Reason, Bottles(id));
        return Task.FromResult(new UndoCalibrationResponse { Revision = revision });
    }

    [Authorize(Policies.Read)]
    public override Task<ListCalibrationsResponse> ListCalibrations(ListCalibrationsRequest request, ServerCallContext context) => Task.FromResult(statements.List(request));

    /// <summary>What was said of the stretch in bottles when the fact was stated.</summary>
    private Id128[] Bottles(Id128 factId) => facts.Current.TryFind(factId, out var fact)
        ? [.. facts.Current.Of<HumanFlag>().Where(flag => flag.Fact.Revision == fact.Revision).Select(flag => flag.Fact.FactId)]
        : [];

    private static RpcException Gone(string name) => Rpc.NotFound("calibration wizard", name);

    private ChannelView Channel(string name)
    {
        if (!derivations.Current.TryFindChannel(name, out var view))
        {
            throw Rpc.NotFound("channel", name);
        }

        return view.DerivedBy.IsEmpty
            ? view
            : throw Rpc.FailedPrecondition("COMPUTED", name, "the channel is computed from others; calibrate those", "Kênh này được tính từ kênh khác; hãy hiệu chuẩn các kênh đó.");
    }

    private Wizard Find(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && Id128.TryParse(name.AsSpan(Prefix.Length), out var id) && wizards.TryFind(id, out var wizard) ? wizard : throw Gone(name);

    /// <summary>Of the standard now, °C; null without a fresh reading.</summary>
    private double? Celsius(Wizard wizard)
    {
        if (wizard.TemperatureChannel.Length == 0 || steady.Judge(wizard.TemperatureChannel) is not { IsFresh: true, State.Mean: { } mean } window)
        {
            return null;
        }

        return Ucum.TryConvert(window.Unit, "Cel", out var map) ? map.Apply(mean) : null;
    }

    /// <summary>Value of the standard in the wizard's unit, at its temperature where the kind asks for that.</summary>
    private static double Reference(TakePointRequest request, Wizard wizard, double? celsius)
    {
        var wrong = new List<(string, string)>();
        var standard = Ways.Find(wizard.Property, wizard.Way)?.Standards.FirstOrDefault(bottle => bottle.Id == request.StandardId);
        var ofItsOwn = request.StandardId.Length == 0 && wizard.Way is not (CalibrationWay.PhBuffers or CalibrationWay.Oxygen);
        if (!ofItsOwn && standard is null)
        {
            wrong.Add(("standard_id", $"'{request.StandardId}' is not one of ListCalibrationKinds for this kind"));
        }

        if (ofItsOwn && !(request.HasReference && double.IsFinite(request.Reference)))
        {
            wrong.Add(("reference", "say the value of the standard, or name a standard_id"));
        }

        if (celsius is { } warm && !(warm is >= 0 and <= 50))
        {
            wrong.Add(("temperature_celsius", $"{warm} is not 0 to 50 °C"));
        }

        if (!(request.ReferenceSigma >= 0 && double.IsFinite(request.ReferenceSigma)))
        {
            wrong.Add(("reference_sigma", "is not 0 or a positive number"));
        }

        if (!(request.Salinity is >= 0 and <= 45))
        {
            wrong.Add(("salinity", $"{request.Salinity} is not 0 to 45"));
        }

        if (request.PressureHpa != 0 && !(request.PressureHpa is >= 300 and <= 1300))
        {
            wrong.Add(("pressure_hpa", $"{request.PressureHpa} is not 0 (1013.25) or 300 to 1300"));
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        if (Ways.BufferOf(request.StandardId) is { } buffer)
        {
            return Electrochemistry.BufferPh(buffer, celsius ?? 25);
        }

        return standard is null ? request.Reference
            : request.StandardId == "do-air" && wizard.Property == "dissolved_oxygen" ? Oxygen.SaturationMgL(celsius ?? 25, request.Salinity, request.PressureHpa == 0 ? UsualPressureHPa : request.PressureHpa)
            : Ucum.TryConvert(standard.UnitUcum, wizard.Unit, out var map) ? map.Apply(standard.Value) : standard.Value;
    }

    private CalibrationWizard Show(Wizard wizard)
    {
        var shown = CalibrationStatements.Show(wizard, Celsius(wizard));
        shown.ExpiresInUs = wizards.ExpiresInUs(wizard);
        if (steady.Judge(wizard.Channel, null, wizard.XUnit) is { } window)
        {
            shown.Steadiness = SampleTexts.Wire(window);
            shown.Next ??= SampleTexts.Of(window);
        }

        return shown;
    }
}
