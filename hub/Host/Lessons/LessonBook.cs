using System.Collections.Immutable;
using System.Text;
using Google.Protobuf;
using StemLab.V1;

namespace StemLab.Hub.Lessons;

/// <summary>
/// The lesson templates: those shipped with the hub, and a teacher's own as files of a folder, read anew at every question so that a file copied there is a lesson at once. Safe from any thread.
/// </summary>
internal sealed class LessonBook(string folder)
{
    /// <summary>A file that is longer is no lesson.</summary>
    public const int MostBytes = 200_000;

    private const int MostFiles = 500;

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(false));
    private static readonly JsonFormatter Writer = new(JsonFormatter.Settings.Default.WithIndentation());

    /// <summary>Written by us and held to the same rules (tested).</summary>
    private static readonly ImmutableArray<Lesson> Shipped = [.. ReadShipped()];

    private readonly Lock _gate = new();

    /// <summary>Shipped ones first, each kind by slug; and the files that are no lesson, with the reason.</summary>
    public (ImmutableArray<Lesson> Lessons, ImmutableArray<LessonTrouble> Troubles) All()
    {
        var own = ImmutableArray.CreateBuilder<Lesson>();
        var troubles = ImmutableArray.CreateBuilder<LessonTrouble>();
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Take(MostFiles) : [])
        {
            var (lesson, why) = ReadFile(file);
            if (lesson is null)
            {
                troubles.Add(new LessonTrouble { File = Path.GetFileName(file), Text = why });
            }
            else if (Shipped.Any(known => known.Slug == lesson.Slug))
            {
                troubles.Add(new LessonTrouble { File = Path.GetFileName(file), Text = new Sentence { En = $"'{lesson.Slug}' is a lesson shipped with the hub: give yours another slug", Vi = $"“{lesson.Slug}” là bài có sẵn của trạm: hãy đặt slug khác" } });
            }
            else
            {
                own.Add(lesson);
            }
        }

        return ([.. Shipped.Select(lesson => lesson.Clone()), .. own.OrderBy(lesson => lesson.Slug, StringComparer.Ordinal)], troubles.ToImmutable());
    }

    /// <summary>A lesson of its own to the caller; null = there is none.</summary>
    public Lesson? Find(string slug)
    {
        if (Shipped.FirstOrDefault(lesson => lesson.Slug == slug) is { } shipped)
        {
            return shipped.Clone();
        }

        return LessonCheck.IsSlug(slug) && File.Exists(PathOf(slug)) ? ReadFile(PathOf(slug)).Lesson : null;
    }

    /// <summary>All that keeps a lesson from being saved and read again; an empty field stands for the lesson as a whole.</summary>
    public static ImmutableArray<(string Field, string English, string Vietnamese)> Problems(Lesson lesson)
    {
        var found = LessonCheck.Problems(lesson);
        var bytes = Encoding.UTF8.GetByteCount(TextOf(lesson));
        return bytes <= MostBytes ? found : found.Add(("",
            $"is {bytes / 1000} kB as a file and a lesson has at most {MostBytes / 1000} kB: shorten its texts, or make two lessons of it",
            $"bài học dài {bytes / 1000} kB mà tối đa là {MostBytes / 1000} kB: hãy rút ngắn lời, hoặc chia thành hai bài"));
    }

    /// <summary>Copies of those that come with the hub, by slug.</summary>
    public static IEnumerable<Lesson> AllShipped => Shipped.Select(lesson => lesson.Clone());

    public static bool IsShipped(string slug) => Shipped.Any(lesson => lesson.Slug == slug);

    /// <summary>Writes a lesson that was checked; the file is whole or as it was.</summary>
    /// <exception cref="IOException">The disk does not take it.</exception>
    public void Save(Lesson lesson)
    {
        var text = TextOf(lesson);
        lock (_gate)
        {
            Directory.CreateDirectory(folder);
            var half = PathOf(lesson.Slug) + ".half";
            File.WriteAllText(half, text);
            File.Move(half, PathOf(lesson.Slug), overwrite: true);
        }
    }

    /// <summary>False = there is no such file.</summary>
    public bool Delete(string slug)
    {
        lock (_gate)
        {
            if (!LessonCheck.IsSlug(slug) || !File.Exists(PathOf(slug)))
            {
                return false;
            }

            File.Delete(PathOf(slug));
            return true;
        }
    }

    /// <summary>A lesson as its file has it.</summary>
    private static string TextOf(Lesson lesson)
    {
        var plain = lesson.Clone();
        (plain.Name, plain.Shipped) = ("", false);
        return Writer.Format(plain) + "\n";
    }

    private string PathOf(string slug) => Path.Combine(folder, $"{slug}.json");

    private static (Lesson? Lesson, Sentence Why) ReadFile(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
            {
                return (null, new Sentence { En = $"longer than {MostBytes / 1000} kB", Vi = $"dài hơn {MostBytes / 1000} kB" });
            }

            var lesson = Parser.Parse<Lesson>(File.ReadAllText(path));
            var problems = LessonCheck.Problems(lesson);
            if (lesson.Slug != Path.GetFileNameWithoutExtension(path))
            {
                problems = problems.Add(("slug", $"is '{lesson.Slug}'; the file's name says '{Path.GetFileNameWithoutExtension(path)}'", "slug phải trùng tên tệp"));
            }

            lesson.Name = $"lessons/{lesson.Slug}";
            lesson.Shipped = false;
            return problems.IsEmpty
                ? (lesson, new Sentence())
                : (null, new Sentence { En = string.Join("; ", problems.Select(problem => $"{problem.Field} {problem.English}")), Vi = string.Join("; ", problems.Select(problem => problem.Vietnamese)) });
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidProtocolBufferException or InvalidJsonException)
        {
            return (null, new Sentence { En = $"cannot be read: {unreadable.Message}", Vi = $"không đọc được: {unreadable.Message}" });
        }
    }

    private static IEnumerable<Lesson> ReadShipped()
    {
        var assembly = typeof(LessonBook).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("lessons/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var lesson = Parser.Parse<Lesson>(text);
            lesson.Name = $"lessons/{lesson.Slug}";
            lesson.Shipped = true;
            yield return lesson;
        }
    }
}
