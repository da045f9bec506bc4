using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace StemLab.Hub.Web;

/// <summary>Scripts, styles and pictures of the pages, built into the program: compressed once when first asked for, named by content, cached for ever. Immutable.</summary>
/// <remarks>Embedded, so that a page looks the same whichever program hosts the hub (the demo and tests do too).</remarks>
internal sealed class PageAssets
{
    private const string Prefix = "assets/";
    private readonly Lazy<FrozenSet<string>> _lessonTexts;
    private readonly FrozenDictionary<string, Asset> _byPath;
    private readonly FrozenDictionary<string, string> _urlByName;

    public PageAssets()
    {
        var assembly = typeof(PageAssets).Assembly;
        var assets = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (Name: name[Prefix.Length..], Bytes: Read(assembly, name))).OrderBy(asset => asset.Name, StringComparer.Ordinal).ToList();

        // What is served follows from the files and from this program's code: its identity stands for the code.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(assembly.ManifestModule.ModuleVersionId.ToByteArray());
        foreach (var asset in assets)
        {
            hash.AppendData(asset.Bytes);
        }

        var version = Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
        var served = assets.Select(asset => new Asset(asset.Name, () => IsOwnScript(asset.Name) ? ScriptRemarks.Without(asset.Bytes) : asset.Bytes)).ToList();
        var texts = assets.Where(asset => IsOwnScript(asset.Name)).ToDictionary(asset => asset.Name, asset => asset.Bytes);
        served.AddRange(texts.Keys.Select(name => new Asset($"{JoinedModules.Folder}{name}", () =>
            ScriptRemarks.Without(System.Text.Encoding.UTF8.GetBytes(JoinedModules.Of(name, part => System.Text.Encoding.UTF8.GetString(texts[part])))))));
        _lessonTexts = new Lazy<FrozenSet<string>>(() => JoinedModules.TextsOf(name => texts.TryGetValue(name, out var bytes) ? System.Text.Encoding.UTF8.GetString(bytes) : ""));
        _urlByName = served.ToFrozenDictionary(asset => asset.Name, asset => $"/assets/{version}/{asset.Name}");
        _byPath = served.ToFrozenDictionary(asset => $"{version}/{asset.Name}");
    }

    /// <summary>Names of the texts that scripts of the student's page say, as JSON names them.</summary>
    public FrozenSet<string> LessonTexts => _lessonTexts.Value;

    /// <summary>Where a page finds an asset.</summary>
    public string Url(string name) => _urlByName[name];

    public bool Has(string name) => _urlByName.ContainsKey(name);

    /// <summary>The same for one that may not be there; null = it is not.</summary>
    public string? Find(string name) => _urlByName.GetValueOrDefault(name);

    /// <summary>What is in it, for a file that must need nothing else.</summary>
    public string Text(string name) => System.Text.Encoding.UTF8.GetString(_byPath[_urlByName[name]["/assets/".Length..]].Plain);

    public void Map(WebApplication app) => app.MapGet("/assets/{**path}", Serve).RequireAuthorization(Access.Policies.Open);

    private async Task Serve(string path, HttpContext context)
    {
        if (!_byPath.TryGetValue(path, out var asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var zipped = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.Ordinal);
        var bytes = zipped ? asset.Zipped : asset.Plain;
        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (zipped)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }

        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>What others wrote keeps its licence line.</summary>
    private static bool IsOwnScript(string name) => name.EndsWith(".js", StringComparison.Ordinal) && !name.StartsWith("vendor/", StringComparison.Ordinal);

    private static byte[] Read(Assembly assembly, string name)
    {
        using var source = assembly.GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return copy.ToArray();
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var zip = new GZipStream(target, CompressionLevel.SmallestSize))
        {
            zip.Write(bytes);
        }

        return target.ToArray();
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".jpg" => "image/jpeg",
        _ => "text/plain; charset=utf-8",
    };

    private sealed class Asset(string name, Func<byte[]> read)
    {
        private readonly Lazy<byte[]> _plain = new(read);
        private byte[]? _zipped;

        public byte[] Plain => _plain.Value;

        public byte[] Zipped => _zipped ??= Compress(Plain);

        public string Name { get; } = name;

        public string Type { get; } = TypeOf(name);
    }
}
