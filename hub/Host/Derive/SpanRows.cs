using StemLab.Hub.Facts;
using StemLab.Science.Quality;
using StemLab.Science.Units;

namespace StemLab.Hub.Derive;

/// <summary>Rows of one span, from raw to value: writes its part of the columns. One use, one thread.</summary>
internal readonly ref struct SpanRows
{
    private readonly SeriesDerivation _series;
    private readonly DerivedSpan _span;
    private readonly DerivedColumns _columns;
    private readonly int _from;
    private readonly int _count;
    private readonly Span<double> _value;
    private readonly Span<double> _uncertainty;

    /// <summary>Empty where only values are asked for.</summary>
    private readonly Span<FlagReasons> _reason;

    public SpanRows(SeriesDerivation series, in DerivedSpan span, DerivedColumns columns, int from, int count)
    {
        (_series, _span, _columns, _from, _count) = (series, span, columns, from, count);
        _value = columns.Value.AsSpan(from, count);
        _uncertainty = columns.WithUncertainty ? columns.Uncertainty.AsSpan(from, count) : [];
        _reason = columns.ValuesOnly ? [] : columns.Reason.AsSpan(from, count);
    }

    public void Fill(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, SiblingRows? siblings)
    {
        Span<byte> flag = _columns.Flag.AsSpan(_from, _columns.ValuesOnly ? 0 : _count);
        if (_span.Computed is { } computed && siblings is not null)
        {
            // A computed value's flag is made with it.
            siblings.Computed(_series, computed, _columns.WithUncertainty).Fill(
                tUs, raw, missing, _value, _uncertainty, _columns.Flag.AsSpan(_from, _count), _columns.Reason.AsSpan(_from, _count));
            return;
        }

        if (!_span.HasValue || _span.Computed is not null)
        {
            _value.Fill(double.NaN);
            _uncertainty.Fill(double.NaN);
            _reason.Fill(FlagReasons.NoValue);
            flag.Fill(SeriesDerivation.Missing);
            return;
        }

        _reason.Fill(_span.IsExpired ? FlagReasons.CalibrationOverdue : FlagReasons.None);
        Span<byte> inputs = [];
        if (siblings?.HasFlags == true && _span.NeedsSiblings && !_columns.ValuesOnly)
        {
            _columns.MakeRoom();
            inputs = _columns.InputFlag.AsSpan(_from, _count);
            inputs.Clear();
        }

        if (_span.Curve is null)
        {
            _span.Map.Apply(raw, _value);
            _uncertainty.Fill(double.NaN);
        }
        else
        {
            Curve(_span.Curve, tUs, raw, siblings, _value, _uncertainty);
            if (!_columns.ValuesOnly)
            {
                _span.Curve.Cover(raw, _reason);
            }
        }

        if (_span.Drift is { } drift)
        {
            Spread(drift, tUs, raw, siblings);
        }

        if (_columns.ValuesOnly)
        {
            for (int i = missing.IndexOfAnyExcept((byte)0); i >= 0 && i < raw.Length; i++)
            {
                _value[i] = missing[i] != 0 ? double.NaN : _value[i];
            }

            return;
        }

        for (int i = 0; i < raw.Length; i++)
        {
            if (missing[i] != 0)
            {
                (_value[i], _reason[i]) = (double.NaN, 0);
            }

            flag[i] = double.IsNaN(_value[i]) ? SeriesDerivation.Missing : (_reason[i] & FlagReasons.InputMissing) != 0 ? SeriesDerivation.Suspect : SeriesDerivation.NotEvaluated;
        }

        for (int i = 0; i < _uncertainty.Length; i++)
        {
            _uncertainty[i] = flag[i] == SeriesDerivation.NotEvaluated ? _uncertainty[i] : double.NaN;
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is SeriesDerivation.Suspect or SeriesDerivation.Fail && flag[i] != SeriesDerivation.Missing)
            {
                _reason[i] |= FlagReasons.InputFlagged;
                flag[i] = (byte)QcFlags.Stronger((QcFlag)flag[i], (QcFlag)inputs[i]);
            }
        }
    }

    private void Curve(ProbeCurve curve, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, SiblingRows? siblings, Span<double> value, Span<double> uncertainty)
    {
        if (curve.Needs.Length == 0)
        {
            curve.Values(raw, [], [], value, uncertainty);
            return;
        }

        if (siblings is null)
        {
            // Who asks for rows without a snapshot cannot have them compensated.
            value.Fill(double.NaN);
            return;
        }

        _columns.MakeRoom();
        Span<double> first = _columns.First.AsSpan(_from, _count);
        Span<double> second = _columns.Second.AsSpan(_from, _count);
        Sibling(curve, curve.Needs[0], tUs, siblings, first);
        if (curve.Needs.Length > 1)
        {
            Sibling(curve, curve.Needs[1], tUs, siblings, second);
        }

        curve.Values(raw, first, curve.Needs.Length > 1 ? second : [], value, uncertainty);
    }

    private void Sibling(ProbeCurve curve, Compensation need, ReadOnlySpan<long> tUs, SiblingRows siblings, Span<double> into)
    {
        bool withFlags = siblings.HasFlags && !_columns.ValuesOnly;
        Span<byte> flags = withFlags ? _columns.SiblingFlag.AsSpan(_from, _count) : [];
        Span<byte> worst = withFlags ? _columns.InputFlag.AsSpan(_from, _count) : [];
        bool isWhole = siblings.Fill(_series.Entry, need, tUs, into, flags);
        for (int i = 0; i < flags.Length; i++)
        {
            worst[i] = flags[i] is SeriesDerivation.Suspect or SeriesDerivation.Fail ? Math.Max(worst[i], flags[i]) : worst[i];
        }

        double missing = curve.DefaultOf(need);
        for (int i = 0; i < into.Length && !isWhole; i++)
        {
            if (double.IsNaN(into[i]))
            {
                into[i] = missing;
                if (!_reason.IsEmpty)
                {
                    _reason[i] |= FlagReasons.InputMissing;
                }
            }
        }
    }

    /// <summary>Value + part · (value at the end of the drift - value). The doubt about the straight way is largest in the middle and nothing at both ends.</summary>
    private void Spread(ProbeDrift drift, ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, SiblingRows? siblings)
    {
        if (drift.After is null && _uncertainty.IsEmpty)
        {
            drift.Spread(_series.Map, tUs, raw, _value);
            return;
        }

        _columns.MakeRoom();
        Span<double> part = _columns.Part.AsSpan(_from, _count);
        Span<double> after = _columns.After.AsSpan(_from, _count);
        Span<double> afterUncertainty = _columns.WithUncertainty ? _columns.AfterUncertainty.AsSpan(_from, _count) : [];
        drift.Parts(_series.Map, tUs, part);
        if (drift.After is { } curve)
        {
            Curve(curve, tUs, raw, siblings, after, afterUncertainty);
        }
        else
        {
            bool isOfRaw = drift.AfterMap is not null;
            AffineMap map = drift.AfterMap ?? drift.Correction;
            map.Apply(isOfRaw ? raw : _value, after);
            afterUncertainty.Fill(double.NaN);
            for (int i = 0; i < afterUncertainty.Length && !isOfRaw; i++)
            {
                afterUncertainty[i] = Math.Abs(map.Slope) * _uncertainty[i];
            }
        }

        for (int i = 0; i < _uncertainty.Length; i++)
        {
            double way = (after[i] - _value[i]) * Math.Sqrt(part[i] * (1 - part[i]) / 3);
            double before = (1 - part[i]) * _uncertainty[i];
            double end = part[i] * afterUncertainty[i];
            _uncertainty[i] = Math.Sqrt((before * before) + (end * end) + (way * way));
        }

        for (int i = 0; i < raw.Length; i++)
        {
            _value[i] += part[i] * (after[i] - _value[i]);
        }
    }
}
