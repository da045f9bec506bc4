using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using StemLab.V1;

namespace StemLab.Hub.Lessons;

/// <summary>What a lesson must be, whoever wrote it. Pure.</summary>
internal static partial class LessonCheck
{
    private const int MostSteps = 20;
    private const int MostText = 2_000;
    private const int MostTitle = 100;

    public static bool IsSlug(string slug) => Slug().IsMatch(slug);

    /// <summary>All that is wrong, each with its field and what was expected, in both languages.</summary>
    public static ImmutableArray<(string Field, string English, string Vietnamese)> Problems(Lesson lesson)
    {
        var found = ImmutableArray.CreateBuilder<(string, string, string)>();
        if (!IsSlug(lesson.Slug))
        {
            found.Add(("slug", $"is '{lesson.Slug}'; expected a to z, 0 to 9 and '-', at most 40", "slug chỉ gồm a–z, 0–9 và dấu '-', tối đa 40 ký tự"));
        }

        Both(found, "title", lesson.Title, MostTitle, isNeeded: true);
        Both(found, "summary", lesson.Summary, MostText, isNeeded: false);
        All(found, "aims", lesson.Aims);
        All(found, "materials", lesson.Materials);
        All(found, "teacher_notes", lesson.TeacherNotes);
        Steps(found, "steps", lesson.Steps, isNeeded: true);
        Steps(found, "short_steps", lesson.ShortSteps, isNeeded: false);
        if (lesson.Prediction is PredictionKind.Number or PredictionKind.Curve)
        {
            Both(found, "prediction_prompt", lesson.PredictionPrompt, MostText, isNeeded: true);
        }

        if (!(lesson.RateHz >= 0 && lesson.RateHz <= 1000))
        {
            found.Add(("rate_hz", $"is {lesson.RateHz}; expected 0 to 1000", "tần số đo phải từ 0 đến 1000 Hz"));
        }

        if (lesson.RunUs is < 0 or > 86_400_000_000)
        {
            found.Add(("run_us", $"is {lesson.RunUs}; expected 0 to one day", "thời gian đo phải từ 0 đến một ngày"));
        }

        if (lesson.ObservedProperties.Count > 20 || lesson.ObservedProperties.Any(string.IsNullOrWhiteSpace))
        {
            found.Add(("observed_properties", "holds an empty one, or more than 20", "đại lượng đo: tối đa 20, không để trống"));
        }

        for (var i = 0; i < lesson.Questions.Count; i++)
        {
            Both(found, $"questions[{i}].question", lesson.Questions[i].Question, MostText, isNeeded: true);
            Both(found, $"questions[{i}].answer", lesson.Questions[i].Answer, MostText, isNeeded: false);
        }

        if (lesson.Recording.Length > 0 && !ShippedRecording.All.ContainsKey(lesson.Recording))
        {
            var known = string.Join(", ", ShippedRecording.All.Keys);
            found.Add(("recording", $"is '{lesson.Recording}', and no recording of that name comes with this hub; it has {known}, or leave it out", $"trạm này không có sẵn bản ghi “{lesson.Recording}”; chỉ có {known}, hoặc bỏ trống"));
        }

        Limits(found, lesson);
        return found.ToImmutable();
    }

    private static void Limits(ImmutableArray<(string, string, string)>.Builder found, Lesson lesson)
    {
        for (var i = 0; i < lesson.Limits.Count; i++)
        {
            var (limit, at) = (lesson.Limits[i], $"limits[{i}]");
            if (!IsSlug(limit.Id) || lesson.Limits.Take(i).Any(other => other.Id == limit.Id))
            {
                found.Add(($"{at}.id", $"is '{limit.Id}'; expected a to z, 0 to 9 and '-', none twice", $"ngưỡng {i + 1}: id chỉ gồm a–z, 0–9, '-', không trùng nhau"));
            }

            if (limit.ObservedProperty.Length == 0)
            {
                found.Add(($"{at}.observed_property", "is empty", $"ngưỡng {i + 1}: thiếu đại lượng đo"));
            }

            if ((!limit.HasAbove && !limit.HasBelow) || (limit.HasAbove && !double.IsFinite(limit.Above)) || (limit.HasBelow && !double.IsFinite(limit.Below)))
            {
                found.Add((at, "has no bound: give above or below", $"ngưỡng {i + 1}: cho giá trị trên hoặc dưới"));
            }

            if (limit.HasAbove && limit.HasBelow && limit.Below >= limit.Above)
            {
                found.Add((at, "has below ≥ above: everything would be beyond", $"ngưỡng {i + 1}: ngưỡng dưới phải nhỏ hơn ngưỡng trên"));
            }

            if (!(limit.Hysteresis >= 0 && double.IsFinite(limit.Hysteresis)) || limit.HoldUs is < 0 or > 3_600_000_000)
            {
                found.Add((at, "hysteresis must be ≥ 0, hold_us 0 to one hour", $"ngưỡng {i + 1}: độ trễ phải ≥ 0, thời gian giữ từ 0 đến một giờ"));
            }

            Both(found, $"{at}.text", limit.Text, MostText, isNeeded: true);
        }
    }

    private static void Steps(ImmutableArray<(string, string, string)>.Builder found, string field, RepeatedField<LessonStep> steps, bool isNeeded)
    {
        if (steps.Count > MostSteps || (isNeeded && steps.Count == 0))
        {
            found.Add((field, $"has {steps.Count} steps; expected {(isNeeded ? 1 : 0)} to {MostSteps}", $"số bước phải từ {(isNeeded ? 1 : 0)} đến {MostSteps}"));
        }

        for (var i = 0; i < steps.Count; i++)
        {
            Both(found, $"{field}[{i}].title", steps[i].Title, MostTitle, isNeeded: true);
            Both(found, $"{field}[{i}].prompt", steps[i].Prompt, MostText, isNeeded: true);
            Both(found, $"{field}[{i}].teacher_hint", steps[i].TeacherHint, MostText, isNeeded: false);
            if (steps[i].Minutes is < 0 or > 600)
            {
                found.Add(($"{field}[{i}].minutes", $"is {steps[i].Minutes}; expected 0 to 600", $"bước {i + 1}: số phút từ 0 đến 600"));
            }
        }
    }

    private static void All(ImmutableArray<(string, string, string)>.Builder found, string field, RepeatedField<Sentence> sentences)
    {
        for (var i = 0; i < sentences.Count; i++)
        {
            Both(found, $"{field}[{i}]", sentences[i], MostText, isNeeded: true);
        }
    }

    /// <summary>A text is there in both languages or in neither.</summary>
    private static void Both(ImmutableArray<(string, string, string)>.Builder found, string field, Sentence? sentence, int most, bool isNeeded)
    {
        var (en, vi) = (sentence?.En.Trim() ?? "", sentence?.Vi.Trim() ?? "");
        if ((isNeeded || en.Length > 0 || vi.Length > 0) && (en.Length == 0 || vi.Length == 0))
        {
            found.Add((field, "needs a text in English and in Vietnamese", $"{field}: cần cả tiếng Việt và tiếng Anh"));
        }

        // Other languages are the author's to give or not.
        if (sentence?.More?.Fields.FirstOrDefault(own => own.Key is not { Length: 2 or 3 } || !own.Key.All(char.IsAsciiLetterLower) || own.Value.KindCase is not Value.KindOneofCase.StringValue).Key is { } wrong)
        {
            found.Add(($"{field}.more", $"has '{wrong}'; expected texts by language, like {{\"fr\": \"…\"}}", $"{field}: ngôn ngữ khác ghi theo mã, ví dụ {{\"fr\": \"…\"}}"));
        }

        if (en.Length > most || vi.Length > most || sentence?.More?.Fields.Values.Any(own => own.StringValue.Length > most) == true)
        {
            found.Add((field, $"is longer than {most} characters", $"{field}: dài hơn {most} ký tự"));
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$")]
    private static partial Regex Slug();
}
