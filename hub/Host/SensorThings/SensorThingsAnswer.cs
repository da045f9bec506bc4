using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using StemLab.Hub.Derive;

namespace StemLab.Hub.SensorThings;

/// <summary>Answers one request: entities, a page of them, or a property. One request's own.</summary>
/// <param name="root">Where the API begins, "http://hub/sta/v1.1".</param>
internal sealed class SensorThingsAnswer(EntityGraph graph, ObservationReader observations, string root)
{
    /// <summary>What the API offers, for its address without a path.</summary>
    public JsonObject Index() => new()
    {
        ["value"] = new JsonArray([.. Enum.GetNames<EntitySet>().Select(set => (JsonNode)new JsonObject { ["name"] = set, ["url"] = $"{root}/{set}" })]),
        ["serverSettings"] = new JsonObject
        {
            ["conformance"] = new JsonArray(
                "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel", "http://www.opengis.net/spec/iot_sensing/1.1/req/resource-path/resource-path-to-entities", "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data"),
        },
    };

    /// <summary>The answer to an address; a string for $value.</summary>
    public object Of(EntityAddress address, EntityQuestion options, Func<string, string> link)
    {
        (EntitySet set, object found) = Walk(address);
        if (found is Func<EntityQuestion, Func<string, string>, JsonObject> page)
        {
            return address.Property is null ? page(options with { Select = address.IsRef ? ["@iot.selfLink"] : options.Select }, link) : throw SensorThingsProblem.NotFound($"'{address.Property}' belongs to one entity, and these are several");
        }

        JsonObject body = found is ObservationRow row ? Body(row, options) : Body((Entity)found, options);
        if (address.Property is null)
        {
            return body;
        }

        JsonNode? value = body.TryGetPropertyValue(address.Property, out JsonNode? known) ? known : throw SensorThingsProblem.NotFound($"{set} have no '{address.Property}'");
        return address.IsValue ? value?.ToJsonString().Trim('"') ?? "" : new JsonObject { [address.Property] = value?.DeepClone() };
    }

    /// <summary>Follows an address to one entity, or to what makes a page.</summary>
    private (EntitySet Set, object Found) Walk(EntityAddress address)
    {
        EntityWays.TryTarget(address.Steps[0].Name, out EntitySet set, out bool isOne);
        if (isOne)
        {
            throw SensorThingsProblem.NotFound($"'{address.Steps[0].Name}' names one of {set}; ask for {set}('id')");
        }

        object? at = null;
        ImmutableArray<string>? among = null;
        ChannelView? stream = null;
        for (int i = 0; i < address.Steps.Length; i++)
        {
            EntityStep step = address.Steps[i];
            if (i > 0)
            {
                object from = at ?? throw SensorThingsProblem.NotFound($"'{step.Name}' can only follow one entity, like {set}('id')/{step.Name}");
                (set, isOne) = EntityWays.Follow(set, step.Name);
                among = from is ObservationRow row ? [set == EntitySet.Datastreams ? row.Datastream : row.Feature] : ((Entity)from).Related[step.Name];
                stream = set == EntitySet.Observations ? graph.ChannelOf(((Entity)from).Id) : null;
                at = null;
            }

            string? id = step.Id ?? (isOne ? among?.FirstOrDefault() : null);
            if (id is not null)
            {
                bool isAmong = set == EntitySet.Observations ? stream is null || id.StartsWith($"{EntityGraph.IdOf(stream)}@", StringComparison.Ordinal) : among is null || among.Value.Contains(id);
                at = (isAmong ? One(set, id) : null) ?? throw SensorThingsProblem.NotFound($"There is no {set}('{id}') here");
            }
            else if (isOne)
            {
                throw SensorThingsProblem.NotFound($"There is no {step.Name} here");
            }
        }

        if (at is not null)
        {
            return (set, at);
        }

        EntitySet pageOf = set;
        Func<EntityQuestion, Func<string, string>, JsonObject> page = set == EntitySet.Observations
            ? (options, link) => Page(stream is null ? null : [stream], options, link)
            : (options, link) => Page(pageOf, among, options, link);
        return (set, page);
    }

    private object? One(EntitySet set, string id)
    {
        if (set != EntitySet.Observations)
        {
            return graph.Find(set, id);
        }

        int at = id.LastIndexOf('@');
        string[] identity = at < 0 ? [] : id[(at + 1)..].Split('.');
        return identity is [var boot, var t] && long.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long tUs) && graph.Find(EntitySet.Datastreams, id[..at]) is { } stream
            ? observations.Find(graph.ChannelOf(stream.Id), boot, tUs)
            : null;
    }

    /// <summary>A page of entities that are not observations: few enough to be looked at whole.</summary>
    private JsonObject Page(EntitySet set, ImmutableArray<string>? among, EntityQuestion options, Func<string, string> link)
    {
        Check(set, [.. options.Filter?.Paths ?? [], .. options.OrderBy.SelectMany(by => by.Key.Paths)]);
        IEnumerable<Entity> all = among is { } ids ? ids.Select(id => graph.Find(set, id)).OfType<Entity>() : graph.All(set);
        List<Entity> found = [.. all.Where(entity => options.Filter is null || options.Filter.Holds(LookAt(entity)))];
        if (options.OrderBy.Length > 0)
        {
            var keyed = found.Select(entity => (Entity: entity, Keys: options.OrderBy.Select(by => by.Key.Value(LookAt(entity))).ToArray())).ToList();
            keyed.Sort((one, other) => Order(one.Keys, other.Keys, options.OrderBy));
            found = [.. keyed.Select(pair => pair.Entity)];
        }

        var answer = new JsonObject();
        if (options.Count)
        {
            answer["@iot.count"] = found.Count;
        }

        if (options.Skip + options.Top < found.Count && options.Top > 0)
        {
            answer["@iot.nextLink"] = link($"$skip={options.Skip + options.Top}");
        }

        answer["value"] = new JsonArray([.. found.Skip(options.Skip).Take(options.Top).Select(entity => (JsonNode)Body(entity, options))]);
        return answer;
    }

    /// <summary>A name these entities do not have is a mistake of who asks, not an empty answer. What lies inside a property may differ from one entity to the next, and clients ask for several forms of it.</summary>
    private void Check(EntitySet set, IEnumerable<string> paths)
    {
        foreach (string path in paths.Where(path => path != "id"))
        {
            string[] parts = path.Split('/', 2);
            if (parts.Length == 2 && EntityWays.From(set).Contains(parts[0]))
            {
                (EntitySet next, bool isOne) = EntityWays.Follow(set, parts[0]);
                Check(next, isOne ? [parts[1]] : throw SensorThingsProblem.NotOffered($"'{path}': {set} are not chosen or sorted by what several {parts[0]} are; ask {parts[0]} themselves"));
            }
            else if (graph.All(set) is [var any, ..] && any.Body() is var body && !body.ContainsKey(parts[0]))
            {
                throw SensorThingsProblem.Form($"'{path}': {set} have no '{parts[0]}' to be chosen or sorted by; they have id, {string.Join(", ", body.Select(pair => pair.Key).Concat(EntityWays.From(set)))}");
            }
        }
    }

    /// <summary>A page of observations, in order of time unless the result is asked for.</summary>
    private JsonObject Page(ImmutableArray<ChannelView>? of, EntityQuestion options, Func<string, string> link)
    {
        if (options.OrderBy.Length > 1 || (options.OrderBy.Length == 1 && options.OrderBy[0].Key is not FilterPath { Path: "phenomenonTime" or "result" or "id" or "resultTime" }))
        {
            throw SensorThingsProblem.NotOffered("$orderby of Observations: phenomenonTime, or result, with asc or desc");
        }

        bool descends = options.OrderBy.Length == 1 && options.OrderBy[0].Descends;
        bool byResult = options.OrderBy.Length == 1 && options.OrderBy[0].Key is FilterPath { Path: "result" };
        var range = new ObservationRange(options.Filter);
        Check(EntitySet.Datastreams, (options.Filter?.Paths ?? []).Where(path => path.StartsWith("Datastream/", StringComparison.Ordinal)).Select(path => path["Datastream/".Length..]));
        ChannelView[] channels = [.. (of ?? [.. graph.All(EntitySet.Datastreams).Select(stream => graph.ChannelOf(stream.Id))]).Where(channel => range.MayHold(LookAt(graph.Find(EntitySet.Datastreams, EntityGraph.IdOf(channel))!)))];
        Func<ObservationRow, bool>? holds = range.Rest is not { } rest ? null : row => rest.All(part => part.Holds(path => LookAt(row, path)));
        (long from, long to, int given) = (range.FromUtcUs, range.ToUtcUs, 0);
        if (options.After is { } after)
        {
            given = after.Given;
            (from, to) = descends ? (from, Math.Min(to, after.UtcUs == long.MaxValue ? after.UtcUs : after.UtcUs + 1)) : (Math.Max(from, after.UtcUs), to);
        }

        int most = options.Skip + given + options.Top + 1;
        Comparison<ObservationRow> upwards = byResult ? (one, other) => one.Value.CompareTo(other.Value) : (one, other) => one.UtcUs.CompareTo(other.UtcUs);
        var order = Comparer<ObservationRow>.Create(descends ? (one, other) => upwards(other, one) : upwards);
        List<ObservationRow> sorted = [];
        foreach (ObservationRow row in channels.SelectMany(channel => observations.Take(channel, from, to, holds ?? (static _ => true), byResult ? int.MaxValue : most, descends && !byResult)))
        {
            sorted.Add(row);
            if (sorted.Count > (2 * most) + EntityQuestion.MostTop)
            {
                // No more than a page and what lies before it is ever held.
                sorted = [.. sorted.Order(order).Take(most)];
            }
        }

        sorted = [.. sorted.Order(order).Take(most)];
        ObservationRow[] page = [.. sorted.Skip(options.Skip + given).Take(options.Top)];
        var answer = new JsonObject();
        if (options.Count)
        {
            answer["@iot.count"] = channels.Sum(channel => observations.Count(channel, range.FromUtcUs, range.ToUtcUs, holds));
        }

        if (page.Length > 0 && sorted.Count > options.Skip + given + options.Top)
        {
            answer["@iot.nextLink"] = byResult ? link($"$skip={options.Skip + options.Top}") : link(Token(sorted, options.Skip + given + options.Top, page[^1].UtcUs));
        }

        answer["value"] = new JsonArray([.. page.Select(row => (JsonNode)Body(row, options))]);
        return answer;
    }

    /// <summary>The last moment given, and how many observations of it.</summary>
    private static string Token(List<ObservationRow> sorted, int end, long lastUs) =>
        string.Create(CultureInfo.InvariantCulture, $"$skiptoken={lastUs}.{sorted.Take(end).Count(row => row.UtcUs == lastUs)}");

    private static int Order(object?[] one, object?[] other, ImmutableArray<(FilterNode Key, bool Descends)> by)
    {
        for (int i = 0; i < one.Length; i++)
        {
            int order = FilterCall.Compare(one[i], other[i]) ?? (one[i] is null).CompareTo(other[i] is null);
            if (order != 0)
            {
                return by[i].Descends ? -order : order;
            }
        }

        return 0;
    }

    private object? LookAt(ObservationRow row, string path) => path.StartsWith("Datastream/", StringComparison.Ordinal) && path != "Datastream/id"
        ? LookAt(graph.Find(EntitySet.Datastreams, row.Datastream)!)(path["Datastream/".Length..])
        : row.Look(path);

    /// <summary>Reads paths of an entity, and of the one entity a way leads to.</summary>
    private Func<string, object?> LookAt(Entity entity)
    {
        JsonObject? body = null;
        return path =>
        {
            if (path == "id")
            {
                return entity.Id;
            }

            string[] parts = path.Split('/', 2);
            if (parts.Length == 2 && EntityWays.From(entity.Set).Contains(parts[0]))
            {
                return entity.Related[parts[0]] is [var id] && EntityWays.TryTarget(parts[0], out EntitySet set, out _) && graph.Find(set, id) is { } related ? LookAt(related)(parts[1]) : null;
            }

            JsonNode? node = body ??= entity.Body();
            foreach (string part in path.Split('/'))
            {
                node = node is JsonObject inner ? inner[part] : null;
            }

            return node is JsonValue value ? value.TryGetValue(out string? text) ? text : value.TryGetValue(out bool truth) ? truth : value.TryGetValue(out double number) ? number : null : null;
        };
    }

    private JsonObject Body(Entity entity, EntityQuestion options)
    {
        JsonObject body = entity.Body();
        string self = $"{root}/{entity.Set}({Quoted(entity.Id)})";
        if (entity.Set == EntitySet.Datastreams && observations.Extent(graph.ChannelOf(entity.Id)) is { } extent)
        {
            body["phenomenonTime"] = $"{Time(extent.FirstUs)}/{Time(extent.LastUs)}";
        }

        return Finished(body, entity.Id, self, entity.Set, options, expansion =>
        {
            (EntitySet set, bool isOne) = EntityWays.Follow(entity.Set, expansion.Way);
            if (isOne)
            {
                return entity.Related[expansion.Way] is [var id] && graph.Find(set, id) is { } one ? Body(one, expansion.Options) : null;
            }

            string Link(string more) => $"{self}/{expansion.Way}?{more}";
            return set == EntitySet.Observations ? Page([graph.ChannelOf(entity.Id)], expansion.Options, Link) : Page(set, entity.Related[expansion.Way], expansion.Options, Link);
        });
    }

    private JsonObject Body(ObservationRow row, EntityQuestion options)
    {
        var body = new JsonObject
        {
            ["phenomenonTime"] = Time(row.UtcUs),
            ["resultTime"] = null,
            ["result"] = double.IsNaN(row.Value) ? null : row.Value,
            ["resultQuality"] = new JsonArray(
                Quality("QARTOD flag that counts", row.Flag), Quality("QARTOD flag of the tests", row.FlagTests), Quality("flag a person gave", row.FlagPerson == 0 ? null : row.FlagPerson)),
            ["parameters"] = new JsonObject
            {
                ["raw"] = Known(row.Raw),
                ["uncertainty"] = Known(row.Uncertainty),
                ["timeSigmaSeconds"] = row.SigmaUs == long.MaxValue ? null : row.SigmaUs / 1e6,
                ["flag"] = row.Flag,
                ["flagTests"] = row.FlagTests,
                ["flagPerson"] = row.FlagPerson == 0 ? null : row.FlagPerson,
                ["reasons"] = row.Reasons,
                ["missing"] = row.Missing == 0 ? null : Query.ReadingQuery.MissingText(row.Missing),
                ["calibration"] = row.Calibration,
                ["boot"] = row.Boot,
                ["t_us"] = row.TUs,
            },
        };
        return Finished(body, row.Id, $"{root}/Observations({Quoted(row.Id)})", EntitySet.Observations, options, expansion =>
        {
            (EntitySet set, _) = EntityWays.Follow(EntitySet.Observations, expansion.Way);
            return graph.Find(set, set == EntitySet.Datastreams ? row.Datastream : row.Feature) is { } one ? Body(one, expansion.Options) : null;
        });
    }

    /// <summary>Id, links, what is expanded; then only what is selected.</summary>
    private static JsonObject Finished(JsonObject body, string id, string self, EntitySet set, EntityQuestion options, Func<Expansion, JsonObject?> expand)
    {
        var whole = new JsonObject { ["@iot.id"] = id, ["@iot.selfLink"] = self };
        foreach ((string name, JsonNode? value) in body.ToArray())
        {
            body.Remove(name);
            whole[name] = value;
        }

        foreach (string way in EntityWays.From(set))
        {
            whole[$"{way}@iot.navigationLink"] = $"{self}/{way}";
        }

        foreach (string wanted in options.Select.Where(name => name is not ("id" or "@iot.id" or "@iot.selfLink") && !whole.ContainsKey(name) && !EntityWays.From(set).Contains(name)))
        {
            throw SensorThingsProblem.Form($"$select: {set} have no '{wanted}'");
        }

        if (options.Select.Length > 0)
        {
            foreach (string name in whole.Select(pair => pair.Key).ToArray())
            {
                string plain = name.Replace("@iot.navigationLink", "", StringComparison.Ordinal);
                if (!options.Select.Contains(plain) && !(name == "@iot.id" && options.Select.Contains("id")))
                {
                    whole.Remove(name);
                }
            }
        }

        foreach (Expansion expansion in options.Expand)
        {
            JsonObject? joined = expand(expansion);
            whole.Remove($"{expansion.Way}@iot.navigationLink");
            if (joined is not null && joined.TryGetPropertyValue("value", out JsonNode? several) && several is JsonArray && !joined.ContainsKey("@iot.id"))
            {
                joined.Remove("value");
                whole[expansion.Way] = several;
                foreach (string annotation in (string[])["@iot.count", "@iot.nextLink"])
                {
                    if (joined.TryGetPropertyValue(annotation, out JsonNode? told))
                    {
                        joined.Remove(annotation);
                        whole[$"{expansion.Way}{annotation}"] = told;
                    }
                }

                continue;
            }

            whole[expansion.Way] = joined;
        }

        return whole;
    }

    private static JsonObject Quality(string measure, byte? flag) =>
        new() { ["nameOfMeasure"] = measure, ["DQ_Result"] = flag is { } known ? new JsonObject { ["code"] = known, ["meaning"] = Meaning(known) } : null };

    private static string Meaning(byte flag) => flag switch { 1 => "good", 2 => "not evaluated", 3 => "suspect", 4 => "fail", 9 => "missing", _ => "unknown" };

    private static JsonNode? Known(double number) => double.IsFinite(number) ? number : null;

    /// <summary>An id as it stands in an address.</summary>
    private static string Quoted(string id) => $"'{Uri.EscapeDataString(id.Replace("'", "''", StringComparison.Ordinal))}'";

    private static string Time(long utcUs) => DateTimeOffset.UnixEpoch.AddTicks(utcUs * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
