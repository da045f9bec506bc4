using System.Runtime.CompilerServices;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.WebUtilities;
using StemLab.Hub.Operations;

namespace StemLab.Hub.Api;

/// <summary>
/// What the address of a JSON call may ask for: the fields of its request, by JSON or proto name, deeper ones after a dot. The transcoding passes over a name it does not know, and so answers
/// another question than was asked. Safe from any thread; names that were found are remembered by call.
/// </summary>
internal static class KnownParameters
{
    /// <summary>A call is asked with a handful of names; who sends others gets no memory of the hub's.</summary>
    private const int MostListed = 12;

    private static readonly ConditionalWeakTable<GrpcJsonTranscodingMetadata, HashSet<string>> Found = [];

    /// <summary>The refusal of all names the call does not know; null where it knows them all.</summary>
    /// <param name="query">As it stands in the address, with its question mark; empty where there is none.</param>
    /// <param name="rule">The call.</param>
    public static RpcException? Refusal(string? query, GrpcJsonTranscodingMetadata rule)
    {
        if (string.IsNullOrEmpty(query))
        {
            return null;
        }

        List<(string Field, string English, string Vietnamese)>? unknown = null;
        HashSet<string> found = Found.GetOrCreateValue(rule);
        foreach (QueryStringEnumerable.EncodedNameValuePair pair in new QueryStringEnumerable(query))
        {
            string name = pair.DecodeName().ToString();
            if (!IsOfTheTransport(name) && !IsKnown(name, rule.MethodDescriptor.InputType, found))
            {
                (unknown ??= []).Add(Said(name, rule.MethodDescriptor.InputType));
            }
        }

        return unknown is null ? null : Rpc.InvalidArgument(unknown);
    }

    /// <summary>Parameters of caches, proxies and OData clients; no field of ours begins so.</summary>
    private static bool IsOfTheTransport(string name) => name.Length == 0 || name[0] is '_' or '$' || name is "access_token";

    private static bool IsKnown(string name, MessageDescriptor request, HashSet<string> found)
    {
        lock (found)
        {
            if (found.Contains(name))
            {
                return true;
            }
        }

        MessageDescriptor? within = request;
        foreach (string part in name.Split('.'))
        {
            if (within is null || Field(part, within) is not { } field)
            {
                return false;
            }

            within = field.FieldType == FieldType.Message ? field.MessageType : null;
        }

        lock (found)
        {
            found.Add(name);
        }

        return true;
    }

    private static FieldDescriptor? Field(string name, MessageDescriptor of) =>
        of.FindFieldByName(name) ?? of.Fields.InFieldNumberOrder().FirstOrDefault(field => field.JsonName == name);

    private static (string Field, string English, string Vietnamese) Said(string name, MessageDescriptor request)
    {
        string[] known = [.. Names(request, "", 0)];
        string[] near = [.. known.Select(one => (Name: one, Far: Distance(one, name))).Where(one => one.Far <= Math.Max(2, name.Length / 3)).OrderBy(one => one.Far).Take(2).Select(one => one.Name)];
        string shown = name.Length <= 60 ? name : name[..60] + "…";
        if (near.Length > 0)
        {
            return (shown, $"is not a parameter of this call; did you mean {string.Join(" or ", near)}?", $"Không có tham số “{shown}” trong lời gọi này; có phải ý bạn là {string.Join(" hoặc ", near)}?");
        }

        string all = string.Join(", ", known.Where(one => !one.Contains('.')).Take(MostListed));
        return all.Length == 0
            ? (shown, "is not a parameter of this call; it takes none", $"Không có tham số “{shown}”: lời gọi này không nhận tham số nào")
            : (shown, $"is not a parameter of this call; it takes: {all}", $"Không có tham số “{shown}” trong lời gọi này; các tham số dùng được: {all}");
    }

    /// <summary>JSON names, two messages deep: no call is asked for more in its address.</summary>
    private static IEnumerable<string> Names(MessageDescriptor of, string before, int depth) => of.Fields.InFieldNumberOrder().SelectMany(field =>
    {
        string name = before + field.JsonName;
        bool isDeeper = depth < 1 && field.FieldType == FieldType.Message && !field.IsRepeated && !field.MessageType.FullName.StartsWith("google.protobuf.", StringComparison.Ordinal);
        return isDeeper ? Names(field.MessageType, name + ".", depth + 1).Prepend(name) : [name];
    });

    /// <summary>Letters to change, add or leave out (Levenshtein), capitals and underscores set aside.</summary>
    private static int Distance(string one, string other)
    {
        (one, other) = (Plain(one), Plain(other));
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            (int diagonal, row[0]) = (row[0], i);
            for (int j = 1; j <= other.Length; j++)
            {
                int changed = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static string Plain(string name) => (name.Length <= 60 ? name : name[..60]).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
