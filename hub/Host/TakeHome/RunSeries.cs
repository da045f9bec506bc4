using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Query;
using StemLab.V1;

namespace StemLab.Hub.TakeHome;

/// <summary>One channel during one run, in buckets for a graph, with its sums. Immutable.</summary>
/// <param name="Channel">Which.</param>
/// <param name="Blocks">Buckets, oldest first.</param>
internal sealed record RunSeries(ChannelView Channel, ImmutableArray<BucketBlock> Blocks)
{
    /// <summary>Good readings.</summary>
    public long Count => Blocks.Sum(block => block.Count.Sum()) - LeftOut;

    /// <summary>Readings that failed or were missing.</summary>
    public long LeftOut => Blocks.Sum(block => block.Excluded.Sum());

    /// <summary>Unit of the channel; null without a good reading.</summary>
    public double? Mean
    {
        get
        {
            double sum = 0;
            double count = 0;
            foreach (var block in Blocks)
            {
                for (var i = 0; i < block.Index.Count; i++)
                {
                    var good = block.Count[i] - block.Excluded[i];
                    if (good > 0 && double.IsFinite(block.Mean[i]))
                    {
                        sum += block.Mean[i] * good;
                        count += good;
                    }
                }
            }

            return count > 0 ? sum / count : null;
        }
    }

    /// <summary>Unit of the channel; null without a good reading.</summary>
    public double? Min => Blocks.SelectMany(block => block.Min).Where(double.IsFinite).Select(value => (double?)value).Min();

    /// <summary>Unit of the channel; null without a good reading.</summary>
    public double? Max => Blocks.SelectMany(block => block.Max).Where(double.IsFinite).Select(value => (double?)value).Max();

    public static async Task<RunSeries> ReadAsync(ReadingQuery query, RunView run, ChannelView channel, int mostBuckets, CancellationToken cancellationToken)
    {
        var blocks = ImmutableArray.CreateBuilder<BucketBlock>();
        var request = new QueryReadingsRequest { StartTimeUs = run.StartUs, EndTimeUs = run.EndUs, MaxBuckets = mostBuckets };
        var (name, under) = run.ReadingsOf(channel);
        await foreach (var answer in query.RunAsync(request, ChannelSelection.Parse([name], out _), under, cancellationToken))
        {
            blocks.AddRange(answer.Buckets);
        }

        return new RunSeries(channel, blocks.ToImmutable());
    }

    /// <summary>For the script of the file: times in ms, bucket numbers as steps from the one before, values with one digit more than people are shown; of a calculated column six digits that count.</summary>
    public void Write(Utf8JsonWriter json, int line)
    {
        var digits = Math.Clamp(TakeHomeFile.DecimalsOf(Channel) + 1, 0, 9);
        var isOwn = OwnColumns.IsOne(Channel);
        foreach (var block in Blocks.Where(block => block.Index.Count > 0))
        {
            json.WriteStartObject();
            json.WriteNumber("line", line);
            json.WriteNumber("t", block.StartTimeUs / 1000);
            json.WriteNumber("w", block.WidthUs / 1000.0);
            json.WriteStartArray("i");
            uint before = 0;
            foreach (var index in block.Index)
            {
                json.WriteNumberValue(index - before);
                before = index;
            }

            json.WriteEndArray();
            Values("m", block.Mean);
            if (!block.Min.SequenceEqual(block.Max))
            {
                Values("lo", block.Min);
                Values("hi", block.Max);
            }

            json.WriteEndObject();
        }

        void Values(string name, IEnumerable<double> values)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                if (double.IsFinite(value))
                {
                    json.WriteNumberValue(isOwn ? double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : Math.Round(value, digits));
                }
                else
                {
                    json.WriteNullValue();
                }
            }

            json.WriteEndArray();
        }
    }
}
