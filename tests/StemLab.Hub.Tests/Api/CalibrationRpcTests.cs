// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using Grpc.Core;
using StemLab.V1;
using static StemLab.Hub.Api.HubFixture;

namespace StemLab.Hub.Api;

public sealed class CalibrationRpcTests : IAsyncLifetime
{
    private static readonly string Ph = Channel("ph", "ph");

    private HubFixture _hub = null!;
    private CalibrationService.CalibrationServiceClient _calibrations = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await StartAsync();
        _calibrations = new CalibrationService.CalibrationServiceClient(_hub.Grpc);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Two_buffers_make_a_calibration_that_is_listed_valid_and_can_be_undone()
    {
        CalibrationWizard wizard = await StartInAsync(4.11);
        wizard = await TakeAsync(wizard, "ph-4");
        Assert.Equal((false, "TOO_FEW_POINTS"), (wizard.Preview.Acceptable, wizard.Preview.RefusalCode));
        await MoveToAsync(7.05);
        wizard = await TakeAsync(wizard, "ph-7");

        Assert.True(wizard.Preview.Acceptable, wizard.Preview.Refusal?.En);
        Assert.InRange(wizard.Preview.SlopePercent, 95, 101);
        Assert.Contains("healthy", wizard.Preview.Sentence.En, StringComparison.Ordinal);
        Assert.Equal(2, wizard.Points.Count);

        CalibrationRecord record = (await _calibrations.AcceptCalibrationAsync(new AcceptCalibrationRequest { Name = wizard.Name, Note = "before the trip" })).Calibration;
        CalibrationRecord listed = Assert.Single((await _calibrations.ListCalibrationsAsync(new ListCalibrationsRequest { Of = Ph })).Records);
        Assert.Equal((CalibrationRecord.Types.Validity.Valid, CalibrationWay.PhBuffers, "before the trip"), (listed.Validity, listed.Way, listed.Note));
        Assert.Equal(record.FactId, listed.FactId);
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_calibrations.GetCalibrationWizardAsync(new GetCalibrationWizardRequest { Name = wizard.Name }))).StatusCode);

        await _calibrations.UndoCalibrationAsync(new UndoCalibrationRequest { FactId = record.FactId });
        Assert.Empty((await _calibrations.ListCalibrationsAsync(new ListCalibrationsRequest())).Records);
    }

    [Fact]
    public async Task Swapped_bottles_are_refused_with_the_reason_and_nothing_is_stated()
    {
        CalibrationWizard wizard = await StartInAsync(10.01);
        wizard = await TakeAsync(wizard, "ph-4");
        await MoveToAsync(7.0);
        wizard = await TakeAsync(wizard, "ph-7");
        var revision = _hub.Facts.Current.Revision;

        Assert.Equal((false, "WRONG_BUFFER"), (wizard.Preview.Acceptable, wizard.Preview.RefusalCode));
        Assert.Equal(["ph-10", "ph-7"], wizard.Preview.LikelyStandards);
        Assert.Contains("Nhầm chai", wizard.Preview.Refusal.Vi, StringComparison.Ordinal);
        RpcException refused = await RefusedAsync(_calibrations.AcceptCalibrationAsync(new AcceptCalibrationRequest { Name = wizard.Name }));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);

        wizard = (await _calibrations.RemovePointAsync(new RemovePointRequest { Name = wizard.Name, Number = 1 })).Wizard;
        Assert.Equal([2], wizard.Points.Select(point => point.Number));
        await _calibrations.CancelCalibrationAsync(new CancelCalibrationRequest { Name = wizard.Name });
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_calibrations.CancelCalibrationAsync(new CancelCalibrationRequest { Name = wizard.Name }))).StatusCode);
        Assert.Equal(revision, _hub.Facts.Current.Revision);
    }

    [Fact]
    public async Task A_check_after_the_trip_spreads_the_drift_and_undo_brings_back_what_was()
    {
        CalibrationWizard wizard = await StartInAsync(7.0, CalibrationWay.Offset);
        await _calibrations.TakePointAsync(new TakePointRequest { Name = wizard.Name, Reference = 7.0 });
        await _calibrations.AcceptCalibrationAsync(new AcceptCalibrationRequest { Name = wizard.Name });
        await MoveToAsync(7.2);
        CalibrationWizard check = (await _calibrations.StartCalibrationAsync(new StartCalibrationRequest { Channel = Ph, Purpose = StartCalibrationRequest.Types.Purpose.Check })).Wizard;
        Assert.Equal(CalibrationWay.Offset, check.Way);
        await _calibrations.TakePointAsync(new TakePointRequest { Name = check.Name, Reference = 7.0 });
        CalibrationRecord kept = (await _calibrations.AcceptCheckAsync(new AcceptCheckRequest { Name = check.Name })).Check;
        PreviewDriftSpreadResponse preview = await _calibrations.PreviewDriftSpreadAsync(new PreviewDriftSpreadRequest { Check = kept.FactId });
        CalibrationRecord spread = (await _calibrations.AcceptDriftSpreadAsync(new AcceptDriftSpreadRequest { Check = kept.FactId })).Spread;

        Assert.Equal(CalibrationRecord.Types.Type.Check, kept.Type);
        Assert.Equal((Ph, preview.Before.Count), (preview.Channel, preview.After.Count));
        Assert.Equal((CalibrationRecord.Types.Type.DriftSpread, 2), (spread.Type, spread.RefersTo.Count));
        await _calibrations.UndoCalibrationAsync(new UndoCalibrationRequest { FactId = spread.FactId });
        Assert.DoesNotContain((await _calibrations.ListCalibrationsAsync(new ListCalibrationsRequest())).Records, record => record.FactId == spread.FactId);
    }

    [Fact]
    public async Task Steps_that_make_no_sense_are_refused()
    {
        CalibrationWizard wizard = await StartInAsync(7.0);

        Assert.Equal(["standard_id", "temperature_celsius"], Fields(await RefusedAsync(_calibrations.TakePointAsync(new TakePointRequest { Name = wizard.Name, StandardId = "ph-9", TemperatureCelsius = 99 }))));
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_calibrations.RemovePointAsync(new RemovePointRequest { Name = wizard.Name, Number = 3 }))).StatusCode);
        Assert.Equal(["way"], Fields(await RefusedAsync(_calibrations.StartCalibrationAsync(new StartCalibrationRequest { Channel = Ph, Way = CalibrationWay.Oxygen }))));
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(_calibrations.StartCalibrationAsync(new StartCalibrationRequest { Channel = Ph, Purpose = StartCalibrationRequest.Types.Purpose.Check }))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_calibrations.StartCalibrationAsync(new StartCalibrationRequest { Channel = Channel("x", "y") }))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(_calibrations.AcceptDriftSpreadAsync(new AcceptDriftSpreadRequest { Check = "x" }))).StatusCode);
        Assert.Equal(CalibrationWay.PhBuffers, (await _calibrations.ListCalibrationKindsAsync(new ListCalibrationKindsRequest { Channel = Ph })).Kinds[0].Way);
        using var watch = _calibrations.WatchCalibration(new WatchCalibrationRequest { Name = wizard.Name });
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.True(watch.ResponseStream.Current.Wizard.Steadiness.Steady);
    }

    private async Task<CalibrationWizard> StartInAsync(double reading, CalibrationWay way = CalibrationWay.PhBuffers)
    {
        await _hub.SteadyAsync("ph", "ph", "[pH]", 220, Second / 10, _ => reading);
        return (await _calibrations.StartCalibrationAsync(new StartCalibrationRequest { Channel = Ph, Way = way })).Wizard;
    }

    /// <summary>The probe hangs in the next standard: its readings come after those of the one before.</summary>
    private Task MoveToAsync(double reading) => _hub.SteadyAsync("ph", "ph", "[pH]", 220, Second / 10, _ => reading, laterUs: 25 * Second);

    private async Task<CalibrationWizard> TakeAsync(CalibrationWizard wizard, string standard) =>
        (await _calibrations.TakePointAsync(new TakePointRequest { Name = wizard.Name, StandardId = standard, TemperatureCelsius = 25 })).Wizard;
}
