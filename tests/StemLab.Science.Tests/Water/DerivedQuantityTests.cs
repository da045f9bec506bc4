using StemLab.Science.Quality;
using StemLab.Science.Units;

namespace StemLab.Science.Water;

public sealed class DerivedQuantityTests
{
    [Fact]
    public void Every_formula_has_its_own_id_and_real_units_and_answers_in_the_middle_of_its_range()
    {
        Assert.Equal(DerivedQuantities.All.Length, DerivedQuantities.All.Select(quantity => quantity.FormulaId).Distinct().Count());
        Assert.All(DerivedQuantities.All, quantity =>
        {
            Assert.True(Ucum.TryParse(quantity.UnitUcum, out _), quantity.UnitUcum);
            Assert.All(quantity.Inputs, input => Assert.True(Ucum.TryParse(input.UnitUcum, out _), input.UnitUcum));
            var middle = quantity.Inputs.Select(input => (input.Range.Min + input.Range.Max) / 2).ToArray();
            var value = quantity.Compute(middle, []);
            Assert.Equal((QcFlag.Pass, null), (value.Flag, value.Outside));
            Assert.True(double.IsFinite(value.Value), quantity.FormulaId);
        });
    }

    [Fact]
    public void Missing_input_is_missing_outside_is_suspect_and_the_worst_flag_travels()
    {
        var dew = DerivedQuantities.All.Single(quantity => quantity.PropertyId == "dew_point");
        Assert.Equal((QcFlag.Missing, "relative_humidity"), Look(dew.Compute([20, double.NaN], [])));
        Assert.Equal((QcFlag.Suspect, "air_temperature"), Look(dew.Compute([70, 50], [])));
        Assert.Equal((QcFlag.Fail, null), Look(dew.Compute([20, 50], [QcFlag.Suspect, QcFlag.Fail])));
        Assert.Equal((QcFlag.NotEvaluated, null), Look(dew.Compute([20, 50], [QcFlag.Pass, QcFlag.NotEvaluated])));
        Assert.Equal((QcFlag.Missing, null), Look(dew.Compute([20, 0], [])));
    }

    [Fact]
    public void A_default_stands_in_for_what_nobody_measured()
    {
        var oxygen = DerivedQuantities.All.Single(quantity => quantity.FormulaId == "oxygen-saturation-benson-krause/1");
        Assert.Equal(100, oxygen.Compute([8.263, 25, double.NaN, double.NaN], []).Value, 1);
    }

    [Fact]
    public void Every_quantity_has_a_name_in_both_languages_and_is_offered_where_its_inputs_are_measured()
    {
        Assert.Equal(31, DerivedQuantities.All.Length);
        Assert.Equal(DerivedQuantities.All.Select(quantity => quantity.FormulaId).Order(), DerivedQuantities.Names.Codes.Order());
        Assert.All(DerivedQuantities.All, quantity => Assert.NotEqual(quantity.Name.En, quantity.Name.Vi));
        var possible = DerivedQuantities.PossibleWith(new Dictionary<string, string> { ["dissolved_oxygen"] = "ug/L", ["water_temperature"] = "[degF]", ["ph"] = "mV" });
        Assert.Equal(
            ["density-teos10/1", "density-eos80/1", "sigma-t-eos80/1", "sound-speed-water-chen-millero/1", "oxygen-saturation-benson-krause/1", "oxygen-at-saturation-benson-krause/1", "oxygen-at-saturation-garcia-gordon/1", "oxygen-used-benson-krause/1"],
            possible.Select(quantity => quantity.FormulaId));
    }

    [Fact]
    public void Salinity_from_a_pen_that_reads_at_25_degrees_equals_that_of_the_water_at_25() =>
        Assert.Equal(Seawater.PracticalSalinity(40, 25, 0), DerivedQuantities.All.Single(quantity => quantity.FormulaId == "practical-salinity-from-25/1").Compute([40_000], []).Value, 12);

    [Fact]
    public void Salinity_runs_smoothly_through_two()
    {
        var c = Seawater.ConductivityMScm(2, 25, 0);
        Assert.Equal(2, Seawater.PracticalSalinity(c * 1.000001, 25, 0), 4);
        Assert.Equal(2, Seawater.PracticalSalinity(c * 0.999999, 25, 0), 4);
    }

    [Fact]
    public void Pressure_at_sea_level_and_altitude_undo_each_other() =>
        Assert.Equal(500, Air.AltitudeM(950, Air.SeaLevelPressureHPa(950, 500)), 6);

    private static (QcFlag, string?) Look(DerivedValue value) => (value.Flag, value.Outside);
}
