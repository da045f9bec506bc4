using System.Text.Json;
using System.Text.Json.Serialization;

namespace StemLab.Hub.Bundles;

/// <summary>Generated readers and writers of the parts of a bundle, as FORMAT says: names as they stand in the records.</summary>
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(Names))]
[JsonSerializable(typeof(ToldFact[]))]
[JsonSerializable(typeof(ToldLedger[]))]
internal sealed partial class BundleJson : JsonSerializerContext;

/// <summary>Generated writers of answers about bundles.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BundleContents))]
[JsonSerializable(typeof(MergeReport))]
internal sealed partial class BundleAnswerJson : JsonSerializerContext;
