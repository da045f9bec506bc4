using System.Globalization;
using System.Text;

namespace StemLab.Store.Influx;

/// <summary>The only place where text of a question is made. Whatever string comes in stays one identifier or one literal. Pure.</summary>
internal static class InfluxQl
{
    public const string Reading = "reading";
    public const string Current = "reading_current";
    public const string Boot = "boot";
    public const string Mark = "hub";

    /// <summary>Rows of one input of one agent, ascending.</summary>
    public static string Raw(string agent, string input, long fromNs, long toNs) =>
        $"SELECT \"raw\",\"reason\" FROM \"{Reading}\" WHERE {Where(agent, input)} AND {Time(fromNs, toNs)}";

    /// <summary>Number and sum of the raw rows of one boot, and number of its missing ones.</summary>
    public static string Count(string agent, string input, long boot, long fromNs, long toNs) =>
        $"SELECT count(\"raw\"),sum(\"raw\"),count(\"boot\") FROM \"{Reading}\" WHERE {Where(agent, input)} AND \"boot\" = {Number(boot)} AND {Time(fromNs, toNs)}";

    /// <summary>Frozen clocks of an agent's boots.</summary>
    public static string Boots(string agent) =>
        $"SELECT last(\"frozen_off\"),last(\"boot_slot\") FROM \"{Boot}\" WHERE \"agent\" = {Literal(agent)} GROUP BY \"boot\"";

    /// <summary>The newest batch of a store that is there.</summary>
    public static string LastMark(string store) => $"SELECT max(\"sent\") FROM \"{Mark}\" WHERE \"store\" = {Literal(store)}";

    /// <summary>Deletes a range of one input.</summary>
    public static string Delete(string agent, string input, long fromNs, long toNs) =>
        $"DELETE FROM \"{Reading}\" WHERE {Where(agent, input)} AND {Time(fromNs, toNs)}";

    /// <summary>Deletes a range of a channel's current values.</summary>
    public static string DeleteCurrent(string agent, string channel, long fromNs, long toNs) =>
        $"DELETE FROM \"{Current}\" WHERE \"agent\" = {Literal(agent)} AND \"channel\" = {Literal(channel)} AND {Time(fromNs, toNs)}";

    public static string CreateDatabase(string database) => $"CREATE DATABASE {Ident(database)}";

    public static string ShowDatabases => "SHOW DATABASES";

    /// <summary>An identifier, whatever is in it.</summary>
    public static string Ident(string name) => Quoted(name, '"');

    /// <summary>A text literal, whatever is in it.</summary>
    public static string Literal(string text) => Quoted(text, '\'');

    private static string Where(string agent, string input) => $"\"agent\" = {Literal(agent)} AND \"input\" = {Literal(input)}";

    // InfluxDB's own bounds; a number outside them does not parse.
    private static string Time(long fromNs, long toNs) =>
        $"time >= {Number(Math.Max(fromNs, LineProtocol.LeastNs))} AND time < {Number(Math.Min(toNs, LineProtocol.MostNs))}";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quoted(string text, char quote)
    {
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        foreach (var c in text)
        {
            switch (c)
            {
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\\':
                    quoted.Append("\\\\");
                    break;
                case var q when q == quote:
                    quoted.Append('\\').Append(quote);
                    break;
                default:
                    quoted.Append(c);
                    break;
            }
        }

        return quoted.Append(quote).ToString();
    }
}
