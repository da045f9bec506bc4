namespace StemLab.Hub.Classroom;

/// <summary>Who looks at a class: a teacher sees all of it, a seat its own group, others (a display, a researcher) what is published.</summary>
internal readonly record struct ClassViewer(bool IsTeacher, Seat? Seat);
