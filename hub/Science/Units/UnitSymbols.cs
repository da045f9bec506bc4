using System.Collections.Frozen;
using System.Text;

namespace StemLab.Science.Units;

/// <summary>How a unit is written for people: "°C", "µS/cm", "µmol/(m²·s)". Never parsed back; the UCUM code is the identity.</summary>
public static class UnitSymbols
{
    private static readonly FrozenDictionary<string, string> _whole = new Dictionary<string, string>
    {
        ["1"] = "",
        ["Cel"] = "°C",
        ["[degF]"] = "°F",
        ["deg"] = "°",
        ["[pH]"] = "pH",
        ["[ppm]"] = "ppm",
        ["[ppb]"] = "ppb",
        ["[ppth]"] = "‰",
        ["dB[SPL]"] = "dB",
        ["Ohm"] = "Ω",
        ["kOhm"] = "kΩ",
        ["MOhm"] = "MΩ",
        ["/min"] = "/min",
        ["[kn_i]"] = "kn",
        ["[ft_i]"] = "ft",
        ["[in_i]"] = "in",
        ["mm[Hg]"] = "mmHg",
        ["[in_i'Hg]"] = "inHg",
        ["[psi]"] = "psi",
        ["[lb_av]"] = "lb",
        ["[g]"] = "g₀",
        ["deg/s"] = "°/s",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The symbol of a UCUM code.</summary>
    /// <param name="code">UCUM code.</param>
    /// <returns>The symbol without a leading space; empty for pure numbers; the code itself where nothing better is known.</returns>
    public static string Of(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (_whole.TryGetValue(code, out var symbol))
            return symbol;
        if (code.Length > 2 && code[0] == '{' && code[^1] == '}')
            return code[1..^1];

        var text = new StringBuilder(code.Length + 4);
        for (var i = 0; i < code.Length; i++)
        {
            var afterLetter = i > 0 && (char.IsAsciiLetter(code[i - 1]) || code[i - 1] == ')');
            text.Append(code[i] switch
            {
                '.' => '·',
                '2' when afterLetter => '²',
                '3' when afterLetter => '³',
                'u' when StartsPrefix(code, i) => 'µ',
                var c => c,
            });
        }

        return text.ToString();
    }

    /// <summary>u is micro where a unit starts and goes on.</summary>
    private static bool StartsPrefix(string code, int at) =>
        (at == 0 || code[at - 1] is '/' or '.' or '(') && at + 1 < code.Length && char.IsAsciiLetter(code[at + 1]);
}
