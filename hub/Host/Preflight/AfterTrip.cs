using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Clocks;
using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Store;
using StemLab.V1;
using Run = StemLab.Hub.Facts.Run;
using TimeState = StemLab.V1.TimeState;

namespace StemLab.Hub.Preflight;

/// <summary>"Safe to leave?": whether everything that was measured is here, checked and copied. Safe from any thread.</summary>
internal sealed class AfterTrip(ClockView clocks, ProbeCare probes, ObservationStore store, DerivationBook derivations, FleetBook fleet, ClassSessions sessions, AccessOptions access)
{
    /// <summary>Looks at everything; worst first.</summary>
    public GetPostflightResponse Check()
    {
        var derivation = derivations.Current;
        var agents = fleet.Current.Agents.Where(agent => agent.Standing == AgentStanding.Active && !agent.Foreign && !agent.IsRecording).OrderBy(agent => agent.Slug, StringComparer.Ordinal);
        List<PreflightLine> lines =
        [
            .. agents.Select(Sequences),
            Runs(derivation),
            Clocks(derivation),
            .. derivation.Channels.Where(channel => ProbeCare.Drifts(channel) && !channel.Unclaimed && !channel.Recorded).Select(channel => probes.After(derivation, channel)),
            Sessions(),
            Store(),
            Backup(),
        ];
        var answer = new GetPostflightResponse { Light = Finding.WorstOf(lines) };
        answer.Lines.AddRange(Finding.InOrder(lines));
        if (clocks.Now() is { HasUtcUs: true, UtcUs: var utc })
        {
            answer.UtcUs = utc;
        }

        return answer;
    }

    private PreflightLine Sequences(FleetAgent agent)
    {
        var about = Finding.Same(agent.Slug);
        var account = store.Account(agent.Id);
        var presence = fleet.PresenceOf(agent.Id);
        var wait = Finding.Both("Leave it on near the hub until this line is green; do not pull its card.", "Để nó bật gần trạm cho đến khi dòng này xanh; đừng rút thẻ nhớ.");
        if (account.Missing > 0)
        {
            return Finding.Stop("sequences", about, Finding.With(account.Missing, 0, account.Missing == 1 ? "{0} reading is still on it or on the way." : "{0} readings are still on it or on the way.", "{0} số đo còn nằm trong máy hoặc trên đường về."), wait, "/agents");
        }

        // Switched off in order with nothing missing: it holds nothing more, whatever it said before.
        var isOver = account.Streams > 0 && account.OpenStreams == 0;
        if (!isOver && presence.OldestUnreceiptedUs is > 60_000_000)
        {
            return Finding.Stop("sequences", about, Finding.With(presence.OldestUnreceiptedUs.Value / 6e7, 0, "Its oldest reading without a receipt is {0} min old.", "Số đo cũ nhất chưa được xác nhận đã {0} phút."), wait, "/agents");
        }

        if (!isOver && !presence.Online && account.Expected > 0)
        {
            return Finding.Look("sequences", about, Finding.With(account.Stored, 0, "{0} readings are here and none is known to be missing, but it is not connected: it may hold more.", "{0} số đo đã ở đây và không biết thiếu số nào, nhưng nó không kết nối: có thể nó còn giữ thêm."), Finding.Both("Switch it on near the hub once more.", "Bật nó gần trạm một lần nữa."), "/agents");
        }

        var lost = account.Lost.Values.Sum();
        if (lost > 0 || account.TailUnknownStreams > 0)
        {
            return Finding.Look("sequences", about, Finding.Both(
                $"Everything it still had is here; {Finding.Number(lost, 0, "en")} {(lost == 1 ? "reading was" : "readings were")} lost{(account.TailUnknownStreams > 0 ? " and up to 5 s before a power cut are not known" : "")}.",
                $"Mọi thứ nó còn giữ đã ở đây; {Finding.Number(lost, 0, "vi")} số đo bị mất{(account.TailUnknownStreams > 0 ? " và tối đa 5 giây trước khi mất điện thì không rõ" : "")}."), Finding.Both("Note it in the report; the gaps are marked in every graph.", "Hãy ghi vào báo cáo; chỗ trống được đánh dấu trên mọi biểu đồ."), "/agents");
        }

        return Finding.Ready("sequences", about, Finding.Both(
            $"{Finding.Number(account.Stored, 0, "en")} of {Finding.Number(account.Expected, 0, "en")} stored, 0 missing.", $"Đã lưu {Finding.Number(account.Stored, 0, "vi")} trên {Finding.Number(account.Expected, 0, "vi")}, không thiếu số nào."));
    }

    private static PreflightLine Runs(Derivation derivation)
    {
        var about = Finding.Both("Runs", "Lần chạy");
        var open = derivation.Inputs.Facts.Of<Run>().Count(run => run.Body.End is null);
        return open > 0
            ? Finding.Look("runs", about, Finding.With(open, 0, "{0} runs are still going.", "{0} lần chạy chưa dừng."), Finding.Both("Stop them in the class, so that their end is right.", "Hãy dừng trong lớp học để thời điểm kết thúc được đúng."), "/class")
            : Finding.Ready("runs", about, Finding.Both("No run is still going.", "Không lần chạy nào còn dở."));
    }

    private PreflightLine Clocks(Derivation derivation)
    {
        var about = Finding.Both("Time", "Giờ");
        var boots = clocks.Boots(derivation, "").Where(boot => boot.LastTUs > 0).ToArray();
        var unknown = boots.Count(boot => boot.TimeState is TimeState.Unknown or TimeState.Unspecified);
        var bounded = boots.Count(boot => boot.TimeState == TimeState.Bounded);
        if (unknown > 0)
        {
            return Finding.Stop("clocks", about, Finding.With(unknown, 0, "Of {0} switch-ons nobody knows the time.", "Có {0} lần bật máy chưa biết giờ."), Finding.Both("Say it while you still remember: “left the pier at 09:30”.", "Hãy cho biết khi còn nhớ: “rời bến lúc 9 giờ 30”."), "/time");
        }

        return bounded > 0
            ? Finding.Look("clocks", about, Finding.With(bounded, 0, "Of {0} switch-ons the time is only estimated.", "Có {0} lần bật máy mới chỉ ước lượng được giờ."), Finding.Both("If somebody remembers when it was, say so.", "Nếu ai còn nhớ lúc đó mấy giờ, hãy cho biết."), "/time")
            : Finding.Ready("clocks", about, Finding.Both("Every reading has its time.", "Mọi số đo đều đã có giờ."));
    }

    private PreflightLine Sessions()
    {
        var about = Finding.Both("Class", "Lớp học");
        return sessions.Open.Count > 0
            ? Finding.Look("session", about, Finding.With(sessions.Open.Count, 0, "{0} class sessions are still open.", "Còn {0} buổi học đang mở."), Finding.Both("When everybody has taken home what they want, end it: nothing of the children stays.", "Khi mọi người đã lấy dữ liệu về, hãy kết thúc: không còn lưu gì về các em."), "/class")
            : Finding.Ready("session", about, Finding.Both("No class session is open; nothing of a child is kept.", "Không buổi học nào đang mở; không lưu gì về học sinh."));
    }

    private PreflightLine Store()
    {
        var about = Finding.Both("Store", "Kho dữ liệu");
        return store.Health.IsWritable && store.Health.Trouble is null
            ? Finding.Ready("store", about, Finding.With(store.StoredTotal, 0, "In order, {0} readings.", "Tốt, có {0} số đo."))
            : Finding.Stop("store", about, Finding.Both(store.Health.Trouble ?? "It takes nothing now.", $"Kho không nhận số đo ({store.Health.Trouble})."), Finding.Both("Take a backup at once, then look into hub/Store/RECOVERY.md.", "Sao lưu ngay, rồi xem hub/Store/RECOVERY.md."));
    }

    private PreflightLine Backup()
    {
        var about = Finding.Both("Backup", "Bản sao lưu");
        var todo = Finding.Both("Plug a USB stick into the hub and run: stemlab store backup /media/usb/trip.zip", "Cắm USB vào trạm rồi chạy: stemlab store backup /media/usb/trip.zip");
        if (BackupList.Read(access.DataFolder) is not [.., var last])
        {
            return Finding.Stop("backup", about, Finding.Both("There is no copy of this data anywhere.", "Dữ liệu này chưa có bản sao nào."), todo);
        }

        var behind = store.Stats.Commit - last.Commit;
        if (behind > 0)
        {
            return Finding.Stop("backup", about, Finding.Both($"The newest copy ({last.MadeAt}) lacks what came after it.", $"Bản sao mới nhất ({last.MadeAt}) thiếu những gì đến sau đó."), todo);
        }

        return last.SameDisk
            ? Finding.Look("backup", about, Finding.Both($"Copied and verified ({last.MadeAt}), but onto the same disk.", $"Đã sao và kiểm tra ({last.MadeAt}), nhưng nằm cùng ổ đĩa."), todo)
            : Finding.Ready("backup", about, Finding.Both($"Copied to {last.File} and verified, {last.MadeAt}.", $"Đã sao ra {last.File} và kiểm tra, {last.MadeAt}."));
    }
}
