namespace StemLab.Store.Writing;

/// <summary>Names to be made durable.</summary>
internal sealed record Declaring(Declarations Declarations) : Submission(isAnsweredAlone: true)
{
    /// <summary>Set before completion.</summary>
    public DeclareOutcome Result { get; set; } = new([]);

    internal override int Weight => 1;
}

/// <summary>Something else only the writer may do, done after what was submitted before is committed.</summary>
internal sealed record Errand(Action Work) : Submission(isAnsweredAlone: true)
{
    internal override int Weight => 1;
}
