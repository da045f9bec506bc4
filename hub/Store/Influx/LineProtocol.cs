using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace StemLab.Store.Influx;

/// <summary>Writes lines as every InfluxDB reads them. One thread.</summary>
internal sealed class LineProtocol
{
    /// <summary>Least time InfluxDB takes, ns since 1970.</summary>
    public const long LeastNs = -9_223_372_036_854_775_806;

    /// <summary>Greatest time InfluxDB takes, ns since 1970.</summary>
    public const long MostNs = 9_223_372_036_854_775_806;

    private readonly ArrayBufferWriter<byte> _bytes = new(1 << 16);
    private bool _hasField;

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public int Length => _bytes.WrittenCount;

    public void Clear() => _bytes.ResetWrittenCount();

    /// <summary>Measurement and tags with the space behind, to begin many lines with.</summary>
    /// <param name="measurement">Name.</param>
    /// <param name="tags">In ascending order of key, as InfluxDB likes it; values not empty.</param>
    public static byte[] Head(string measurement, params (string Key, string Value)[] tags)
    {
        var text = new StringBuilder();
        Escape(text, measurement, ", ");
        foreach (var (key, value) in tags)
        {
            text.Append(',');
            Escape(text, key, ",= ");
            text.Append('=');
            Escape(text, value, ",= ");
        }

        return Encoding.UTF8.GetBytes(text.Append(' ').ToString());
    }

    public LineProtocol Begin(ReadOnlySpan<byte> head)
    {
        _bytes.Write(head);
        _hasField = false;
        return this;
    }

    /// <summary>A field with a finite number.</summary>
    public LineProtocol Number(ReadOnlySpan<byte> name, double value)
    {
        Name(name);
        var span = _bytes.GetSpan(32);
        Utf8Formatter.TryFormat(value, span, out var written);
        _bytes.Advance(written);
        return this;
    }

    /// <summary>A whole number.</summary>
    public LineProtocol Whole(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        WriteWhole(value);
        _bytes.Write("i"u8);
        return this;
    }

    /// <summary>A text.</summary>
    public LineProtocol Text(ReadOnlySpan<byte> name, string value)
    {
        Name(name);
        var text = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings(" ");
        _bytes.Write(Encoding.UTF8.GetBytes($"\"{text}\""));
        return this;
    }

    public void End(long ns)
    {
        _bytes.Write(" "u8);
        WriteWhole(ns);
        _bytes.Write("\n"u8);
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        if (_hasField)
        {
            _bytes.Write(","u8);
        }

        _hasField = true;
        _bytes.Write(name);
        _bytes.Write("="u8);
    }

    private void WriteWhole(long value)
    {
        var span = _bytes.GetSpan(24);
        Utf8Formatter.TryFormat(value, span, out var written);
        _bytes.Advance(written);
    }

    /// <summary>Line protocol has no escape for a line's end or a backslash at a name's end: such characters become '_'.</summary>
    private static void Escape(StringBuilder into, string text, string special)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c) || (c == '\\' && (i + 1 == text.Length || special.Contains(text[i + 1], StringComparison.Ordinal))))
            {
                into.Append('_');
                continue;
            }

            if (special.Contains(c, StringComparison.Ordinal))
            {
                into.Append('\\');
            }

            into.Append(c);
        }
    }
}
