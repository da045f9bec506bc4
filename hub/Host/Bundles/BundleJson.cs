using System.Text.Json;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Bundles;

/// <summary>Generated readers and writers of the parts of a bundle, as FORMAT says: names as they stand in the records. A key without a default must be there, and be null only where it may.</summary>
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(Names))]
[JsonSerializable(typeof(ToldNames))]
[JsonSerializable(typeof(JsonElement[]))]
[JsonSerializable(typeof(ToldFact[]))]
[JsonSerializable(typeof(ToldLedger[]))]
internal sealed partial class BundleJson : JsonSerializerContext;

/// <summary>Generated writers of answers about bundles.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BundleContents))]
[JsonSerializable(typeof(MergeReport))]
internal sealed partial class BundleAnswerJson : JsonSerializerContext;
