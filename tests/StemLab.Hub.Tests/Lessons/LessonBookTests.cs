using StemLab.TestKit;
using StemLab.V1;

namespace StemLab.Hub.Lessons;

public sealed class LessonBookTests
{
    [Fact]
    public void Six_shipped_lessons_are_whole_in_both_languages_take_45_minutes_and_have_ten_minutes_without_probes()
    {
        using var folder = new TempFolder();
        var (all, troubles) = new LessonBook(folder.Path).All();
        Assert.Empty(troubles);
        Assert.Equal(["after-the-rain", "classroom-co2", "cooling", "day-and-night", "light-and-motion", "salinity"], all.Select(lesson => lesson.Slug));
        foreach (var lesson in all)
        {
            Assert.Empty(LessonCheck.Problems(lesson));
            Assert.True(lesson.Shipped);
            Assert.Equal((45, 10), (lesson.Steps.Sum(step => step.Minutes), lesson.ShortSteps.Sum(step => step.Minutes)));
            Assert.True(lesson.Aims.Count >= 3 && lesson.Questions.Count >= 3 && lesson.TeacherNotes.Count >= 2, lesson.Slug);
            Assert.All(lesson.Questions, question => Assert.NotEqual("", question.Answer.Vi));
            Assert.All(lesson.Steps.Concat(lesson.ShortSteps), step => Assert.NotEqual("", step.TeacherHint.Vi));
            Assert.All(lesson.ObservedProperties, property => Assert.True(Science.Properties.ObservedProperties.Default.TryFind(property, out _), property));
        }
    }

    [Fact]
    public void A_teachers_file_is_a_lesson_at_once_and_a_broken_one_is_named_with_its_reason()
    {
        using var folder = new TempFolder();
        var book = new LessonBook(folder.Path);
        var copy = book.Find("cooling")!;
        copy.Slug = "my-cooling";
        copy.Title = new Sentence { En = "Mine", Vi = "Của tôi" };
        book.Save(copy);
        Assert.Equal("Của tôi", book.Find("my-cooling")!.Title.Vi);
        Assert.False(book.Find("my-cooling")!.Shipped);

        File.WriteAllText(Path.Combine(folder.Path, "half.json"), "{ \"slug\": \"half\", ");
        File.WriteAllText(Path.Combine(folder.Path, "other.json"), File.ReadAllText(Path.Combine(folder.Path, "my-cooling.json")));
        File.WriteAllText(Path.Combine(folder.Path, "empty.json"), "{ \"slug\": \"empty\" }");
        File.WriteAllText(Path.Combine(folder.Path, "typo.json"), "{ \"slug\": \"typo\", \"titel\": {} }");
        var (all, troubles) = book.All();
        Assert.Equal(7, all.Length);
        Assert.Equal(["empty.json", "half.json", "other.json", "typo.json"], troubles.Select(trouble => trouble.File));
        Assert.Contains("title needs a text in English and in Vietnamese", troubles[0].Text.En, StringComparison.Ordinal);
        Assert.Contains("the file's name says 'other'", troubles[2].Text.En, StringComparison.Ordinal);
        Assert.Contains("titel", troubles[3].Text.En, StringComparison.Ordinal);
        Assert.Null(book.Find("../my-cooling"));
        Assert.True(book.Delete("my-cooling"));
        Assert.False(book.Delete("cooling"));
    }

    [Fact]
    public void A_lesson_may_have_texts_in_more_languages_and_needs_none_of_them()
    {
        using var folder = new TempFolder();
        var book = new LessonBook(folder.Path);
        var lesson = book.Find("cooling")!;
        (lesson.Slug, lesson.Name) = ("my-cooling", "lessons/my-cooling");
        lesson.Title.More = Google.Protobuf.WellKnownTypes.Struct.Parser.ParseJson("""{"fr": "La courbe"}""");
        Assert.Empty(LessonBook.Problems(lesson));
        book.Save(lesson);
        Assert.Equal("La courbe", book.Find("my-cooling")!.Title.More.Fields["fr"].StringValue);

        foreach (var wrong in (string[])["""{"French": "La courbe"}""", """{"fr": 3}""", $"{{\"fr\": \"{new string('x', 5_000)}\"}}"])
        {
            lesson.Title.More = Google.Protobuf.WellKnownTypes.Struct.Parser.ParseJson(wrong);
            Assert.StartsWith("title", Assert.Single(LessonBook.Problems(lesson)).Field, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_lesson_too_long_to_be_read_again_is_told_so_before_it_is_saved()
    {
        using var folder = new TempFolder();
        var lesson = new LessonBook(folder.Path).Find("cooling")!;
        lesson.Slug = "long";
        Assert.Empty(LessonBook.Problems(lesson));
        lesson.Aims.AddRange(Enumerable.Repeat(new Sentence { En = new string('e', 1_900), Vi = new string('v', 1_900) }, 60));
        Assert.Empty(LessonCheck.Problems(lesson));
        var (_, english, vietnamese) = Assert.Single(LessonBook.Problems(lesson));
        Assert.Contains("at most 200 kB", english, StringComparison.Ordinal);
        Assert.Contains("tối đa là 200 kB", vietnamese, StringComparison.Ordinal);

        // The longest that may be saved is read again.
        while (!LessonBook.Problems(lesson).IsEmpty)
        {
            lesson.Aims.RemoveAt(lesson.Aims.Count - 1);
        }

        new LessonBook(folder.Path).Save(lesson);
        Assert.Equal(lesson.Aims.Count, new LessonBook(folder.Path).Find("long")!.Aims.Count);
    }
}
