using StemLab.Hub.Access;
using StemLab.Hub.Classroom;
using StemLab.Hub.Clocks;
using StemLab.Hub.Derive;
using StemLab.Hub.Fleet;
using StemLab.Hub.Query;
using StemLab.Hub.TimeKeeping;
using StemLab.Store;
using StemLab.V1;
using QcFlag = StemLab.V1.QcFlag;
using TimeState = StemLab.V1.TimeState;

namespace StemLab.Hub.Preflight;

/// <summary>"Ready to sail?": everything that spoils a trip when it is found out on the water. Safe from any thread.</summary>
internal sealed class BeforeTrip(
    ClockView clocks, ProbeCare probes, DryRun dryRun, ObservationStore store, DerivationBook derivations, ReadingQuery query, FleetBook fleet, HubClock clock, HubOrigin origin, ClassSessions sessions, AccessOptions access)
{
    private const double StopFreeMB = 200;
    private const double LookFreeMB = 1_000;
    private const long LateUs = 10 * 60_000_000L;
    private const long LeastStaleUs = 10_000_000;

    /// <summary>Looks at everything; worst first.</summary>
    public async Task<GetPreflightResponse> CheckAsync(CancellationToken cancellationToken)
    {
        var time = clocks.Now();
        List<PreflightLine> lines = [Time(time)];
        using (var snapshot = store.Snapshot())
        {
            snapshot.OnDamage = static _ => { };
            var derivation = derivations.Current;
            var latest = derivation.Channels.Where(channel => !channel.Unclaimed && !channel.Recorded).ToDictionary(channel => channel, channel => query.LatestOf(snapshot, derivation, channel));
            var agents = fleet.Current.Agents.Where(agent => agent.Standing == AgentStanding.Active && !agent.Unclaimed && !agent.IsRecording).OrderBy(agent => agent.Slug, StringComparer.Ordinal).ToArray();
            lines.AddRange(agents.SelectMany(agent => Agent(agent, [.. latest.Where(pair => pair.Key.Agent == agent.Id)])));
            lines.AddRange(latest.Keys.Where(ProbeCare.Drifts).Select(channel => probes.Before(derivation, channel)));
            if (agents.Length == 0)
            {
                lines.Add(Finding.Stop("agent", Finding.Both("Agents", "Thiết bị"), Finding.Both("No agent belongs to this hub yet.", "Trạm này chưa có thiết bị nào."), Finding.Both("Add one; it takes two minutes.", "Hãy thêm một thiết bị; chỉ mất hai phút."), "/agents/add"));
            }
        }

        lines.Add(Room());
        lines.Add(await StoreAsync(cancellationToken));
        lines.Add(await ExportAsync(time.HasUtcUs ? time.UtcUs : null, cancellationToken));
        lines.Add(Network());
        lines.Add(Phones());
        var answer = new GetPreflightResponse { Light = Finding.WorstOf(lines) };
        answer.Lines.AddRange(Finding.InOrder(lines));
        if (time.HasUtcUs)
        {
            answer.UtcUs = time.UtcUs;
        }

        return answer;
    }

    private static PreflightLine Time(GetTimeResponse time)
    {
        var about = Finding.Both("Time", "Giờ");
        var found = time.Sentence ?? Finding.Both("The time is not known.", "Chưa biết giờ.");
        return time.TimeState == TimeState.Anchored && time.SigmaUs <= 5_000_000
            ? Finding.Ready("time", about, found)
            : Finding.Look("time", about, found, Finding.Both("Open any page of the hub on five phones, or say the time yourself.", "Mở một trang bất kỳ của trạm trên năm điện thoại, hoặc tự cho trạm biết giờ."), "/time");
    }

    private IEnumerable<PreflightLine> Agent(FleetAgent agent, KeyValuePair<ChannelView, Reading?>[] channels)
    {
        // At a site it is called by the site, in each language; elsewhere by what it says of itself.
        var about = PlaceNames.SiteOf(derivations.Current, agent.Id) is { } site && PlaceNames.Of(site) is var place
            ? Finding.Both($"{agent.Slug} ({place.En})", $"{agent.Slug} ({place.Vi})")
            : Finding.Same(agent.Description.Length > 0 ? $"{agent.Slug} ({agent.Description})" : agent.Slug);
        var presence = fleet.PresenceOf(agent.Id);
        if (!presence.Online)
        {
            yield return presence.LastSeenUs is { } seen
                ? Finding.Stop("agent", about, Finding.With(Math.Max(1, Math.Round((clock.NowUs() - seen) / 6e7)), 0, "It is not connected; last heard {0} min ago.", "Không kết nối; nghe thấy lần cuối {0} phút trước."), SwitchOn, "/agents")
                : Finding.Stop("agent", about, Finding.Both("It has not been heard since the hub started.", "Chưa nghe thấy nó từ khi trạm khởi động."), SwitchOn, "/agents");
            yield break;
        }

        yield return Health(about, presence, Value);
        yield return Channels(about, [.. channels.Where(pair => pair.Key.Port != "agent")]);

        double? Value(string property) => channels.FirstOrDefault(pair => pair.Key.PropertyId == property && pair.Value is { HasValue: true }).Value?.Value;
    }

    private static Sentence SwitchOn => Finding.Both("Switch it on near the hub and wait for its slow double flash or its name here; if it stays away, look at its battery and its Wi-Fi.", "Bật nó gần trạm và đợi tên nó hiện ở đây; nếu vẫn không thấy, hãy xem pin và Wi-Fi của nó.");

    private static PreflightLine Health(Sentence about, AgentPresence presence, Func<string, double?> value)
    {
        var free = value("disk_free") / 1e6;
        if (free < StopFreeMB)
        {
            return Finding.Stop("agent", about, Finding.With(free.Value, 0, "Its card has only {0} MB free.", "Thẻ nhớ của nó chỉ còn trống {0} MB."), Finding.Both("Let it send everything to the hub, then free its card or use a bigger one.", "Để nó gửi hết về trạm, rồi dọn thẻ hoặc dùng thẻ lớn hơn."), "/agents");
        }

        if (value("undervoltage") >= 1)
        {
            return Finding.Stop("agent", about, Finding.Both("Its power supply is too weak.", "Nguồn điện của nó quá yếu."), Finding.Both("Use a shorter cable or another power bank; charge it tonight.", "Dùng dây ngắn hơn hoặc sạc dự phòng khác; hãy sạc đầy tối nay."));
        }

        if (Battery(about, value("battery_voltage")) is { } battery)
        {
            return battery;
        }

        if (presence.OldestUnreceiptedUs is > LateUs)
        {
            return Finding.Look("agent", about, Finding.With(presence.OldestUnreceiptedUs.Value / 6e7, 0, "It still has readings to send, the oldest {0} min old.", "Nó còn số đo chưa gửi, cũ nhất {0} phút."), Finding.Both("Leave it on near the hub until this line is green.", "Để nó bật gần trạm cho đến khi dòng này xanh."), "/agents");
        }

        if (value("rows_lost") is > 0 and var lost)
        {
            return Finding.Look("agent", about, Finding.With(lost, 0, "Since it was switched on it had to give up {0} readings.", "Từ khi bật, nó đã phải bỏ {0} số đo."), Finding.Both("Look at its card: it is full, or broken.", "Hãy xem thẻ nhớ: có thể đã đầy hoặc hỏng."), "/agents");
        }

        if (free < LookFreeMB)
        {
            return Finding.Look("agent", about, Finding.With(free.Value, 0, "Its card has {0} MB free: enough for the trip, not for many.", "Thẻ nhớ còn trống {0} MB: đủ cho chuyến này, không đủ cho nhiều chuyến."), Finding.Both("Free its card after the trip.", "Dọn thẻ sau chuyến đi."), "/agents");
        }

        var room = free is { } mb ? Finding.With(mb / 1000, 1, ", {0} GB free", ", còn trống {0} GB") : Finding.Same("");
        return Finding.Ready("agent", about, value("battery_voltage") is { } volts
            ? Finding.Both($"Connected, nothing waiting{room.En}, battery {Finding.Number(volts, 1, "en")} V.", $"Đang nối, không có gì chờ{room.Vi}, pin {Finding.Number(volts, 1, "vi")} V.")
            : Finding.Both($"Connected, nothing waiting{room.En}. Its battery is not measured: charge it anyway.", $"Đang nối, không có gì chờ{room.Vi}. Pin không được đo: cứ sạc đầy."));
    }

    /// <summary>A rule of thumb, by the kind of battery the voltage tells: one lithium cell below 6 V, lead or four lithium cells from 10 V on. Null = nothing to say.</summary>
    private static PreflightLine? Battery(Sentence about, double? volts)
    {
        var (look, stop) = volts switch
        {
            < 6 => (3.7, 3.5),
            >= 9 and < 16 => (12.2, 11.8),
            _ => (0.0, 0.0),
        };
        if (volts is not { } known || known >= look)
        {
            return null;
        }

        var found = Finding.With(known, 1, "Its battery has {0} V left.", "Pin của nó còn {0} V.");
        var todo = Finding.Both("Charge it tonight, or take a second one along.", "Sạc đầy tối nay, hoặc mang theo pin dự phòng.");
        return known < stop ? Finding.Stop("agent", about, found, todo) : Finding.Look("agent", about, found, todo);
    }

    private static PreflightLine Channels(Sentence about, KeyValuePair<ChannelView, Reading?>[] channels)
    {
        var silent = channels.Where(pair => pair.Value is not { HasValue: true } || (pair.Value.HasAgeUs && pair.Value.AgeUs > Math.Max(LeastStaleUs, 3 * pair.Key.IntervalUs))).Select(pair => pair.Key).ToArray();
        if (channels.Length == 0 || silent.Length == channels.Length)
        {
            return Finding.Stop("channels", about, Finding.Both("No probe of it gives readings now.", "Hiện không đầu đo nào của nó cho số đo."), Finding.Both("Plug its probes in and wait for half a minute.", "Cắm đầu đo vào và đợi nửa phút."), "/agents");
        }

        var wrong = channels.Where(pair => pair.Value is { Flag: QcFlag.Fail or QcFlag.Suspect }).ToArray();
        if (silent.Length > 0)
        {
            return Finding.Stop("channels", about, List("Silent now", "Đang im lặng", silent), Finding.Both("Plug it in again; if it stays silent, take a spare probe.", "Cắm lại; nếu vẫn im, hãy mang đầu đo dự phòng."), $"/{silent[0].Name}");
        }

        if (wrong.Length > 0)
        {
            return Finding.Look("channels", about, List("Not plausible now", "Số đo chưa hợp lý", [.. wrong.Select(pair => pair.Key)]), Finding.Both("Is the probe in air, or its cap still on? Tap to see what the test says.", "Đầu đo có đang ở ngoài không khí, hay còn nắp đậy? Chạm để xem phép thử nói gì."), $"/{wrong[0].Key.Name}");
        }

        return Finding.Ready("channels", about, Finding.With(channels.Length, 0, "Each of {0} channels gives plausible readings.", "Cả {0} đại lượng đều cho số đo hợp lý."));
    }

    private static Sentence List(string english, string vietnamese, ChannelView[] channels) => Finding.Both(
        $"{english}: {string.Join(", ", channels.Select(channel => channel.Property?.NameEn ?? channel.Port))}.", $"{vietnamese}: {string.Join(", ", channels.Select(channel => channel.Property?.NameVi ?? channel.Port))}.");

    private PreflightLine Room()
    {
        var about = Finding.Both("Hub", "Trạm");
        var freeGB = new DriveInfo(access.DataFolder).AvailableFreeSpace / 1e9;
        var found = Finding.With(freeGB, 1, "{0} GB free on the hub's disk.", "Ổ đĩa của trạm còn trống {0} GB.");
        var todo = Finding.Both("Free the disk: readings need about 1 GB for a season.", "Hãy dọn ổ đĩa: số đo cần khoảng 1 GB cho một mùa.");
        return freeGB switch
        {
            < 0.2 => Finding.Stop("store", about, found, todo),
            < 1 => Finding.Look("store", about, found, todo),
            _ => Finding.Ready("store", about, found),
        };
    }

    private async Task<PreflightLine> StoreAsync(CancellationToken cancellationToken)
    {
        var about = Finding.Both("Store", "Kho dữ liệu");
        if (!store.Health.IsWritable)
        {
            return Finding.Stop("store", about, Finding.Both(store.Health.Trouble ?? "The store takes nothing now.", $"Kho dữ liệu không nhận số đo ({store.Health.Trouble})."), Finding.Both("Do not sail: free the disk or start the hub again.", "Đừng ra khơi: hãy dọn ổ đĩa hoặc khởi động lại trạm."));
        }

        try
        {
            var took = await dryRun.StoreAsync(cancellationToken);
            return Finding.Ready("store", about, Finding.With(took.TotalSeconds, 1, "1,000 trial readings were written, read back and checked in {0} s.", "Đã ghi thử 1.000 số đo, đọc lại và kiểm tra trong {0} giây."));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
        {
            return Finding.Stop("store", about, Finding.Both($"Trial readings could not be kept: {failed.Message}", $"Không lưu được số đo thử: {failed.Message}"), Finding.Both("Do not sail with this disk: use another machine or another disk.", "Đừng ra khơi với ổ đĩa này: hãy dùng máy khác hoặc ổ khác."));
        }
    }

    private async Task<PreflightLine> ExportAsync(long? utcUs, CancellationToken cancellationToken)
    {
        var about = Finding.Both("Reading back", "Đọc lại");
        var (readings, channels) = await dryRun.ReadAsync(utcUs, cancellationToken);
        return readings > 0
            ? Finding.Ready("export", about, Finding.Both(
                $"{Finding.Number(readings, 0, "en")} readings of the last hour came back with time, value and flag, from {channels} channels.", $"Đọc lại được {Finding.Number(readings, 0, "vi")} số đo của giờ vừa qua, đủ giờ, giá trị và cờ, từ {channels} đại lượng."))
            : Finding.Look("export", about, Finding.Both("There is no reading of the last hour to try it with.", "Giờ vừa qua không có số đo nào để thử."), Finding.Both("Switch an agent on for a minute and look again.", "Bật một thiết bị trong một phút rồi xem lại."), "/agents");
    }

    private PreflightLine Network()
    {
        var about = Finding.Both("Wi-Fi", "Wi-Fi");
        return origin.IsOnNetwork
            ? Finding.Ready("network", about, Finding.Both($"Phones reach the hub at {origin.UrlForPhones(origin.PageUrl)}", $"Điện thoại vào trạm tại {origin.UrlForPhones(origin.PageUrl)}"))
            : Finding.Stop("network", about, Finding.Both("Only this machine reaches the hub.", "Chỉ máy này vào được trạm."), Finding.Both("Start it with: stemlab serve --listen 0.0.0.0 --plain pages,mqtt", "Hãy khởi động bằng lệnh: stemlab serve --listen 0.0.0.0 --plain pages,mqtt"));
    }

    private PreflightLine Phones()
    {
        var about = Finding.Both("Phones", "Điện thoại");
        var seats = sessions.Open.Sum(session => sessions.SeatsOf(session.Id).Length);
        if (sessions.Open.Count == 0)
        {
            return Finding.Look("phones", about, Finding.Both("No class session is open.", "Chưa mở buổi học nào."), Finding.Both("Open one, print the join cards, and try with one phone.", "Hãy mở một buổi, in thẻ tham gia và thử với một điện thoại."), "/class");
        }

        return seats == 0
            ? Finding.Look("phones", about, Finding.Both("A session is open, no phone has joined yet.", "Đã mở buổi học, chưa điện thoại nào vào."), Finding.Both("Try with one phone: scan the join card.", "Hãy thử với một điện thoại: quét thẻ tham gia."), "/preflight/cards")
            : Finding.Ready("phones", about, Finding.With(seats, 0, "{0} phones have joined.", "{0} điện thoại đã vào."));
    }
}
