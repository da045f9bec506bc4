using Microsoft.Extensions.Logging;

namespace StemLab.Store.Influx;

/// <summary>Sends a batch to its last line: bisects what is refused, names the bad lines and keeps them aside. The forwarder's own.</summary>
internal sealed class BatchSender(ObservationStore store, ILineWriter writer, InfluxOptions options, ILogger logger)
{
    // One bad line of 5,000 costs 26 requests, ten about 200; beyond that the whole piece is suspect.
    private const int MostRequests = 200;

    /// <summary>Lines of one request at most; smaller after the server found one too big.</summary>
    public int MostLines { get; private set; } = options.BatchLines;

    /// <summary>Lines that were refused for good, and why the newest was.</summary>
    public (long Count, string? Reason) Quarantine { get; private set; } = store.Read(FarTables.Quarantine);

    public long SentRows { get; private set; }

    /// <summary>One line is left for the mark.</summary>
    public bool IsFull(LineBatch batch) => batch.Lines >= MostLines - 1 || batch.Bytes >= options.BatchBytes;

    public void ForgetQuarantine() => Quarantine = store.Read(FarTables.Quarantine);

    /// <summary>Sends and clears the batch.</summary>
    /// <returns>Stored; anything else is why InfluxDB takes nothing now, and the batch is as it was.</returns>
    public async Task<InfluxReply> SendAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        List<QuarantinedRow> bad = [.. batch.Refused];
        var parts = new Stack<(int From, int To)>();
        PushIfAny((0, batch.Lines), parts);
        for (var requests = 0; parts.TryPop(out var part); requests++)
        {
            var reply = await writer.WriteAsync(batch.Part(part.From, part.To), cancellationToken).ConfigureAwait(false);
            switch (reply.Kind)
            {
                case ReplyKind.Stored:
                    break;
                case ReplyKind.Rejected:
                    Divide(batch, part, reply, requests >= MostRequests, parts, bad);
                    break;
                case ReplyKind.Split when part.To - part.From > 1:
                    MostLines = Math.Max(1, Math.Min(MostLines, (part.To - part.From) / 2));
                    Halve(part, parts);
                    break;
                case ReplyKind.Split:
                    Refuse(batch, part, "one line is more than the server takes", bad);
                    break;
                default:
                    return reply;
            }
        }

        if (bad.Count > 0)
        {
            await store.WriteAsync(session => FarTables.AddQuarantined(session, bad), cancellationToken: cancellationToken).ConfigureAwait(false);
            Quarantine = (store.Read(FarTables.Quarantine).Count, bad[^1].Reason);
            InfluxLog.Quarantined(logger, bad.Count, bad[^1].Reason);
        }

        SentRows += batch.Rows;
        batch.Clear();
        return InfluxReply.Ok;
    }

    private void Divide(LineBatch batch, (int From, int To) part, InfluxReply reply, bool isTooMany, Stack<(int From, int To)> parts, List<QuarantinedRow> bad)
    {
        var named = reply.Lines.Where(line => line.Index >= 0 && line.Index < part.To - part.From).DistinctBy(line => line.Index).OrderBy(line => line.Index).ToArray();
        if (named.Length > 0)
        {
            var from = part.From;
            foreach (var line in named)
            {
                Refuse(batch, (part.From + line.Index, part.From + line.Index + 1), line.Reason, bad);
                PushIfAny((from, part.From + line.Index), parts);
                from = part.From + line.Index + 1;
            }

            PushIfAny((from, part.To), parts);
            return;
        }

        if (part.To - part.From == 1 || isTooMany)
        {
            Refuse(batch, part, reply.Text, bad);
            return;
        }

        Halve(part, parts);
    }

    private static void PushIfAny((int From, int To) part, Stack<(int From, int To)> parts)
    {
        if (part.From < part.To)
        {
            parts.Push(part);
        }
    }

    private static void Halve((int From, int To) part, Stack<(int From, int To)> parts)
    {
        var middle = (part.From + part.To) / 2;
        parts.Push((middle, part.To));
        parts.Push((part.From, middle));
    }

    private void Refuse(LineBatch batch, (int From, int To) part, string reason, List<QuarantinedRow> bad)
    {
        for (var line = part.From; line < part.To; line++)
        {
            var (series, tUs) = batch.RowOf(line);
            if (series.Value == 0)
            {
                InfluxLog.NameRefused(logger, reason);
                continue;
            }

            bad.Add(new QuarantinedRow(series, tUs, reason));
        }
    }
}
