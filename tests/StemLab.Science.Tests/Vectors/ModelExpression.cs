using StemLab.Science.Statistics;

namespace StemLab.Science.Vectors;

/// <summary>NIST's models as text ("b1*(1-exp(-b2*x))"), evaluated with exact derivatives by the parameters.</summary>
internal sealed class ModelExpression(string text, int parameters, double[][] rows)
{
    private readonly string _text = text.Replace(" ", "", StringComparison.Ordinal).Replace("**", "^", StringComparison.Ordinal);
    private int _at;
    private int _row;
    private double[] _p = [];

    internal CurveModel Model => (i, p, gradient) =>
    {
        (_at, _row, _p) = (0, i, p.ToArray());
        var result = Sum();
        if (_at != _text.Length)
            throw new FormatException($"{_text} at {_at}");
        result.Slopes.CopyTo(gradient);
        return result.Value;
    };

    private Dual Sum()
    {
        var left = Product();
        while (_at < _text.Length && _text[_at] is '+' or '-')
        {
            var sign = _text[_at++] == '+' ? 1 : -1;
            var right = Product();
            left = Join(left, right, left.Value + sign * right.Value, 1, sign);
        }

        return left;
    }

    private Dual Product()
    {
        var left = Signed();
        while (_at < _text.Length && _text[_at] is '*' or '/')
        {
            var isTimes = _text[_at++] == '*';
            var right = Signed();
            left = isTimes
                ? Join(left, right, left.Value * right.Value, right.Value, left.Value)
                : Join(left, right, left.Value / right.Value, 1 / right.Value, -left.Value / right.Value / right.Value);
        }

        return left;
    }

    private Dual Signed()
    {
        if (!Accept('-'))
            return Power();
        var value = Signed();
        return Map(value, -value.Value, -1);
    }

    private Dual Power()
    {
        var floor = Atom();
        if (!Accept('^'))
            return floor;
        var power = Signed();
        var value = Math.Pow(floor.Value, power.Value);
        var byPower = power.Slopes.Any(slope => slope != 0) ? value * Math.Log(floor.Value) : 0;
        return Join(floor, power, value, power.Value * Math.Pow(floor.Value, power.Value - 1), byPower);
    }

    private Dual Atom()
    {
        if (Accept('('))
        {
            var inner = Sum();
            Accept(')');
            return inner;
        }

        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '.'))
            _at++;
        var word = _text[start.._at];
        if (double.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out var number))
            return Constant(number);
        if (Accept('('))
        {
            var x = Sum();
            Accept(')');
            return word switch
            {
                "exp" => Map(x, Math.Exp(x.Value), Math.Exp(x.Value)),
                "log" => Map(x, Math.Log(x.Value), 1 / x.Value),
                "sqrt" => Map(x, Math.Sqrt(x.Value), 0.5 / Math.Sqrt(x.Value)),
                "sin" => Map(x, Math.Sin(x.Value), Math.Cos(x.Value)),
                "cos" => Map(x, Math.Cos(x.Value), -Math.Sin(x.Value)),
                "arctan" or "atan" => Map(x, Math.Atan(x.Value), 1 / (1 + x.Value * x.Value)),
                _ => throw new FormatException(word),
            };
        }

        return word switch
        {
            "pi" => Constant(Math.PI),
            "x" => Constant(rows[_row][0]),
            ['x', .. var index] => Constant(rows[_row][int.Parse(index, System.Globalization.CultureInfo.InvariantCulture) - 1]),
            ['b', .. var index] => Parameter(int.Parse(index, System.Globalization.CultureInfo.InvariantCulture) - 1),
            _ => throw new FormatException($"'{word}' in {_text}"),
        };
    }

    private bool Accept(char c)
    {
        if (_at >= _text.Length || _text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private Dual Constant(double value) => new(value, new double[parameters]);

    private Dual Parameter(int index)
    {
        var slopes = new double[parameters];
        slopes[index] = 1;
        return new Dual(_p[index], slopes);
    }

    private static Dual Map(Dual x, double value, double slope) => new(value, Array.ConvertAll(x.Slopes, s => s * slope));

    private static Dual Join(Dual a, Dual b, double value, double byA, double byB) =>
        new(value, [.. a.Slopes.Zip(b.Slopes, (x, y) => (x == 0 ? 0 : x * byA) + (y == 0 ? 0 : y * byB))]);

    private readonly record struct Dual(double Value, double[] Slopes);
}
