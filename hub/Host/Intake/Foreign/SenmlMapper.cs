using System.Text.Json;

namespace StemLab.Hub.Intake.Foreign;

/// <summary>SenML packs in JSON and CBOR (RFC 8428). Pure, never throws.</summary>
internal static class SenmlMapper
{
    /// <summary>Reads an array of records.</summary>
    /// <param name="payload">Untrusted bytes that begin with an opening bracket.</param>
    /// <param name="nowUtcUs">Arrival, where the hub knows it: relative times count from it.</param>
    /// <param name="into">Empty; filled as far as it went.</param>
    /// <returns>Null when at least one number was found, otherwise why not.</returns>
    public static IntakeCount? ReadJson(ReadOnlySpan<byte> payload, long? nowUtcUs, MappedMessage into)
    {
        if (payload.Length > JsonMapper.MaxBytes)
        {
            return IntakeCount.RejectedTooLong;
        }

        into.IsObject = true;
        var pack = new SenmlPack(into, nowUtcUs);
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 8 });
        try
        {
            while (reader.Read())
            {
                var wrong = Take(ref reader, pack, into);
                if (wrong is not null)
                {
                    return wrong;
                }
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return IntakeCount.RejectedBadJson;
        }

        return into.Readings.Count == 0 ? IntakeCount.RejectedNoNumbers : null;
    }

    /// <summary>Reads a CBOR array of maps with the labels of RFC 8428 section 6.</summary>
    public static IntakeCount? ReadCbor(ReadOnlySpan<byte> payload, long? nowUtcUs, MappedMessage into)
    {
        if (payload.Length > JsonMapper.MaxBytes)
        {
            return IntakeCount.RejectedTooLong;
        }

        into.IsObject = true;
        var pack = new SenmlPack(into, nowUtcUs);
        var reader = new CborReader(payload);
        if (!reader.TryOpen(CborReader.Array, out var records))
        {
            return IntakeCount.RejectedBadCbor;
        }

        for (var i = 0; records < 0 ? !reader.TryBreak() : i < records; i++)
        {
            if (!TryRecord(ref reader, pack, into))
            {
                return IntakeCount.RejectedBadCbor;
            }

            if (pack.Finish() is { } wrong)
            {
                return wrong;
            }
        }

        return !reader.IsAtEnd ? IntakeCount.RejectedBadCbor : into.Readings.Count == 0 ? IntakeCount.RejectedNoNumbers : null;
    }

    private static IntakeCount? Take(ref Utf8JsonReader reader, SenmlPack pack, MappedMessage into)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray when reader.CurrentDepth == 0:
            case JsonTokenType.EndArray when reader.CurrentDepth == 0:
            case JsonTokenType.StartObject when reader.CurrentDepth == 1:
                return null;
            case JsonTokenType.EndObject when reader.CurrentDepth == 1:
                return pack.Finish();
            case JsonTokenType.PropertyName when reader.CurrentDepth == 2:
                return TakeField(ref reader, pack, into);
            default:
                return IntakeCount.RejectedBadSenml;
        }
    }

    private static IntakeCount? TakeField(ref Utf8JsonReader reader, SenmlPack pack, MappedMessage into)
    {
        var name = reader.ValueSpan.Length <= 8 ? reader.GetString() : "";
        reader.Read();
        var isText = reader.TokenType == JsonTokenType.String;
        var isNumber = reader.TokenType == JsonTokenType.Number;
        if (isText && reader.ValueSpan.Length > 512)
        {
            return IntakeCount.RejectedTooLong;
        }

        switch (name)
        {
            case "bn" when isText: pack.Record = pack.Record with { BaseName = reader.GetString() }; break;
            case "bu" when isText: pack.Record = pack.Record with { BaseUnit = reader.GetString() }; break;
            case "n" when isText: pack.Record = pack.Record with { Name = reader.GetString() }; break;
            case "u" when isText: pack.Record = pack.Record with { Unit = reader.GetString() }; break;
            case "bv" when isNumber: pack.Record = pack.Record with { BaseValue = reader.GetDouble() }; break;
            case "bt" when isNumber: pack.Record = pack.Record with { BaseTime = reader.GetDouble() }; break;
            case "v" when isNumber: pack.Record = pack.Record with { Value = reader.GetDouble() }; break;
            case "t" when isNumber: pack.Record = pack.Record with { Time = reader.GetDouble() }; break;
            case "bn" or "bu" or "n" or "u" or "bv" or "bt" or "v" or "t":
                return IntakeCount.RejectedBadSenml;
            default:
                into.IgnoredKeys++;
                reader.Skip();
                break;
        }

        return null;
    }

    private static bool TryRecord(ref CborReader reader, SenmlPack pack, MappedMessage into)
    {
        if (!reader.TryOpen(CborReader.Map, out var fields))
        {
            return false;
        }

        for (var i = 0; fields < 0 ? !reader.TryBreak() : i < fields; i++)
        {
            var label = double.NaN;
            if (reader.NextType == CborReader.Text ? !reader.TrySkip() : !reader.TryNumber(out label))
            {
                return false;
            }

            if (!TryField(ref reader, label, pack, into))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryField(ref CborReader reader, double label, SenmlPack pack, MappedMessage into)
    {
        string text;
        double number;
        switch (label)
        {
            case -2 when reader.TryText(out text): pack.Record = pack.Record with { BaseName = text }; return true;
            case -4 when reader.TryText(out text): pack.Record = pack.Record with { BaseUnit = text }; return true;
            case 0 when reader.TryText(out text): pack.Record = pack.Record with { Name = text }; return true;
            case 1 when reader.TryText(out text): pack.Record = pack.Record with { Unit = text }; return true;
            case -5 when reader.TryNumber(out number): pack.Record = pack.Record with { BaseValue = number }; return true;
            case -3 when reader.TryNumber(out number): pack.Record = pack.Record with { BaseTime = number }; return true;
            case 2 when reader.TryNumber(out number): pack.Record = pack.Record with { Value = number }; return true;
            case 6 when reader.TryNumber(out number): pack.Record = pack.Record with { Time = number }; return true;
            default:
                into.IgnoredKeys++;
                return !reader.Failed && reader.TrySkip();
        }
    }
}
