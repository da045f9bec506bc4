namespace StemLab.Store;

/// <summary>The writer met rows that left for InfluxDB after the submission was looked at: it is submitted again, once they are brought back.</summary>
internal sealed class RowsElsewhereException() : IOException("rows to compare with are only in InfluxDB; they are brought back first");
