namespace StemLab.Hub.Access;

/// <summary>Why a passphrase is refused.</summary>
internal enum PassphraseFault
{
    None,
    TooShort,
    TooLong,
    TooFewDifferent,
    Common,
    IsName,
}
