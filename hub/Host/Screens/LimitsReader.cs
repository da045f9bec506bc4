using System.Security.Cryptography;
using System.Text.Json;
using StemLab.Science.Properties;
using StemLab.Science.Units;
using StemLab.V1;

namespace StemLab.Hub.Screens;

/// <summary>
/// Reads limits.json of the data folder: numbers of a document, which a person has compared with it before anybody sees them. StemLab ships none, because a wrong limit on a
/// public screen is worse than no limit. Stateless.
/// </summary>
internal static class LimitsReader
{
    public const string FileName = "limits.json";
    private const long MostBytes = 100_000;
    private static readonly ScreenJson Form = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip, UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow });

    /// <summary>The file, or what is wrong with it; both empty when there is none.</summary>
    public static (LimitsFile? File, string Problem) Read(string dataFolder, string confirmed)
    {
        var path = Path.Combine(dataFolder, FileName);
        try
        {
            if (!File.Exists(path))
            {
                return (null, "");
            }

            if (new FileInfo(path).Length > MostBytes)
            {
                return (null, $"{FileName} is larger than {MostBytes / 1000} kB");
            }

            var bytes = File.ReadAllBytes(path);
            var stated = JsonSerializer.Deserialize(bytes, Form.Stated) ?? throw new JsonException("is empty");
            var problems = Problems(stated).ToArray();
            if (problems.Length > 0)
            {
                return (null, $"{FileName}: {string.Join("; ", problems)}");
            }

            var sha = Convert.ToHexStringLower(SHA256.HashData(bytes));
            var file = new LimitsFile { Source = new Sentence { En = stated.SourceEn ?? "", Vi = stated.SourceVi ?? "" }, Sha256 = sha, Confirmed = sha == confirmed };
            file.Limits.AddRange((stated.Limits ?? []).OfType<StatedLimit>().Select(LimitOf));
            return (file, "");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JsonException)
        {
            return (null, $"{FileName} cannot be read: {failed.Message}");
        }
    }

    private static IEnumerable<string> Problems(Stated stated)
    {
        if (string.IsNullOrWhiteSpace(stated.SourceEn) || string.IsNullOrWhiteSpace(stated.SourceVi))
        {
            yield return "sourceEn and sourceVi must name the document the numbers are from";
        }

        for (var i = 0; i < stated.Limits?.Length; i++)
        {
            if (stated.Limits[i] is not { } limit)
            {
                yield return $"limits[{i}] is null";
                continue;
            }

            if (limit.Property is null)
            {
                yield return $"limits[{i}] names no property";
            }
            else if (limit.Unit is null)
            {
                yield return $"limits[{i}] names no unit";
            }
            else if (!ObservedProperties.Default.TryFind(limit.Property, out var property))
            {
                yield return $"limits[{i}].property '{limit.Property}' is no observed property";
            }
            else if (!Ucum.TryConvert(limit.Unit, property.UnitUcum, out _))
            {
                yield return $"limits[{i}].unit '{limit.Unit}' does not convert to {property.UnitUcum}";
            }

            if (limit is { Least: null, Most: null } || limit.Least > limit.Most)
            {
                yield return $"limits[{i}] needs least, most, or both in order";
            }
        }
    }

    private static Limit LimitOf(StatedLimit stated)
    {
        var limit = new Limit { ObservedProperty = stated.Property ?? "", UnitUcum = stated.Unit ?? "", Purpose = new Sentence { En = stated.PurposeEn ?? "", Vi = stated.PurposeVi ?? "" } };
        if (stated.Least is { } least)
        {
            limit.Least = least;
        }

        if (stated.Most is { } most)
        {
            limit.Most = most;
        }

        return limit;
    }

    /// <summary>As a person wrote it: anything may be missing.</summary>
    internal sealed record Stated(string? SourceEn, string? SourceVi, StatedLimit?[]? Limits);

    internal sealed record StatedLimit(string? Property, string? Unit, double? Least, double? Most, string? PurposeEn, string? PurposeVi);
}
