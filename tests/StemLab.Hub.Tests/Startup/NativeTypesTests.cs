using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using StemLab.TestKit;

namespace StemLab.Hub.Startup;

/// <summary>A native program has only the types somebody named. The JSON face makes its converters over our messages' fields as it runs: those over values must be named, in hub/Host/native-types.xml. To write it anew: STEMLAB_APPROVE=1.</summary>
public sealed class NativeTypesTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Type[] Internals = typeof(GrpcJsonSettings).Assembly.GetTypes();

    [Fact]
    public void Every_type_that_messages_as_JSON_need_is_named_for_the_native_program()
    {
        var path = Path.Combine(Clone.Root, "hub", "Host", "native-types.xml");
        var needed = Document(Needed());
        if (Environment.GetEnvironmentVariable("STEMLAB_APPROVE") == "1")
        {
            File.WriteAllText(path, needed);
        }

        Assert.Equal(needed, File.ReadAllText(path), ignoreLineEndingDifferences: true);
    }

    /// <summary>By assembly; asked of the transcoder's own options, whose maker is internal: a newer package may need other names here.</summary>
    private static ILookup<string, string> Needed()
    {
        // Our messages, and those a refused call is told in.
        var messages = ((Type[])[typeof(StemLab.V1.Channel), typeof(Google.Rpc.Status)])
            .SelectMany(one => one.Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IMessage)) && !type.IsAbstract && type.Namespace == one.Namespace)).ToArray();
        var registry = Activator.CreateInstance(Internal("DescriptorRegistry"), nonPublic: true)!;
        var register = registry.GetType().GetMethods(All).Single(method => method.Name == "RegisterFileDescriptor");
        foreach (var file in messages.Select(type => ((MessageDescriptor)type.GetProperty("Descriptor", All)!.GetValue(null)!).File).Distinct())
        {
            register.Invoke(registry, [file]);
        }

        var context = Activator.CreateInstance(Internal("JsonContext"), All, null, [new GrpcJsonSettings(), TypeRegistry.Empty, registry], null);
        var options = (JsonSerializerOptions)Internal("JsonConverterHelper").GetMethod("CreateSerializerOptions", All)!.Invoke(null, [context, false])!;
        var (seen, needed) = (new HashSet<Type>(), new HashSet<Type>());
        foreach (var message in messages)
        {
            Walk(message, options, seen, needed);
        }

        return needed.Select(type => (Assembly: type.Assembly.GetName().Name!, Name: Name(type))).OrderBy(one => one.Name, StringComparer.Ordinal).ToLookup(one => one.Assembly, one => one.Name);
    }

    private static Type Internal(string name) => Internals.Single(type => type.Name == name);

    private static void Walk(Type? type, JsonSerializerOptions options, HashSet<Type> seen, HashSet<Type> needed)
    {
        if (type is null || !seen.Add(type))
        {
            return;
        }

        var info = options.GetTypeInfo(type);
        Name(info.GetType(), needed);
        Name(info.Converter.GetType(), needed);
        foreach (var property in info.Properties)
        {
            Name(property.GetType(), needed);
            Walk(property.PropertyType, options, seen, needed);
        }

        foreach (var part in (Type?[])[info.ElementType, info.KeyType, Nullable.GetUnderlyingType(type)])
        {
            Walk(part, options, seen, needed);
        }
    }

    /// <summary>A generic type over classes only has the shared code every native program has.</summary>
    private static void Name(Type? type, HashSet<Type> needed)
    {
        for (; type is { IsGenericType: true }; type = type.BaseType)
        {
            if (type.GenericTypeArguments.Any(HasValue))
            {
                needed.Add(type);
            }
        }
    }

    private static bool HasValue(Type type) => type.IsValueType || (type.IsGenericType && type.GenericTypeArguments.Any(HasValue));

    private static string Name(Type type)
    {
        var name = new StringBuilder((type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName);
        if (type.IsGenericType)
        {
            name.Append('[').AppendJoin(", ", type.GenericTypeArguments.Select(one => $"[{Name(one)}, {one.Assembly.GetName().Name}]")).Append(']');
        }

        return name.ToString();
    }

    private static string Document(ILookup<string, string> needed)
    {
        XNamespace directives = "http://schemas.microsoft.com/netfx/2013/01/metadata";
        var assemblies = needed.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new XElement(
            directives + "Assembly", new XAttribute("Name", one.Key),
            one.Select(name => new XElement(directives + "Type", new XAttribute("Name", name), new XAttribute("Dynamic", "Required All")))));
        return new XElement(directives + "Directives", new XElement(directives + "Application", assemblies)).ToString().ReplaceLineEndings("\n") + "\n";
    }
}
