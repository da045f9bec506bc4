namespace StemLab.Agent.Sensors;

/// <summary>A sentence for people, without a full stop, in English and in Vietnamese. Immutable.</summary>
/// <param name="En">English; also what the log says.</param>
/// <param name="Vi">Vietnamese.</param>
internal readonly record struct Words(string En, string Vi)
{
    /// <summary>Nothing to say.</summary>
    public static readonly Words None = new("", "");

    /// <summary>A probe whose declaration no longer holds.</summary>
    public static readonly Words DeclaredAnew = new("it is set otherwise than declared: the agent declares its readings anew", "nó được đặt khác với khai báo: chương trình đang khai báo lại số đo của nó");

    /// <summary>True where there is nothing to say.</summary>
    public bool IsEmpty => string.IsNullOrEmpty(En);

    /// <summary>The English sentence.</summary>
    public override string ToString() => En ?? "";
}
