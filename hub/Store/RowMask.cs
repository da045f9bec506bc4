namespace StemLab.Store;

/// <summary>Rows of a series that are not shown any more.</summary>
/// <param name="Series">The series.</param>
/// <param name="FromUs">First t, µs of the boot.</param>
/// <param name="ToUs">First t kept; <see cref="long.MaxValue"/> = everything later.</param>
public readonly record struct RowMask(SeriesId Series, long FromUs, long ToUs);
