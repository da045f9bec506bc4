using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using StemLab.Science.Units;

namespace StemLab.Science.Properties;

/// <summary>The registry of observed properties. Immutable; safe from any thread.</summary>
public sealed class ObservedProperties
{
    private static readonly Lazy<ObservedProperties> _default = new(LoadShipped);

    private readonly FrozenDictionary<string, ObservedProperty> _byId;
    private readonly FrozenDictionary<string, PropertyMatch> _byAlias;

    private ObservedProperties(ImmutableArray<ObservedProperty> all, Dictionary<string, PropertyMatch> aliases)
    {
        All = all;
        _byId = all.ToFrozenDictionary(property => property.Id, StringComparer.Ordinal);
        _byAlias = aliases.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The registry shipped with StemLab.</summary>
    public static ObservedProperties Default => _default.Value;

    /// <summary>Every property, in the order of the registry.</summary>
    public ImmutableArray<ObservedProperty> All { get; }

    /// <summary>The property with this id.</summary>
    /// <param name="id">"water_temperature"; case-sensitive.</param>
    /// <param name="property">The property, where known.</param>
    /// <returns>False for an unknown id.</returns>
    public bool TryFind(string id, [NotNullWhen(true)] out ObservedProperty? property) => _byId.TryGetValue(id, out property);

    /// <summary>The property with this id.</summary>
    /// <param name="id">"water_temperature"; case-sensitive.</param>
    /// <returns>The property, or null for an unknown id.</returns>
    public ObservedProperty? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>What a key in somebody's message most likely means: "temp", "Water-Temp", "EC", "doam", "pressure_pa".</summary>
    /// <param name="key">The key; case, spaces, marks and a trailing number ("temp2") are ignored.</param>
    /// <param name="match">The property and the unit the value is taken to be in.</param>
    /// <param name="besideAir">True when the same message carries humidity, air pressure, CO2 or wind: a bare temperature is then that of the air.</param>
    /// <returns>False when nothing is known by that name.</returns>
    public bool TryResolve(string key, out PropertyMatch match, bool besideAir = false)
    {
        match = default;
        var name = Normalise(key);
        if (name.Length == 0 || (!_byAlias.TryGetValue(name, out match) && !_byAlias.TryGetValue(name.TrimEnd("0123456789".ToCharArray()), out match)))
            return false;
        if (besideAir && name.TrimEnd("0123456789".ToCharArray()) is "t" or "temp" or "temperature" or "tempf" or "temperaturef" or "nhietdo")
            match = match with { Property = _byId["air_temperature"] };
        return true;
    }

    /// <summary>Whether a key speaks of the air, so that a bare "temp" beside it does too.</summary>
    /// <param name="key">The key of the neighbour in the same message.</param>
    /// <returns>True for humidity, air pressure, CO2, dew point, wind and the like.</returns>
    public bool SpeaksOfAir(string key) =>
        TryResolve(key, out var match) && match.Property.Group == "air" && match.Property.Id is not ("illuminance" or "sound_level" or "par" or "uv_index");

    private static string Normalise(string key)
    {
        if (key.Length > 64)
            return "";
        Span<char> kept = stackalloc char[64];
        var length = 0;
        foreach (var rune in key.EnumerateRunes())
        {
            // Vietnamese keys lose their marks: "Độ đục" is "doduc".
            var c = rune.Value is 'đ' or 'Đ' ? 'd' : rune.ToString().Normalize(NormalizationForm.FormD)[0];
            if (char.IsAsciiLetterOrDigit(c))
                kept[length++] = char.ToLowerInvariant(c);
        }

        return new string(kept[..length]);
    }

    private static ObservedProperties LoadShipped()
    {
        using var registry = JsonDocument.Parse(Resource("observed-properties.json"));
        using var display = JsonDocument.Parse(Resource("property-display.json"));
        var all = registry.RootElement.GetProperty("properties").EnumerateArray().Select(row => Read(row, display.RootElement)).ToImmutableArray();
        return new ObservedProperties(all, Aliases(all, display.RootElement));
    }

    private static Stream Resource(string name) =>
        typeof(ObservedProperties).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"BUG: {name} is not embedded");

    private static ObservedProperty Read(JsonElement row, JsonElement display)
    {
        var id = Text(row, "key");
        var unit = Text(row, "ucum");
        return new ObservedProperty(
            id,
            Text(row, "name_en"),
            Text(row, "name_vi"),
            unit,
            UnitSymbols.Of(unit),
            display.GetProperty("decimals").TryGetProperty(id, out var digits) ? digits.GetInt32() : 2,
            display.GetProperty("validRanges").TryGetProperty(id, out var ours) ? Range(ours, "range") : Range(row, "valid_range"),
            Range(row, "suspect_range"),
            Text(row, "typical_accuracy"),
            Text(row, "group"),
            row.GetProperty("cf_standard_name").GetString(),
            Text(row, "cf_units"),
            row.GetProperty("qudt").GetString());
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString() ?? "";

    private static ValueRange Range(JsonElement row, string name)
    {
        var ends = row.GetProperty(name);
        return new ValueRange(ends[0].GetDouble(), ends[1].GetDouble());
    }

    private static Dictionary<string, PropertyMatch> Aliases(ImmutableArray<ObservedProperty> all, JsonElement display)
    {
        var byId = all.ToDictionary(property => property.Id, StringComparer.Ordinal);
        var aliases = new Dictionary<string, PropertyMatch>(StringComparer.Ordinal);
        foreach (var property in all)
            aliases[Normalise(property.Id)] = new PropertyMatch(property, property.UnitUcum);
        foreach (var entry in display.GetProperty("aliases").EnumerateObject())
        {
            foreach (var alias in entry.Value.EnumerateArray())
                aliases.TryAdd(alias.GetString()!, new PropertyMatch(byId[entry.Name], byId[entry.Name].UnitUcum));
        }

        foreach (var entry in display.GetProperty("unitAliases").EnumerateObject())
            aliases.TryAdd(entry.Name, new PropertyMatch(byId[Text(entry.Value, "property")], Text(entry.Value, "ucum")));
        return aliases;
    }
}
