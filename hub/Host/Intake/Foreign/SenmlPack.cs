using System.Text;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>Resolves SenML records (RFC 8428) one by one: base fields carry over, relative times count from the arrival. One pack, one owner.</summary>
internal sealed class SenmlPack(MappedMessage into, long? nowUtcUs)
{
    /// <summary>Times below count from now (RFC 8428 section 4.5.3).</summary>
    private const double Relative = 268_435_456;

    private string _baseName = "";
    private string? _baseUnit;
    private double _baseValue;
    private double _baseTime;

    /// <summary>Fields of the record at hand.</summary>
    public SenmlRecord Record { get; set; }

    /// <summary>The record is complete.</summary>
    /// <returns>Null when fine, otherwise why not.</returns>
    public IntakeCount? Finish()
    {
        var record = Record;
        Record = default;
        _baseName = record.BaseName ?? _baseName;
        _baseUnit = record.BaseUnit ?? _baseUnit;
        _baseValue = record.BaseValue ?? _baseValue;
        _baseTime = record.BaseTime ?? _baseTime;
        if (record.Value is not { } value)
        {
            return null;
        }

        var sum = value + _baseValue;
        if (!double.IsFinite(sum))
        {
            return IntakeCount.RejectedNotFinite;
        }

        if (into.Readings.Count == MappedMessage.MaxReadings)
        {
            return IntakeCount.RejectedTooManyKeys;
        }

        var unit = record.Unit ?? _baseUnit;
        string? ucum = null;
        if (unit is not null && (ucum = UnitText.ToUcum(unit)) is null)
        {
            return IntakeCount.RejectedUnknownUnit;
        }

        // The base name says which device, the name which of its quantities; a record with only a base name is named by its last part.
        var name = string.IsNullOrEmpty(record.Name) ? _baseName.TrimEnd(':', '/', '.').Split(':', '/').Last() : record.Name;
        if (name.Length is 0 or > 100)
        {
            return IntakeCount.RejectedBadSenml;
        }

        into.Add(default, Encoding.UTF8.GetBytes(name), sum, ucum, UtcOf(_baseTime + (record.Time ?? 0)));
        return null;
    }

    private long? UtcOf(double seconds)
    {
        if (seconds == 0)
        {
            return null;
        }

        if (Math.Abs(seconds) < Relative)
        {
            return nowUtcUs + (long)(seconds * 1e6);
        }

        return seconds < 1e11 ? (long)(seconds * 1e6) : null;
    }
}

/// <summary>The fields of one SenML record; null where absent.</summary>
internal record struct SenmlRecord
{
    public string? BaseName { get; set; }

    public string? BaseUnit { get; set; }

    public double? BaseValue { get; set; }

    public double? BaseTime { get; set; }

    public string? Name { get; set; }

    public string? Unit { get; set; }

    public double? Value { get; set; }

    public double? Time { get; set; }
}
