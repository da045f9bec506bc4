using StemLab.Science.Texts;

namespace StemLab.Hub.Uploads;

/// <summary>What somebody brought or asked for cannot be done; one sentence in each language says why and what to do. Nothing half is left behind.</summary>
/// <param name="sentence">Why, and what to do.</param>
/// <param name="status">HTTP status.</param>
internal sealed class RefusedException(Sentence sentence, int status = StatusCodes.Status400BadRequest) : Exception(sentence.En)
{
    public RefusedException(string en, string vi, int status = StatusCodes.Status400BadRequest)
        : this(new Sentence(en, vi), status)
    {
    }

    public Sentence Sentence { get; } = sentence;

    public int Status { get; } = status;
}
