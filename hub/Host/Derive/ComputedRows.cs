using StemLab.Science.Quality;
using StemLab.Science.Units;
using StemLab.Store;

namespace StemLab.Hub.Derive;

/// <summary>
/// Rows of one series of a derived channel: the lead input's rows, each with the newest reading of the other inputs at or before it on the same boot's clock.
/// One reader's own; one thread.
/// <code>
///   lead rows ──────────────► value, flag, ± ─┐
///   other inputs: InputCursor ─ newest ≤ t ───┼─ ComputedColumn.Value ─ value, ± ; worst flag; reasons
///   constants ────────────────────────────────┘
/// </code>
/// </summary>
internal sealed class ComputedRows
{
    private readonly ComputedColumn _column;
    private readonly SeriesDerivation? _lead;
    private readonly InputCursor[][] _others;
    private readonly SiblingRows _siblings;
    private readonly FlagsOfSeries? _flagsOf;
    private readonly DerivedColumns _leadColumns;
    private readonly double[] _x;
    private readonly double[] _u;

    public ComputedRows(StoreSnapshot snapshot, Derivation derivation, SeriesDerivation series, ComputedColumn column, SiblingRows siblings, FlagsOfSeries? flagsOf, bool withUncertainty)
    {
        (_column, _siblings, _flagsOf) = (column, siblings, flagsOf);
        WithUncertainty = withUncertainty;
        _leadColumns = new DerivedColumns(withUncertainty);
        _x = [.. column.Inputs.Select(input => input.Constant)];
        _u = new double[_x.Length];
        _others = new InputCursor[_x.Length][];
        for (int i = 0; i < _x.Length; i++)
        {
            ComputedInput input = column.Inputs[i];
            SeriesDerivation[] found = [.. derivation.SeriesOf(input.Channel, series.Entry.Boot)];
            if (i == column.Lead)
            {
                _lead = found.FirstOrDefault(one => one.Entry.Id == series.Entry.Id);
                found = [];
            }

            _others[i] =
            [
                .. found.Where(one => snapshot.Dictionary.TryFind(one.Entry.Id, out _))
                    .Select(one => new InputCursor(snapshot, one, siblings, flagsOf, withUncertainty, input.MaxAgeUs)),
            ];
        }
    }

    public bool WithUncertainty { get; }

    /// <summary>Values, flags (2 = the inputs say nothing against it), reasons and uncertainty of rows; all of one length, times ascending.</summary>
    /// <param name="uncertainty">Empty = not wanted.</param>
    public void Fill(ReadOnlySpan<long> tUs, ReadOnlySpan<double> raw, ReadOnlySpan<byte> missing, Span<double> value, Span<double> uncertainty, Span<byte> flag, Span<FlagReasons> reason)
    {
        if (_lead is null)
        {
            value.Fill(double.NaN);
            uncertainty.Fill(double.NaN);
            flag.Fill(SeriesDerivation.Missing);
            reason.Fill(FlagReasons.InputMissing);
            return;
        }

        _lead.Values(tUs, raw, missing, _siblings, _leadColumns);
        _flagsOf?.Invoke(_lead, tUs[0], tUs[^1]).Apply(tUs, _leadColumns);
        for (int i = 0; i < tUs.Length; i++)
        {
            var row = new Row(_flagsOf is not null);
            bool isWhole = Take(_column.Lead, _leadColumns.Value[i], WithUncertainty ? _leadColumns.Uncertainty[i] : double.NaN, _leadColumns.Flag[i], _leadColumns.Reason[i], ref row);
            for (int k = 0; k < _x.Length; k++)
            {
                if (k != _column.Lead && _column.Inputs[k].Channel.Length > 0)
                {
                    InputCursor? newest = Newest(_others[k], tUs[i]);
                    isWhole &= newest is not null && Take(k, newest.Value, newest.Uncertainty, newest.Flag, newest.Reason, ref row);
                }
            }

            (value[i], FlagReasons why) = isWhole ? (_column.Value(_x, out FlagReasons of), of) : (double.NaN, FlagReasons.InputMissing);
            bool isMissing = double.IsNaN(value[i]);
            reason[i] = isMissing ? why & ~FlagReasons.OutsideValidity : row.Reason | why;
            flag[i] = isMissing ? SeriesDerivation.Missing : (why & FlagReasons.OutsideValidity) != 0 && row.Flag < SeriesDerivation.Suspect ? SeriesDerivation.Suspect : row.Flag;
            if (!uncertainty.IsEmpty)
            {
                uncertainty[i] = flag[i] == SeriesDerivation.NotEvaluated ? _column.Uncertainty(_x, _u) : double.NaN;
            }
        }
    }

    private static InputCursor? Newest(InputCursor[] cursors, long tUs)
    {
        InputCursor? newest = null;
        foreach (InputCursor cursor in cursors)
        {
            // Of several configurations of one input the one read last, of equals the later declared.
            cursor.MoveTo(tUs);
            newest = cursor.AtUs != long.MinValue && (newest is null || cursor.AtUs >= newest.AtUs) ? cursor : newest;
        }

        return newest;
    }

    /// <summary>Sets one input; false where it has no value.</summary>
    private bool Take(int input, double value, double uncertainty, byte flag, FlagReasons reason, ref Row row)
    {
        AffineMap map = _column.Inputs[input].ToFormula;
        _x[input] = map.Apply(value);
        _u[input] = Math.Abs(map.Slope) * uncertainty;
        row.Take(flag, reason);
        return !double.IsNaN(value);
    }

    /// <summary>The worst of what was said of the inputs of one row.</summary>
    private struct Row(bool areJudged)
    {
        /// <summary>What an input's reading says of its own making that also holds for what is made of it.</summary>
        private const FlagReasons Inherited = FlagReasons.CalibrationOverdue | FlagReasons.OutsideValidity | FlagReasons.InputNotEvaluated;

        public byte Flag = SeriesDerivation.NotEvaluated;

        public FlagReasons Reason;

        public void Take(byte flag, FlagReasons reason)
        {
            Reason |= reason & Inherited;
            if (flag is SeriesDerivation.Suspect or (byte)QcFlag.Fail)
            {
                Reason |= FlagReasons.InputFlagged;
                Flag = Math.Max(Flag, flag);
            }
            else if (areJudged && flag == SeriesDerivation.NotEvaluated)
            {
                Reason |= FlagReasons.InputNotEvaluated;
            }
        }
    }
}
