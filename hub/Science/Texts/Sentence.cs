namespace StemLab.Science.Texts;

/// <summary>One sentence for people, in both languages, complete. Immutable.</summary>
/// <param name="En">English, such that a 12-year-old understands.</param>
/// <param name="Vi">Vietnamese, the same.</param>
public readonly record struct Sentence(string En, string Vi);
