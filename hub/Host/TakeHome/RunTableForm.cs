namespace StemLab.Hub.TakeHome;

/// <summary>Which program is to open a table.</summary>
internal enum RunTableForm
{
    Csv,
    ExcelVi,
    ExcelEn,
    Codap,
}
