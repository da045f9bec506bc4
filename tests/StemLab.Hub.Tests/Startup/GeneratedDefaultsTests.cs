using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StemLab.Hub.Access;
using StemLab.Hub.Bundles;
using StemLab.Hub.Classroom;
using StemLab.Hub.Import;
using StemLab.Hub.Operations;
using StemLab.Hub.Uploads;

namespace StemLab.Hub.Startup;

/// <summary>Generated readers give an init-only property the zero of its type where the JSON lacks the key, whatever its initializer says: what has another default is <c>set</c>.</summary>
public sealed class GeneratedDefaultsTests
{
    /// <summary>Answers are never read here.</summary>
    private static readonly Type[] OnlyWritten = [typeof(AnswerJson), typeof(BundleAnswerJson), typeof(ImportAnswerJson), typeof(RefusalJson)];

    [Fact]
    public void A_class_kept_without_some_of_its_keys_has_their_defaults()
    {
        var kept = JsonSerializer.Deserialize("""{"session":1,"lesson":"{}"}""", ClassJson.Default.ClassAtWork);

        Assert.Equal(new ClassAtWork { Session = 1, Lesson = "{}" }, kept);
    }

    [Fact]
    public void Parts_of_a_class_kept_without_their_keys_are_empty_and_never_null()
    {
        var kept = JsonSerializer.Deserialize(
            """{"session":1,"lesson":"{}","groups":[{}],"places":[{"seat":1}],"guesses":[{}],"notes":[{}],"alerts":[{}],"playback":{}}""", ClassJson.Default.ClassAtWork)!;

        Assert.Equal("", string.Join(", ", Nothing(kept, "class")));
        Assert.Equal(0, kept.Playback!.LengthUs);
        var parts = JsonSerializer.Deserialize("""{"session":1,"lesson":"{}","playback":{"parts":[{}]}}""", ClassJson.Default.ClassAtWork)!;
        Assert.Equal("", string.Join(", ", Nothing(parts, "class")));
        Assert.NotEqual("", JsonSerializer.Serialize(kept, ClassJson.Default.ClassAtWork));
    }

    /// <summary>Every text that is null and every list that is none, in all of it; what may be absent is said by its type.</summary>
    private static IEnumerable<string> Nothing(object whole, string name)
    {
        foreach (var property in whole.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0 && property.Name != "WithheldSeats"))
        {
            var value = property.GetValue(whole);
            var path = $"{name}.{property.Name}";
            if (value is null)
            {
                if (new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull)
                {
                    yield return path;
                }
            }
            else if (value is System.Collections.IList list)
            {
                var isDefault = (bool?)value.GetType().GetProperty("IsDefault")?.GetValue(value) ?? false;
                foreach (var inner in isDefault ? [path] : list.OfType<object>().Where(one => one.GetType().Namespace == typeof(ClassAtWork).Namespace).SelectMany(one => Nothing(one, path)))
                {
                    yield return inner;
                }
            }
            else if (value.GetType().Namespace == typeof(ClassAtWork).Namespace)
            {
                foreach (var inner in Nothing(value, path))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <summary>Options are the one exception: <see cref="HubConfiguration"/> lays a file over their defaults. They show here that the walk finds what it looks for.</summary>
    [Fact]
    public void Nothing_generated_forgets_the_default_of_a_key_that_is_absent()
    {
        JsonSerializerContext[] contexts = [.. typeof(HubHost).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(JsonSerializerContext))).Except(OnlyWritten).Select(Default)];
        HashSet<Type> seen = [];
        var forgotten = contexts.SelectMany(context => Roots(context).SelectMany(root => Forgotten(context, root, seen))).Distinct().ToArray();

        Assert.True(contexts.Length >= 12, $"{contexts.Length} contexts");
        Assert.Contains(typeof(ClassAtWork), seen);
        Assert.Contains("HubOptions.DataFolder", forgotten);
        Assert.Equal("", string.Join(", ", forgotten.Where(name => !name.StartsWith("HubOptions.", StringComparison.Ordinal))));
    }

    private static JsonSerializerContext Default(Type context) => (JsonSerializerContext)context.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    /// <summary>Every type a context was generated for has a property of it.</summary>
    private static IEnumerable<Type> Roots(JsonSerializerContext context) => context.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(property => property.PropertyType).Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(JsonTypeInfo<>)).Select(type => type.GetGenericArguments()[0]);

    /// <summary>Properties of a type, and of all types in it, that a generated reader sets to zero where a new object has another value.</summary>
    private static IEnumerable<string> Forgotten(JsonSerializerContext context, Type type, HashSet<Type> seen)
    {
        if (context.GetTypeInfo(type) is not { } info || !seen.Add(type))
        {
            return [];
        }

        var inner = info.Properties.Select(property => property.PropertyType).Append(info.ElementType).OfType<Type>().SelectMany(other => Forgotten(context, other, seen));
        JsonPropertyInfo[] atRisk = [.. info.Properties.Where(property => property is { Get: not null, IsRequired: false, AssociatedParameter.IsMemberInitializer: true })];
        if (atRisk.Length == 0)
        {
            return inner;
        }

        var fresh = Fresh(info);
        return inner.Concat(atRisk.Where(property => !Equals(property.Get!(fresh), Zero(property.PropertyType))).Select(property => $"{type.Name}.{((MemberInfo)property.AttributeProvider!).Name}"));
    }

    /// <summary>A new object by the constructor readers use, initializers run; required members stay unset, which reflection allows.</summary>
    private static object Fresh(JsonTypeInfo info)
    {
        // Of a type without a constructor of its own none is told.
        if (info.ConstructorAttributeProvider is not ConstructorInfo constructor)
        {
            return Activator.CreateInstance(info.Type)!;
        }

        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.HasDefaultValue ? parameter.DefaultValue : Some(parameter.ParameterType))]);
    }

    private static object? Some(Type type) => type == typeof(string) ? "" : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0) : Zero(type);

    private static object? Zero(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;
}
