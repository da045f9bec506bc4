using System.Device.Gpio;
using System.Device.I2c;
using System.Device.Spi;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace StemLab.IotBindings;

/// <summary>
/// Any driver of a library by its type's name: made, set up and read as an <see cref="IotRecipe"/> says. Takes numbers, true, false, names of enums and what the agent hands out, never a text: no file is opened and no program started by configuration.
/// One thread.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Rooted)]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Rooted)]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Rooted)]
internal static class GenericDriver
{
    private const string Rooted = "a program that has the package keeps all of it and of UnitsNet: StemLab.Agent.csproj names both as TrimmerRootAssembly";
    private const string Prefix = "Iot.Device.";
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.Instance;
    private const int UsualClock = 500_000;
    private const int Shown = 12;

    /// <summary>Everything that is wrong with a recipe as far as types tell; nothing is touched.</summary>
    public static IEnumerable<string> Problems(IotRecipe recipe, Assembly library)
    {
        if (Find(recipe, library, out var problem) is not { } type || Constructor(type, recipe, out problem) is null)
        {
            return [$"Driver: {problem}"];
        }

        return recipe.Steps.Select(step => Step(type, step, out var why) is null ? $"Driver: {why}" : null)
            .Concat(recipe.Values.Select(value => Path(type, value.Member, out var why) is null ? $"Outputs: {why}" : null)).OfType<string>();
    }

    /// <summary>Makes the driver and does its steps; what it returns reads all values once, null where the device has none just now.</summary>
    /// <param name="recipe">Without problems.</param>
    /// <param name="library">Where the type is.</param>
    /// <param name="seat">What it is handed.</param>
    /// <exception cref="IOException">The device does not answer.</exception>
    /// <exception cref="InvalidOperationException">The driver is not as the recipe says, or threw something of its own.</exception>
    public static IotReader Open(IotRecipe recipe, Assembly library, IotSeat seat)
    {
        if (Find(recipe, library, out var problem) is not { } type || Constructor(type, recipe, out problem) is not { } constructor)
        {
            throw new InvalidOperationException(problem);
        }

        var steps = recipe.Steps.Select(step => Step(type, step, out var why) ?? throw new InvalidOperationException(why)).ToArray();
        var paths = recipe.Values.Select(value => Path(type, value.Member, out var why) ?? throw new InvalidOperationException(why)).ToArray();
        var owned = new List<IDisposable>();
        try
        {
            var driver = Unwrapped(() => constructor(seat with { OpenSpi = (mode, clock) => Kept(seat.OpenSpi(mode, clock)), OpenPins = () => Kept(seat.OpenPins()) }));
            if (seat.I2c is null && driver is IDisposable closed)
            {
                owned.Add(closed);
            }

            foreach (var step in steps)
            {
                Unwrapped(() => step(driver));
            }

            return new IotReader(() => Values(paths, driver), owned);
        }
        catch
        {
            new IotReader(() => [], owned).Dispose();
            throw;
        }

        T Kept<T>(T opened)
            where T : IDisposable
        {
            owned.Add(opened);
            return opened;
        }
    }

    /// <summary>All values of one moment: what several begin with, one measurement of the device, is asked for once.</summary>
    private static double?[] Values(MemberPath[] paths, object driver)
    {
        var heads = new Dictionary<string, object?>(StringComparer.Ordinal);
        var values = new double?[paths.Length];
        for (var i = 0; i < paths.Length; i++)
        {
            var path = paths[i];
            if (!heads.TryGetValue(path.Head, out var now))
            {
                heads.Add(path.Head, now = Unwrapped(() => path.Steps[0](driver)));
            }

            foreach (var step in path.Steps.Skip(1))
            {
                now = now is null ? null : Unwrapped(() => step(now));
            }

            values[i] = now is null ? null : Number(now);
        }

        return values;
    }

    private static Type? Find(IotRecipe recipe, Assembly library, out string problem)
    {
        var found = library.GetType(Prefix + recipe.Driver) is { } exact ? [exact]
            : library.GetExportedTypes().Where(type => type.Name == recipe.Driver && !type.IsAbstract && type.IsClass).ToArray();
        problem = found.Length switch
        {
            0 => $"there is no {Prefix}{recipe.Driver} in {library.GetName().Name}{Near(recipe.Driver, library)}",
            1 => found[0].IsAbstract || !found[0].IsClass || !found[0].IsPublic ? $"{found[0].FullName} is no driver that can be made" : "",
            _ => $"{recipe.Driver} is {string.Join(" and ", found.Select(Short))}: write which",
        };
        return problem.Length == 0 ? found[0] : null;
    }

    private static string Short(Type type) => type.FullName!.StartsWith(Prefix, StringComparison.Ordinal) ? type.FullName[Prefix.Length..] : type.FullName;

    private static string Near(string name, Assembly library)
    {
        var last = name.Split('.')[^1];
        var like = library.GetExportedTypes().Where(type => type.IsClass && !type.IsAbstract && type.Name.Contains(last, StringComparison.OrdinalIgnoreCase)).Select(Short).Order(StringComparer.Ordinal).Take(3).ToList();
        return like.Count == 0 ? "" : $"; there is {string.Join(", ", like)}";
    }

    private static Func<IotSeat, object>? Constructor(Type type, IotRecipe recipe, out string problem)
    {
        string[] takes = recipe.Takes.IsEmpty ? [IotRecipe.Words.I2c] : [.. recipe.Takes];
        foreach (var constructor in type.GetConstructors().OrderBy(constructor => constructor.GetParameters().Length))
        {
            if (Arguments(constructor.GetParameters(), takes) is { } arguments && takes.Any(IsSeat))
            {
                problem = "";
                return seat => constructor.Invoke([.. arguments.Select(argument => argument(seat))]);
            }
        }

        var can = type.GetConstructors().Select(constructor => $"({string.Join(", ", constructor.GetParameters().Select(parameter => $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? "?" : "")}"))})");
        problem = $"{type.Name} cannot be made with ({string.Join(", ", takes)}); it takes {string.Join(" or ", can)}, where i2c, spi and gpio stand for what the agent has";
        return null;
    }

    private static bool IsSeat(string word) => word is IotRecipe.Words.I2c or IotRecipe.Words.Gpio || word == IotRecipe.Words.Spi || word.StartsWith(IotRecipe.Words.Spi + ":", StringComparison.Ordinal);

    /// <summary>One value a parameter; null where they do not fit. Those not written have their defaults.</summary>
    private static Func<IotSeat?, object?>[]? Arguments(ParameterInfo[] parameters, string[] words)
    {
        if (words.Length > parameters.Length)
        {
            return null;
        }

        var values = new Func<IotSeat?, object?>[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            if (i >= words.Length)
            {
                if (!parameters[i].HasDefaultValue)
                {
                    return null;
                }

                // The pins of a driver that may bring its own are the agent's.
                var usual = parameters[i].DefaultValue;
                values[i] = _ => usual;
            }
            else if (Argument(parameters[i].ParameterType, words[i]) is { } value)
            {
                values[i] = value;
            }
            else
            {
                return null;
            }
        }

        return values;
    }

    private static Func<IotSeat?, object?>? Argument(Type type, string word)
    {
        if (IsSeat(word))
        {
            var spi = word.Split(':');
            int[] numbers = [.. spi.Skip(1).Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)];
            return word == IotRecipe.Words.I2c ? type == typeof(I2cDevice) ? seat => seat!.I2c : null
                : word == IotRecipe.Words.Gpio ? type == typeof(GpioController) ? seat => seat!.OpenPins() : null
                : type != typeof(SpiDevice) || numbers.Length > 2 || numbers.Contains(-1) ? null
                : seat => seat!.OpenSpi(numbers.Length > 0 ? numbers[0] : 0, numbers.Length > 1 ? numbers[1] : UsualClock);
        }

        if (type.IsByRef && word is IotRecipe.Words.Out or IotRecipe.Words.Unused)
        {
            return _ => null;
        }

        return Constant(Nullable.GetUnderlyingType(type) ?? type, word) is { } constant ? _ => constant : null;
    }

    /// <summary>A number, true, false, a name of an enum, or a quantity like FromOhms(430); null where it is none of that type.</summary>
    private static object? Constant(Type type, string word)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Contains(word, StringComparer.Ordinal) ? Enum.Parse(type, word) : null;
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(word, out var flag) ? flag : null;
        }

        if (IsNumber(type))
        {
            return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? Converted(number, type) : null;
        }

        return IotRecipe.Call.Of(word) is { IsCall: true, Arguments: [var amount] } made && type.IsValueType && made.Name.StartsWith("From", StringComparison.Ordinal)
            && type.GetMethods(BindingFlags.Public | BindingFlags.Static).FirstOrDefault(method => method.Name == made.Name && method.ReturnType == type && method.GetParameters() is [var only] && IsNumber(only.ParameterType)) is { } from
            && Constant(from.GetParameters()[0].ParameterType, amount) is { } value ? from.Invoke(null, [value]) : null;
    }

    private static object? Converted(double number, Type type)
    {
        try
        {
            return type == typeof(double) || type == typeof(float) || double.IsInteger(number) ? Convert.ChangeType(number, type, CultureInfo.InvariantCulture) : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>"Name(…)" or "Name=constant", done once.</summary>
    private static Func<object, object?>? Step(Type type, string step, out string problem)
    {
        var equals = step.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            problem = "";
            return IotRecipe.Call.Of(step) is { IsCall: true } call && Method(type, call) is { } method ? driver => method(driver) : Fail(out problem, $"{type.Name} has no {step} that can be called like this{Callable(type)}");
        }

        var (name, word) = (step[..equals].Trim(), step[(equals + 1)..].Trim());
        problem = "";
        if (type.GetProperty(name, Members) is { CanWrite: true } property && Constant(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, word) is { } value)
        {
            return driver =>
            {
                property.SetValue(driver, value);
                return null;
            };
        }

        return Fail(out problem, $"{type.Name}.{name} cannot be set to {word}{(type.GetProperty(name, Members)?.PropertyType is { IsEnum: true } choices ? $"; it is one of {string.Join(", ", Enum.GetNames(choices))}" : "")}");
    }

    /// <summary>From a driver along the members to a number.</summary>
    private static MemberPath? Path(Type type, string member, out string problem)
    {
        var (at, walked) = (type, new List<Func<object, object?>>());
        var segments = IotRecipe.Split(member, '.');
        foreach (var segment in segments)
        {
            if (IotRecipe.Call.Of(segment) is not { } call || Member(at, call, out var next) is not { } get)
            {
                problem = $"{Name(at)} has no {segment}; it has {string.Join(", ", Readable(at).Take(Shown))}";
                return null;
            }

            walked.Add(get);
            at = Nullable.GetUnderlyingType(next) ?? next;
        }

        if (!IsNumber(at) && at != typeof(bool))
        {
            problem = $"{member} is a {Name(at)}, not a number; it has {string.Join(", ", Readable(at).Take(Shown))}";
            return null;
        }

        problem = "";
        return new MemberPath(segments[0], [.. walked]);
    }

    private static Func<object, object?>? Member(Type type, IotRecipe.Call call, out Type next)
    {
        next = typeof(object);
        if (call.IsCall)
        {
            return Method(type, call, out next);
        }

        if (type.GetProperty(call.Name, Members) is { CanRead: true } property && property.GetIndexParameters().Length == 0)
        {
            next = property.PropertyType;
            return property.GetValue;
        }

        next = type.GetField(call.Name, Members)?.FieldType ?? next;
        return type.GetField(call.Name, Members) is { } field ? field.GetValue : null;
    }

    private static Func<object, object?>? Method(Type type, IotRecipe.Call call) => Method(type, call, out _);

    /// <summary>A method whose arguments are written; where one of them is "out" its value counts ("_" is one that does not), and none where the method says false.</summary>
    private static Func<object, object?>? Method(Type type, IotRecipe.Call call, out Type result)
    {
        string[] words = [.. call.Arguments];
        foreach (var method in type.GetMethods(Members).Where(method => method.Name == call.Name && !method.IsGenericMethodDefinition).OrderBy(method => method.GetParameters().Length))
        {
            var parameters = method.GetParameters();
            var wanted = Array.IndexOf(words, IotRecipe.Words.Out);
            if (Arguments(parameters, words) is not { } arguments || parameters.Where((parameter, i) => parameter.IsOut && i >= words.Length).Any() || (wanted < 0 && parameters.Any(parameter => parameter.IsOut)))
            {
                continue;
            }

            result = wanted < 0 ? method.ReturnType : parameters[wanted].ParameterType.GetElementType()!;
            return target =>
            {
                object?[] given = [.. arguments.Select(argument => argument(null))];
                var returned = method.Invoke(target, given);
                return wanted < 0 ? returned : returned is false ? null : given[wanted];
            };
        }

        result = typeof(object);
        return null;
    }

    private static IEnumerable<string> Readable(Type type) => type.GetProperties(Members).Where(property => property.CanRead && property.GetIndexParameters().Length == 0).Select(property => property.Name)
        .Concat(type.GetFields(Members).Select(field => field.Name))
        .Concat(type.GetMethods(Members).Where(method => !method.IsSpecialName && method.ReturnType != typeof(void) && method.DeclaringType != typeof(object) && method.GetParameters().All(parameter => parameter.HasDefaultValue || parameter.IsOut))
            .Select(method => $"{method.Name}({(method.GetParameters().Any(parameter => parameter.IsOut) ? IotRecipe.Words.Out : "")})")).Distinct();

    private static string Callable(Type type)
    {
        var names = type.GetMethods(Members).Where(method => !method.IsSpecialName && method.DeclaringType != typeof(object)).Select(method => method.Name).Distinct().Take(Shown).ToList();
        return names.Count == 0 ? "" : $"; it has {string.Join(", ", names)}";
    }

    private static bool IsNumber(Type type) => !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;

    private static double? Number(object value) => value is bool flag ? flag ? 1 : 0 : Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? number : null;

    private static string Name(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? inner.Name : type.Name;

    private static Func<object, object?>? Fail(out string problem, string why)
    {
        problem = why;
        return null;
    }

    /// <summary>The way to a number. Immutable.</summary>
    /// <param name="Head">Its first member as written.</param>
    /// <param name="Steps">From the driver on, at least one.</param>
    private sealed record MemberPath(string Head, Func<object, object?>[] Steps);

    /// <summary>What a driver throws, not what reflection wraps it in.</summary>
    private static T Unwrapped<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(inner).Throw();
            throw;
        }
    }
}
