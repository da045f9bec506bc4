using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Rpc;
using Grpc.Core;
using StemLab.Hub.Derive;
using StemLab.V1;

namespace StemLab.Hub.TakeHome;

/// <summary>Reads a definition as if somebody had stated it; refuses with everything that is wrong.</summary>
/// <param name="definition">Over channels of one agent.</param>
/// <returns>The channel it would be, and how everything would be read then.</returns>
internal delegate (string Channel, Derivation Under) SupposeColumn(DerivedChannelDefinition definition);

/// <summary>A column a student calculates on the page. It is kept on that phone, which hands it over with its question.</summary>
/// <param name="Expression">Formula over letters.</param>
/// <param name="Of">Which property each letter is.</param>
internal sealed record OwnColumn(string Expression, Dictionary<string, string> Of);

/// <summary>Lays students' own columns beside the channels of runs: for one answer, nothing of them is kept. Safe from any thread.</summary>
internal sealed class OwnColumns(SupposeColumn suppose)
{
    /// <summary>As many as a chart has lines.</summary>
    public const int Most = 6;

    /// <summary>Longest text that is read: what fits into an address.</summary>
    public const int MostText = 2_000;

    private const char Mark = '=';

    /// <summary>Whether a channel of a run is such a column.</summary>
    public static bool IsOne(ChannelView channel) => channel.Name[0] == Mark;

    /// <summary>The columns as the page keeps them: JSON. False = too many, too long, or something else.</summary>
    public static bool TryRead(string text, out ImmutableArray<OwnColumn> columns)
    {
        columns = [];
        if (text.Length is 0 or > MostText)
        {
            return text.Length == 0;
        }

        try
        {
            if (JsonSerializer.Deserialize(text, OwnColumnJson.Default.OwnColumnArray) is { Length: <= Most } read && read.All(one => one is { Expression.Length: > 0, Of.Count: > 0 }))
            {
                columns = [.. read.DistinctBy(one => one.Expression)];
                return true;
            }
        }
        catch (JsonException)
        {
            // Somebody else's text.
        }

        return false;
    }

    /// <summary>The runs with the columns that can be calculated for them; and those that are refused, with the reason. A run that has not measured what a column needs is left as it is.</summary>
    public (ImmutableArray<RunView> Runs, ImmutableArray<string> Refused) Beside(ImmutableArray<RunView> runs, ImmutableArray<OwnColumn> columns, TakeHomeTexts texts)
    {
        var beside = runs.ToArray();
        var refused = new List<string>();
        foreach (var column in columns)
        {
            for (var i = 0; i < beside.Length; i++)
            {
                var measured = column.Of.Select(letter => (Letter: letter.Key, Channel: Array.Find([.. runs[i].Channels], channel => channel.PropertyId == letter.Value))).ToList();
                if (!measured.TrueForAll(one => one.Channel is not null))
                {
                    continue;
                }

                var definition = new DerivedChannelDefinition { Expression = column.Expression };
                definition.Inputs.AddRange(measured.Select(one => new DerivedInputBinding { Name = one.Letter, Channel = one.Channel!.Name }));
                try
                {
                    beside[i] = With(beside[i], column, string.Join(", ", measured.Select(one => $"{one.Letter} = {TakeHomeFile.LabelOf(one.Channel!, [], texts)}")), suppose(definition));
                }
                catch (RpcException wrong) when (wrong.StatusCode == StatusCode.InvalidArgument)
                {
                    refused.Add($"{column.Expression}: {ReasonOf(wrong, texts.Language)}");
                    break;
                }
            }
        }

        return ([.. beside], [.. refused]);
    }

    private static RunView With(RunView run, OwnColumn column, string letters, (string Channel, Derivation Under) supposed)
    {
        if (!supposed.Under.TryFindChannel(supposed.Channel, out var channel))
        {
            return run;
        }

        var name = Mark + column.Expression;
        return run with { Channels = run.Channels.Add(channel with { Name = name, PropertyId = name, Property = null, Port = $"ƒ {column.Expression} ({letters})" }), Own = run.Own.Add(name, supposed) };
    }

    /// <summary>Which field of a question it is about says nothing to who typed a formula.</summary>
    private static string ReasonOf(RpcException wrong, string language)
    {
        var status = wrong.GetRpcStatus();
        return language == "vi"
            ? status?.Details.Where(detail => detail.Is(LocalizedMessage.Descriptor)).Select(detail => detail.Unpack<LocalizedMessage>()).FirstOrDefault(message => message.Locale == "vi")?.Message ?? wrong.Status.Detail
            : status?.GetDetail<BadRequest>() is { } bad ? string.Join("; ", bad.FieldViolations.Select(violation => violation.Description)) : wrong.Status.Detail;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OwnColumn[]))]
internal sealed partial class OwnColumnJson : JsonSerializerContext;
