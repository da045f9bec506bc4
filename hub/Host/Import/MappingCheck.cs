using StemLab.Hub.Fleet;
using StemLab.Hub.Uploads;
using StemLab.Wire;

namespace StemLab.Hub.Import;

/// <summary>What is wrong with a mapping that somebody wrote or changed. Pure.</summary>
internal static class MappingCheck
{
    /// <summary>Most measured columns of one file.</summary>
    public const int MostColumns = 512;

    /// <exception cref="RefusedException">All that is wrong, in one sentence each.</exception>
    public static void Require(ImportMapping mapping)
    {
        if (mapping.Version > ImportMapping.CurrentVersion)
        {
            throw new RefusedException(
                $"This mapping was written by a newer StemLab (version {mapping.Version}; this hub reads {ImportMapping.CurrentVersion}): update this hub",
                $"Tệp ánh xạ này do StemLab bản mới hơn ghi (bản {mapping.Version}; trạm đọc được {ImportMapping.CurrentVersion}): hãy cập nhật trạm");
        }

        string[] wrong = [.. Problems(mapping)];
        if (wrong.Length > 0)
        {
            throw new RefusedException($"The mapping cannot be used: {string.Join("; ", wrong)}", $"Không dùng được tệp ánh xạ: {string.Join("; ", wrong)}");
        }

        if (mapping.Time.Zone.Length > 0)
        {
            Zone.Of(mapping.Time.Zone);
        }
    }

    private static IEnumerable<string> Problems(ImportMapping mapping)
    {
        if (!Id128.TryParse(mapping.SourceId, out _))
        {
            yield return "source_id is not 32 lowercase hex digits";
        }

        if (!Slug.IsValid(mapping.Station))
        {
            yield return $"station '{mapping.Station}' is not 1 to 32 of a-z, 0-9 and -";
        }

        if (!Charsets.Known.Contains(mapping.Encoding))
        {
            yield return $"encoding '{mapping.Encoding}' is not one of {string.Join(", ", Charsets.Known)}";
        }

        if (mapping.Delimiter.Length != 1 || mapping.Delimiter is "\"" or "\n" or "\r")
        {
            yield return "delimiter is not one letter";
        }

        if (mapping.Decimal is not ("." or ","))
        {
            yield return "decimal is neither '.' nor ','";
        }

        var time = mapping.Time;
        var most = time.Form == "parts" ? 6 : 2;
        if (!TimeForms.Known.Contains(time.Form) || time.Fields.IsDefaultOrEmpty || time.Fields.Length > most || time.Fields.Length < (time.Form == "parts" ? 3 : 1))
        {
            yield return $"time.form '{time.Form}' is not one of {string.Join(", ", TimeForms.Known)}, or time.fields are too few or too many for it";
        }

        if (TimeForms.IsElapsed(time.Form) && !TimeForms.TryStart(time, out _))
        {
            yield return $"time.start '{time.Start}' is no time like 2026-11-25 10:00:00, or time.zone does not say where: times of the form {time.Form} are counted from it";
        }

        if (!(time.SigmaSeconds is > 0 and < 1e9))
        {
            yield return "time.sigma_seconds is not above 0";
        }

        if (mapping.Columns.IsDefaultOrEmpty || mapping.Columns.Length > MostColumns)
        {
            yield return $"columns are none, or more than {MostColumns}";
        }

        if (mapping.Comments.IsDefault || mapping.Missing.IsDefault || mapping.Comments.Any(string.IsNullOrEmpty) || mapping.SkipRecords < 0 || mapping.Fields < 1)
        {
            yield return "comments, missing, skip_records or fields are out of form";
        }

        foreach (var column in mapping.Columns.IsDefault ? [] : mapping.Columns)
        {
            if (column.Missing is { IsDefault: true })
            {
                yield return $"column '{column.Name}': missing is no list";
            }

            if (column.Port.Length is 0 or > 64 || column.Port.AsSpan().IndexOfAny("~/") >= 0 || column.Property.Length is 0 or > 64 || column.Unit.Length is 0 or > 64)
            {
                yield return $"column '{column.Name}': port, property and unit have 1 to 64 letters, the port without ~ and /";
            }
        }

        var places = (mapping.Columns.IsDefault ? [] : mapping.Columns).Select(column => column.Field).Concat((mapping.Columns.IsDefault ? [] : mapping.Columns).Where(column => column.FlagField is not null).Select(column => column.FlagField!.Value))
            .Concat(time.Fields.IsDefault ? [] : time.Fields).Append(mapping.StationField ?? 0);
        if (places.Any(place => place < 0 || place >= mapping.Fields))
        {
            yield return $"a field lies outside 0 … {mapping.Fields - 1}";
        }

        if ((mapping.Columns.IsDefault ? [] : mapping.Columns).GroupBy(column => (column.Port, column.Property, column.Unit)).Any(group => group.Count() > 1))
        {
            yield return "two columns have the same port, property and unit";
        }

        if (mapping.Flags.Any(flag => flag.Value is not (0 or 1 or 2 or 3 or 4 or 9)))
        {
            yield return "flags are 0 (says nothing), 1, 2, 3, 4 or 9";
        }
    }
}
