using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using StemLab.Science.Texts;

namespace StemLab.Hub.Import;

/// <summary>Generated reader and writer of mapping files: names in snake_case, letters of all languages as they are, nothing that is not known.</summary>
[JsonSerializable(typeof(ImportMapping))]
internal sealed partial class MappingJson : JsonSerializerContext
{
    public static MappingJson Files { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    });
}

/// <summary>Generated writers of answers about imports.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(ImportPreview))]
internal sealed partial class ImportAnswerJson : JsonSerializerContext;

/// <summary>A proposal as pages are told it, in the order it is written. Immutable.</summary>
/// <param name="Mapping">Text of the mapping file; empty for an export of ours, which needs none.</param>
internal sealed record ImportPreview(
    string Mapping,
    bool IsOwnExport,
    bool NeedsZone,
    bool NeedsStart,
    double Confidence,
    PreviewField[] Fields,
    ImmutableArray<Sentence> Notes,
    ImmutableArray<ImmutableArray<string>> Sample,
    long? FirstUtcUs,
    string Station,
    string Encoding,
    string Delimiter,
    string Decimal,
    TimeMapping Time,
    ImmutableSortedDictionary<string, int> Flags)
{
    public static ImportPreview Of(ImportProposal proposal) => new(
        proposal.IsOwnExport ? "" : MappingFile.Write(proposal.Mapping),
        proposal.IsOwnExport,
        proposal.NeedsZone,
        proposal.NeedsStart,
        proposal.Confidence,
        [.. proposal.Fields.Select(field => new PreviewField(field.Field, field.Name, field.Use.ToString(), field.Property, field.Unit, field.Confidence, field.Why, field.Examples))],
        proposal.Notes,
        proposal.Sample,
        proposal.FirstUtcUs,
        proposal.Mapping.Station,
        proposal.Mapping.Encoding,
        proposal.Mapping.Delimiter,
        proposal.Mapping.Decimal,
        proposal.Mapping.Time,
        proposal.Mapping.Flags);
}

/// <summary>One field of <see cref="ImportPreview"/>: as <see cref="ProposedField"/>, its use by name.</summary>
internal sealed record PreviewField(int Field, string Name, string Use, string Property, string Unit, double Confidence, Sentence Why, ImmutableArray<string> Examples);
