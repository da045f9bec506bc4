using StemLab.Store.Sqlite;

namespace StemLab.Store;

/// <summary>Looks into series.db beside the store.</summary>
internal static class StoreFile
{
    public static List<(SeriesId Series, long TUs, byte Missing, ulong Bits)> Conflicts(string folder)
    {
        using var session = new SqliteSession(Path.Combine(folder, Schema.FileName), readOnly: true);
        using var select = session.PrepareOnce("SELECT series, t, missing, bits FROM conflict ORDER BY series, t, missing, bits");
        List<(SeriesId, long, byte, ulong)> rows = [];
        while (select.Step())
        {
            rows.Add((new SeriesId((int)select.Int64(0)), select.Int64(1), (byte)select.Int64(2), unchecked((ulong)select.Int64(3))));
        }

        return rows;
    }

    public static long Scalar(string folder, string sql)
    {
        using var session = new SqliteSession(Path.Combine(folder, Schema.FileName), readOnly: true);
        return session.Scalar(sql);
    }
}
