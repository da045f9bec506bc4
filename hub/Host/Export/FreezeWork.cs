using System.Collections.Immutable;
using StemLab.Hub.Derive;
using StemLab.Hub.History;
using StemLab.Science.Time;

namespace StemLab.Hub.Export;

/// <summary>Cuts derived rows into frozen batches, counts and hashes them. One freeze's own.</summary>
internal sealed class FreezeWork(FrozenWriter file, StretchTable stretches, FreezeRequest request, Action<long, long> told, long about) : IDisposable
{
    private const int Flags = 16;

    private readonly RowsHash _hash = new();
    private readonly ExportRows _batch = new();
    private readonly List<FrozenChannel> _channels = [];
    private readonly long[] _byFlag = new long[Flags];
    private readonly bool[] _wanted = [.. Enumerable.Range(0, Flags).Select(flag => request.Flags.IsEmpty || request.Flags.Contains((byte)flag))];
    private FrozenChannel? _channel;
    private AgentTrack? _track;
    private int? _rounded;
    private long _read;
    private long _kept;

    /// <summary>What follows is of this channel.</summary>
    public void Begin(ChannelView channel)
    {
        _channel = new FrozenChannel(channel.Name, channel.AgentSlug, channel.Port, channel.DisplayName, channel.PropertyId, channel.UnitUcum, channel.IntervalUs, channel.Simulated);
        _rounded = AgentTrack.IsPlace(channel) ? request.PlaceDecimals : null;
    }

    /// <summary>The channel's last row has been added; one without rows is left out.</summary>
    public void End()
    {
        Send();
        if (_channel!.Rows > 0)
        {
            _channels.Add(_channel);
        }
    }

    /// <param name="track">The agent's own way over the same span; absent = it has none.</param>
    public void Add(in RowStretch stretch, ImmutableArray<AgentPlace> places, AgentTrack? track)
    {
        _track = track;
        int row = stretch.From;
        int end = stretch.From + stretch.Count;
        while (row < end)
        {
            DerivedSpan span = stretch.Series.SpanAt(stretch.Run.TUs.Span[row]);
            AgentPlace place = places[0];
            for (int i = 1; i < places.Length && places[i].FromUtcUs <= stretch.Columns.UtcUs[row]; i++)
            {
                place = places[i];
            }

            int to = Until(stretch, row, end, span.ToT, place.ToUtcUs);
            bool onTrack = track is not null && place.Latitude is null && stretch.TimeState != TimeState.Unknown;
            Copy(stretch, row, to, stretches.Of(stretch.Series, span, place, onTrack));
            row = to;
        }

        _read += stretch.Count;
        told(_read, Math.Max(_read, about));
    }

    public FrozenTables Tables() => new(
        [.. _channels],
        [.. stretches.All],
        Enumerable.Range(0, Flags).Where(flag => _byFlag[flag] > 0).ToImmutableSortedDictionary(flag => flag, flag => _byFlag[flag]),
        _kept,
        _hash.Finish());

    public void Dispose() => _hash.Dispose();

    /// <summary>First row that lies in another span or at another place.</summary>
    private static int Until(in RowStretch stretch, int row, int end, long toT, long toUtcUs)
    {
        ReadOnlySpan<long> times = stretch.Run.TUs.Span;
        if (times[end - 1] < toT && stretch.Columns.UtcUs[end - 1] < toUtcUs)
        {
            return end;
        }

        int to = row + 1;
        while (to < end && times[to] < toT && stretch.Columns.UtcUs[to] < toUtcUs)
        {
            to++;
        }

        return to;
    }

    private void Copy(in RowStretch stretch, int from, int to, int number)
    {
        if (_batch.Count > 0 && _batch.Stretch != number)
        {
            Send();
        }

        _batch.Stretch = number;
        bool onTrack = stretches.All[number].OnTrack;
        DerivedColumns columns = stretch.Columns;
        ReadOnlySpan<long> times = stretch.Run.TUs.Span;
        ReadOnlySpan<double> raw = stretch.Run.Raw.Span;
        ReadOnlySpan<byte> missing = stretch.Run.Missing.Span;
        for (int row = from; row < to; row++)
        {
            byte flag = columns.Flag[row];
            if (!_wanted[flag & (Flags - 1)])
            {
                continue;
            }

            int at = _batch.Count++;
            _batch.UtcUs[at] = columns.UtcUs[row];
            _batch.SigmaUs[at] = columns.SigmaUs[row];
            _batch.TUs[at] = times[row];
            _batch.Raw[at] = Rounded(missing[row] == 0 ? raw[row] : double.NaN);
            _batch.Value[at] = Rounded(columns.Value[row]);
            (_batch.Latitude[at], _batch.Longitude[at]) = onTrack ? _track!.At(columns.UtcUs[row]) : (double.NaN, double.NaN);
            _batch.Uncertainty[at] = columns.Uncertainty[row];
            _batch.Flag[at] = flag;
            _batch.MachineFlag[at] = columns.MachineFlag[row];
            _batch.HumanFlag[at] = columns.HumanFlag[row];
            _batch.Missing[at] = missing[row];
            _batch.Reason[at] = columns.Reason[row];
            if (_batch.Count == ExportRows.Capacity)
            {
                Send();
            }
        }
    }

    /// <summary>A channel that is a place itself is as rough as every other place.</summary>
    private double Rounded(double number) => _rounded is { } digits ? Math.Round(number, digits) : number;

    private void Send()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        _batch.Channel = _channels.Count;
        file.Add(_batch);
        _hash.Add(_batch, _channel!.Name, stretches.All[_batch.Stretch]);
        FrozenStretch stretch = stretches.All[_batch.Stretch];
        PlaceBox? box = PlaceBox.With(_channel.Box, stretch.Latitude ?? double.NaN, stretch.Longitude ?? double.NaN);
        long missing = 0;
        for (int i = 0; i < _batch.Count; i++)
        {
            _byFlag[_batch.Flag[i] & (Flags - 1)]++;
            missing += double.IsNaN(_batch.Value[i]) ? 1 : 0;
            box = stretch.OnTrack ? PlaceBox.With(box, _batch.Latitude[i], _batch.Longitude[i]) : box;
        }

        _channel = _channel with
        {
            Rows = _channel.Rows + _batch.Count,
            Stretches = _channel.Stretches.Contains(_batch.Stretch) ? _channel.Stretches : _channel.Stretches.Add(_batch.Stretch),
            MissingValues = _channel.MissingValues + missing,
            Box = box,
            FirstUtcUs = Math.Min(_channel.FirstUtcUs, _batch.UtcUs[0]),
            LastUtcUs = Math.Max(_channel.LastUtcUs, _batch.UtcUs[_batch.Count - 1]),
        };
        _kept += _batch.Count;
        _batch.Count = 0;
    }
}
