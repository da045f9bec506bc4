using System.Collections.Concurrent;
using Google.Protobuf;
using StemLab.V1;

namespace StemLab.Hub.Classroom;

/// <summary>The lessons of classes at work, read once from their JSON. Callers do not change what they get. Safe from any thread.</summary>
internal sealed class ClassLessons
{
    private const int MostKept = 100;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly ConcurrentDictionary<string, Lesson> _read = new(StringComparer.Ordinal);

    public Lesson Of(ClassAtWork one)
    {
        if (_read.TryGetValue(one.Lesson, out var known))
        {
            return known;
        }

        if (_read.Count >= MostKept)
        {
            _read.Clear();
        }

        return _read.GetOrAdd(one.Lesson, static json => Parser.Parse<Lesson>(json));
    }

    /// <summary>The steps this class goes through.</summary>
    public IReadOnlyList<LessonStep> StepsOf(ClassAtWork one) => one.IsShort && Of(one).ShortSteps.Count > 0 ? Of(one).ShortSteps : Of(one).Steps;
}
