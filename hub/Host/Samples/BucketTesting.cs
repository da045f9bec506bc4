using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Hub.Operations;
using StemLab.Hub.Quality;
using StemLab.Hub.TimeKeeping;
using StemLab.Science.Statistics;
using StemLab.Science.Units;
using StemLab.Store;
using StemLab.V1;

namespace StemLab.Hub.Samples;

/// <summary>Compares channels that hung in one bucket. Keeps nothing; safe from any thread.</summary>
internal sealed class BucketTesting(ObservationStore store, DerivationBook derivations, QualityBook quality, HubClock clock)
{
    public const int MostChannels = 40;

    private const int MostReadings = 500_000;
    private const long UsualUs = 300_000_000;

    /// <summary>Runs the test on checked arguments; throws a refusal when channels are unknown or their units do not convert.</summary>
    public RunBucketTestResponse Run(RunBucketTestRequest request, CancellationToken cancellationToken)
    {
        using var snapshot = store.Snapshot();
        var derivation = request.AsOfRevision == 0 ? derivations.Current : derivations.At(request.AsOfRevision);
        ChannelView[] views = [.. request.Channels.Select(name => derivation.TryFindChannel(name, out var view) ? view : throw Rpc.NotFound("channel", name))];
        var unit = views[0].UnitUcum;
        var maps = new AffineMap[views.Length];
        var wrong = new List<(string, string)>();
        for (var i = 0; i < views.Length; i++)
        {
            maps[i] = AffineMap.Identity;
            if (views[i].UnitUcum != unit && !Ucum.TryConvert(views[i].UnitUcum, unit, out maps[i]))
            {
                wrong.Add(($"channels[{i}]", $"is in '{views[i].UnitUcum}', which does not convert to '{unit}' of the first; compare probes of one property"));
            }
        }

        if (wrong.Count > 0)
        {
            throw Rpc.InvalidArgument(wrong);
        }

        var (fromUs, toUs) = Span(request, snapshot, derivation, views);
        var left = MostReadings;
        var probes = new BucketSeries[views.Length];
        for (var i = 0; i < views.Length; i++)
        {
            var flags = quality.FlagsOf(snapshot, derivation, views[i], fromUs, toUs, cancellationToken);
            var read = ReadSpan.Read(snapshot, derivation, views[i], fromUs, toUs, left, flags, cancellationToken)
                ?? throw Rpc.ResourceExhausted("bucket test", $"the span holds more than {MostReadings} readings; ask for a shorter one", $"Đoạn này có hơn {MostReadings} số đo; hãy chọn đoạn ngắn hơn", TimeSpan.Zero);
            left -= read.Count;
            var map = maps[i];
            double[] values = [.. read.Value.Select((value, row) => read.Flag[row] == (byte)Science.Quality.QcFlag.Fail ? double.NaN : map.Apply(value))];
            probes[i] = new BucketSeries(views[i].Name, read.UtcUs.ToArray(), values);
        }

        var report = BucketTest.Compare(probes, Math.Max(AccuracyOf(views[0], unit, probes), double.Epsilon));
        return Answer(report, unit, fromUs, toUs, derivation.Revision);
    }

    /// <summary>How far good probes may differ, in the unit of the test.</summary>
    private static double AccuracyOf(ChannelView view, string unit, BucketSeries[] probes)
    {
        double[] values = [.. probes.Select(probe => probe.Values.ToArray().LastOrDefault(double.IsFinite, double.NaN)).Where(double.IsFinite).Order()];
        if (values.Length > 0 && view.Property is { } property && Ucum.TryConvert(unit, property.UnitUcum, out var to) && BucketTest.AccuracyOf(property, to.Apply(values[values.Length / 2])) is { } typical)
        {
            return typical / Math.Abs(to.Slope);
        }

        // The usual rule keeps drift and noise within about a third of a school probe's accuracy.
        return 3 * SteadyReader.UsualRule(view, unit).MostSd;
    }

    /// <summary>As asked, or the last five minutes: up to the hub's now, or the newest reading while the hub does not know UTC.</summary>
    private (long FromUs, long ToUs) Span(RunBucketTestRequest request, StoreSnapshot snapshot, Derivation derivation, ChannelView[] views)
    {
        if (request.StartTimeUs != 0 || request.EndTimeUs != 0)
        {
            return (request.StartTimeUs, request.EndTimeUs == 0 ? long.MaxValue : request.EndTimeUs);
        }

        var map = derivation.MapOf(new BootId(clock.BootId.Value));
        var endUs = map.State != Science.Time.TimeState.Unknown
            ? map.ToUtc(clock.NowUs()) + 1
            : views.Select(view => SteadyReader.Newest(snapshot, derivation, view)).Max(newest => newest is { } last ? last.Series.Map.ToUtc(last.Row.TUs) + 1 : 0);
        return (endUs - UsualUs, endUs);
    }

    private static RunBucketTestResponse Answer(BucketReport report, string unit, long fromUs, long toUs, long revision)
    {
        var answer = new RunBucketTestResponse { UnitUcum = unit, Settled = report.IsSteady, Sentence = SampleTexts.Bucket(report), StartTimeUs = fromUs, EndTimeUs = toUs, Revision = revision };
        if (report.Refusal == BucketRefusal.None)
        {
            answer.Median = report.Median;
        }

        foreach (var probe in report.Probes)
        {
            var wire = new BucketTestChannel { Channel = probe.Probe, Count = probe.Count, OddOneOut = probe.IsOdd, Off = probe.IsOff, Sentence = SampleTexts.Probe(probe) };
            Set(probe.Mean, value => wire.Mean = value);
            Set(probe.Offset, value => wire.Offset = value);
            Set(probe.OffsetError, value => wire.OffsetSigma = value);
            Set(probe.Noise, value => wire.Noise = value);
            Set(probe.ResponseSeconds, value => wire.ResponseS = value);
            answer.Channels.Add(wire);
        }

        return answer;
    }

    private static void Set(double? value, Action<double> set)
    {
        if (value is { } number && double.IsFinite(number))
        {
            set(number);
        }
    }
}
