// A call ends with the fixture's hub, which ends with the test.
#pragma warning disable xUnit1051
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using StemLab.Hub.Facts;
using StemLab.V1;
using static StemLab.Hub.Api.HubFixture;

namespace StemLab.Hub.Api;

/// <summary>The wizard, every way of it: what a teacher does with bottles, and what comes of it.</summary>
public sealed class CalibrationWaysTests : IAsyncLifetime
{
    private HubFixture _hub = null!;
    private CalibrationService.CalibrationServiceClient _calibrations = null!;
    private long _laterUs;

    public async ValueTask InitializeAsync()
    {
        _hub = await StartAsync();
        _calibrations = new CalibrationService.CalibrationServiceClient(_hub.Grpc);
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Three_buffers_tell_slope_its_error_and_the_largest_residual()
    {
        CalibrationWizard wizard = await BeginAsync("ph", "[pH]", CalibrationWay.PhBuffers, 4.05);
        await TakeAsync(wizard, "ph-4");
        await MoveAsync("ph", "[pH]", 7.02);
        await TakeAsync(wizard, "ph-7");
        await MoveAsync("ph", "[pH]", 9.95);
        CalibrationPreview preview = (await TakeAsync(wizard, "ph-10")).Preview;

        Assert.True(preview.Acceptable, preview.Refusal?.En);
        Assert.InRange(preview.SlopePercent, 97, 100);
        Assert.InRange(preview.SlopePercentError, 0, 2);
        Assert.InRange(preview.LargestResidual, 0.0001, 0.1);
        Assert.Contains("14", preview.Sentence.Vi, StringComparison.Ordinal);
        RpcException enough = await RefusedAsync(TakingAsync(wizard, "ph-686"));
        Assert.Equal(StatusCode.FailedPrecondition, enough.StatusCode);
    }

    [Fact]
    public async Task Bottles_of_din_19266_have_their_value_at_their_temperature()
    {
        CalibrationWizard wizard = await BeginAsync("ph", "[pH]", CalibrationWay.PhBuffers, 6.90);
        CalibrationWizard first = (await _calibrations.TakePointAsync(new TakePointRequest { Name = wizard.Name, StandardId = "ph-686", TemperatureCelsius = 10 })).Wizard;
        await MoveAsync("ph", "[pH]", 9.3);
        CalibrationWizard second = (await _calibrations.TakePointAsync(new TakePointRequest { Name = wizard.Name, StandardId = "ph-918", TemperatureCelsius = 10 })).Wizard;

        Assert.Equal(6.923, first.Points[0].Reference, 3);
        Assert.Equal(9.332, second.Points[1].Reference, 3);
        Assert.True(second.Preview.Acceptable, second.Preview.Refusal?.En);
        CalibrationKindInfo kind = (await _calibrations.ListCalibrationKindsAsync(new ListCalibrationKindsRequest { Channel = Channel("ph", "ph") })).Kinds[0];
        Assert.Equal(["pH 4", "pH 7", "pH 10", "pH 6,86", "pH 9,18", "pH 1,68"], kind.Standards.Select(standard => standard.DisplayName.Vi));
    }

    [Fact]
    public async Task A_wrong_bottle_is_named_as_people_name_it()
    {
        CalibrationWizard wizard = await BeginAsync("ph", "[pH]", CalibrationWay.PhBuffers, 10.01);
        await TakeAsync(wizard, "ph-4");
        await MoveAsync("ph", "[pH]", 7.0);
        Sentence refusal = (await TakeAsync(wizard, "ph-7")).Preview.Refusal;

        Assert.Contains("pH 10, pH 7", refusal.En, StringComparison.Ordinal);
        Assert.Contains("pH 10; pH 7", refusal.Vi, StringComparison.Ordinal);
        Assert.DoesNotContain("ph-", refusal.En + refusal.Vi, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_conductivity_standard_makes_a_cell_constant_and_two_a_line()
    {
        CalibrationWizard wizard = await BeginAsync("electrical_conductivity", "mS/cm", CalibrationWay.ConductivityStandard, 1.30);
        CalibrationWizard one = await TakeAsync(wizard, "ec-1413");
        Assert.True(one.Preview.Acceptable, one.Preview.Refusal?.En);
        await MoveAsync("electrical_conductivity", "mS/cm", 11.9);
        CalibrationWizard two = await TakeAsync(wizard, "ec-12880");
        Assert.True(two.Preview.Acceptable, two.Preview.Refusal?.En);

        CalibrationRecord record = await AcceptAsync(wizard);
        Assert.Contains("30", record.Sentence.En, StringComparison.Ordinal);
        Assert.Equal(12.88, await ReadingAsync("electrical_conductivity", 11.9), 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Oxygen_is_calibrated_in_air_alone_or_with_water_that_has_none(bool withZero)
    {
        CalibrationWizard wizard = await BeginAsync("dissolved_oxygen", "mg/L", CalibrationWay.Oxygen, 7.9);
        CalibrationWizard taken = await TakeAsync(wizard, "do-air");
        Assert.Equal(8.26, taken.Points[0].Reference, 2);
        if (withZero)
        {
            await MoveAsync("dissolved_oxygen", "mg/L", 0.2);
            taken = await TakeAsync(wizard, "do-zero");
        }

        Assert.True(taken.Preview.Acceptable, taken.Preview.Refusal?.En);
        CalibrationRecord record = await AcceptAsync(wizard);
        Assert.Equal(CalibrationWay.Oxygen, record.Way);
    }

    [Fact]
    public async Task Turbidity_takes_two_standards_of_ones_own()
    {
        CalibrationWizard wizard = await BeginAsync("turbidity", "{FNU}", CalibrationWay.Turbidity, 1);
        await OwnAsync(wizard, 0);
        await MoveAsync("turbidity", "{FNU}", 90);
        CalibrationWizard taken = await OwnAsync(wizard, 100);

        Assert.True(taken.Preview.Acceptable, taken.Preview.Refusal?.En);
        await AcceptAsync(wizard);
        Assert.Equal(50, await ReadingAsync("turbidity", 45.5), 6);
    }

    [Theory]
    [InlineData(CalibrationWay.Quadratic, 2.5)]
    [InlineData(CalibrationWay.Table, 2.5)]
    public async Task A_parabola_or_a_table_goes_through_its_points(CalibrationWay way, double between)
    {
        // Depths of a home-made level probe: raw 1, 2, 4 mean 1, 2 and 8 m.
        CalibrationWizard wizard = await BeginAsync("depth", "m", way, 1);
        await OwnAsync(wizard, 1);
        await MoveAsync("depth", "m", 2);
        await OwnAsync(wizard, 2);
        await MoveAsync("depth", "m", 4);
        CalibrationWizard taken = await OwnAsync(wizard, 8);
        Assert.True(taken.Preview.Acceptable, taken.Preview.Refusal?.En);

        await AcceptAsync(wizard);

        // Parabola: (2 - 2x/… ) through all three; table: straight from point to point.
        double[] c = way == CalibrationWay.Quadratic ? [1.3333333333333333, -1, 0.6666666666666666] : [-4, 3, 0];
        Assert.Equal(c[0] + (c[1] * between) + (c[2] * between * between), await ReadingAsync("depth", between), 4);
    }

    [Fact]
    public async Task A_parabola_that_turns_back_and_points_that_coincide_or_contradict_are_refused_by_name()
    {
        CalibrationWizard wizard = await BeginAsync("depth", "m", CalibrationWay.Linear, 3);
        await OwnAsync(wizard, 1);
        await MoveAsync("depth", "m", 3);
        CalibrationPreview same = (await OwnAsync(wizard, 5)).Preview;
        Assert.Equal((false, "POINTS_CONTRADICT"), (same.Acceptable, same.RefusalCode));
        await _calibrations.RemovePointAsync(new RemovePointRequest { Name = wizard.Name, Number = 2 });
        await MoveAsync("depth", "m", 3);
        CalibrationPreview alike = (await OwnAsync(wizard, 1)).Preview;
        Assert.False(alike.Acceptable);
        Assert.Contains(alike.RefusalCode, (string[])["POINTS_COINCIDE", "TOO_FEW_POINTS"]);

        RpcException refused = await RefusedAsync(_calibrations.AcceptCalibrationAsync(new AcceptCalibrationRequest { Name = wizard.Name }));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal(alike.RefusalCode, (await RefusalOfAsync(wizard)).RefusalCode);
    }

    [Fact]
    public async Task A_calibration_past_its_days_is_overdue_and_says_until_when_it_was_good()
    {
        CalibrationWizard wizard = await BeginAsync("ph", "[pH]", CalibrationWay.Offset, 7.1);
        await OwnAsync(wizard, 7);
        long from = Utc0 + _hub.NowUs - (3 * 86_400 * Second);
        CalibrationRecord record = (await _calibrations.AcceptCalibrationAsync(
            new AcceptCalibrationRequest { Name = wizard.Name, GoodForDays = 2, ValidFrom = new V1.Instant { UtcUs = from } })).Calibration;

        Assert.Equal((CalibrationRecord.Types.Validity.Overdue, from + (2 * 86_400 * Second)), (record.Validity, record.ValidUntilUs));
        Assert.Contains("good for 2 days", record.Sentence.En, StringComparison.Ordinal);
        Assert.Contains("dùng được 2 ngày", record.Sentence.Vi, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_time_in_bottles_is_kept_out_of_averages_with_its_own_reason_until_the_calibration_is_taken_back()
    {
        CalibrationWizard wizard = await BeginAsync("ph", "[pH]", CalibrationWay.PhBuffers, 4.05);
        await TakeAsync(wizard, "ph-4");
        await MoveAsync("ph", "[pH]", 7.02);
        await TakeAsync(wizard, "ph-7");
        CalibrationRecord record = await AcceptAsync(wizard);

        var said = Assert.Single(_hub.Facts.Current.Of<HumanFlag>());
        Assert.Equal((Channel("ph", "ph"), 4), (said.Body.Channel, said.Body.Flag));
        Assert.Contains("in a calibration bottle", said.Body.Reason, StringComparison.Ordinal);
        Assert.Equal(said.Fact.Revision, record.Revision);
        await _calibrations.UndoCalibrationAsync(new UndoCalibrationRequest { FactId = record.FactId });
        Assert.Empty(_hub.Facts.Current.Of<HumanFlag>());
    }

    [Fact]
    public async Task The_json_face_speaks_the_same_wizard_and_refuses_in_both_languages()
    {
        await MoveAsync("ph", "[pH]", 7.1);
        JsonElement wizard = await PostAsync("/v1/calibrationWizards", new { channel = Channel("ph", "ph"), purpose = "PURPOSE_CALIBRATE", way = "CALIBRATION_WAY_OFFSET" });
        string name = wizard.GetProperty("wizard").GetProperty("name").GetString()!;
        HttpResponseMessage early = await _hub.Http.PostAsJsonAsync($"/v1/{name}:accept", new { name });
        Assert.Equal(HttpStatusCode.BadRequest, early.StatusCode);
        string refusal = await early.Content.ReadAsStringAsync();
        Assert.Contains("More points are needed.", refusal, StringComparison.Ordinal);
        Assert.Contains("Cần thêm điểm.", refusal, StringComparison.Ordinal);
        await PostAsync($"/v1/{name}:takePoint", new { name, reference = 7 });
        JsonElement accepted = await PostAsync($"/v1/{name}:accept", new { name, note = "class 7A" });
        Assert.Equal("VALIDITY_VALID", accepted.GetProperty("calibration").GetProperty("validity").GetString());
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        HttpResponseMessage answer = await _hub.Http.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<CalibrationWizard> BeginAsync(string property, string unit, CalibrationWay way, double reading)
    {
        await MoveAsync(property, unit, reading);
        return (await _calibrations.StartCalibrationAsync(new StartCalibrationRequest { Channel = Channel(property, property), Way = way })).Wizard;
    }

    /// <summary>The probe hangs in the next standard: its readings come after those of the one before.</summary>
    private async Task MoveAsync(string property, string unit, double reading)
    {
        await _hub.SteadyAsync(property, property, unit, 700, Second / 10, _ => reading, _laterUs);
        _laterUs += 75 * Second;
    }

    private AsyncUnaryCall<TakePointResponse> TakingAsync(CalibrationWizard wizard, string standard) =>
        _calibrations.TakePointAsync(new TakePointRequest { Name = wizard.Name, StandardId = standard, TemperatureCelsius = 25 });

    private async Task<CalibrationWizard> TakeAsync(CalibrationWizard wizard, string standard) => (await TakingAsync(wizard, standard)).Wizard;

    private async Task<CalibrationWizard> OwnAsync(CalibrationWizard wizard, double reference) =>
        (await _calibrations.TakePointAsync(new TakePointRequest { Name = wizard.Name, Reference = reference })).Wizard;

    private async Task<CalibrationRecord> AcceptAsync(CalibrationWizard wizard) =>
        (await _calibrations.AcceptCalibrationAsync(new AcceptCalibrationRequest { Name = wizard.Name })).Calibration;

    private async Task<CalibrationPreview> RefusalOfAsync(CalibrationWizard wizard) =>
        (await _calibrations.GetCalibrationWizardAsync(new GetCalibrationWizardRequest { Name = wizard.Name })).Wizard.Preview;

    /// <summary>What the newest reading means after the probe gave a raw value.</summary>
    private async Task<double> ReadingAsync(string property, double raw)
    {
        string unit = property switch { "turbidity" => "{FNU}", "depth" => "m", _ => "mS/cm" };
        await _hub.SteadyAsync(property, property, unit, 3, Second, _ => raw, _laterUs);
        var answer = await new ReadingService.ReadingServiceClient(_hub.Grpc).GetLatestReadingsAsync(new GetLatestReadingsRequest { Channels = { Channel(property, property) } });
        return Assert.Single(answer.Readings).Value;
    }
}
