using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using StemLab.Hub.Access;
using StemLab.TestKit;

namespace StemLab.Benchmarks;

/// <summary>
/// A class with its phones: what the student's page weighs, how soon its first chart stands on a slow phone, what forty phones cost the hub and how late they see a reading,
/// what twenty quick channels cost a phone, and whether its memory stays where it is.
/// </summary>
internal static class WebBench
{
    private const int Channels = 6;
    private const int ManyChannels = 20;
    private const int HzOfAChannel = 10;

    public static async Task RunAsync(Figures figures, Scale scale)
    {
        var build = await HubBuild.PublishedAsync(scale);
        using var folder = new BenchFolder();
        using var hub = await ServerProcess.StartHubAsync(build, folder.Path);
        using var owner = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{hub.HttpPort}/") };
        await PhonesAsync(figures, hub, folder.Path, owner, scale);
        using var load = new MqttLoad(hub.MqttPort, ManyChannels);
        load.Once(WriteOne);
        var weight = await PageWeight.OfAsync(owner, "/lesson");
        figures.AtMost("web_bytes_of_the_pupils_page", weight.Bytes, 60_000);
        if (scale == Scale.Smoke)
        {
            // A browser costs ten seconds, and the page tests use it all the time.
            return;
        }

        if (Servers.Find("chromium") is { } chromium)
        {
            await BrowserAsync(figures, hub, chromium, load, () => SixHours.ImportAsync(build, folder.Path, owner), scale);
        }
        else
        {
            await Console.Error.WriteLineAsync("no chromium here: what a phone's browser does is not measured (tests/install-servers)");
        }
    }

    /// <summary>Forty phones of a class, then two hundred, each with its one stream over the JSON face.</summary>
    private static async Task PhonesAsync(Figures figures, ServerProcess hub, string folder, HttpClient owner, Scale scale)
    {
        using var load = new MqttLoad(hub.MqttPort, Channels);
        var messages = new Messages(Channels);
        load.Once(messages.Write);
        var turn = scale.Of(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(60));
        var (phones, watchers) = (scale.Of(3, 40, 40), scale.Of(5, 200, 200));
        var (session, code) = await OpenClassAsync(owner, folder);
        await using var crowd = new PhoneCrowd(hub.HttpPort, session, code);
        await crowd.AddAsync(phones);
        load.Run(messages.Write, 50, Channels * HzOfAChannel, turn / 2);
        crowd.Begin();
        var before = hub.CpuSeconds;
        var result = load.Run(messages.Write, 50, Channels * HzOfAChannel, turn);
        figures.AtMost("web_hub_cpu_percent_of_a_core_40_phones_6_channels_10_hz", (hub.CpuSeconds - before) / result.Seconds * 100, 15);
        figures.AtMost("web_live_p95_ms_published_to_phone", crowd.Delays().Ms(0.95), 300);

        await crowd.AddAsync(watchers - phones);
        crowd.Begin();
        before = hub.CpuSeconds;
        result = load.Run(messages.Write, 50, Channels * HzOfAChannel, turn / 2);
        figures.AtLeast("web_watchers_that_see_every_reading", crowd.CountThatSaw(result.Acked), watchers);
        figures.Stated("web_hub_cpu_percent_of_a_core_200_watchers", (hub.CpuSeconds - before) / result.Seconds * 100);
        figures.Stated("web_live_p95_ms_200_watchers", crowd.Delays().Ms(0.95));
    }

    /// <summary>A class of one group that has the six channels.</summary>
    private static async Task<(string Session, string Code)> OpenClassAsync(HttpClient owner, string folder)
    {
        LocalSecret.ShowFrom(folder, owner);
        var lessons = await owner.GetFromJsonAsync<JsonElement>("v1/lessons");
        var opened = await PostAsync(owner, "v1/classSessions", new { lesson = lessons.GetProperty("lessons")[0].GetProperty("name").GetString(), groups = 1 });
        var session = opened.GetProperty("session").GetProperty("name").GetString()!;
        var state = await owner.GetFromJsonAsync<JsonElement>($"v1/{session}/class");
        var group = state.GetProperty("classState").GetProperty("groups")[0].GetProperty("key").GetString();
        var channels = (await owner.GetFromJsonAsync<JsonElement>("v1/channels")).GetProperty("channels").EnumerateArray()
            .Where(channel => channel.GetProperty("observedProperty").GetString() == "ph").Select(channel => channel.GetProperty("name").GetString()!).Take(Channels).ToArray();
        await PostAsync(owner, $"v1/{session}:setGroup", new { group, channels });
        return (session, opened.GetProperty("session").GetProperty("code").GetString()!);
    }

    private static async Task BrowserAsync(Figures figures, ServerProcess hub, string path, MqttLoad load, Func<Task<string>> addStation, Scale scale)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run", "--js-flags=--expose-gc"] });
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(() => { while (!stop.IsCancellationRequested) { load.Run(WriteOne, 50, ManyChannels * HzOfAChannel, TimeSpan.FromSeconds(1)); } });
        try
        {
            // The first visit starts the browser itself; the second is a phone's.
            await using (var warm = await SlowPhone.OpenAsync(chromium, hub.HttpPort, isSlow: false))
            {
                await warm.ChartMsAsync();
            }

            var (firsts, livings) = (new List<double>(), new List<double>());
            for (var i = 0; i < scale.Of(1, 3, 5); i++)
            {
                await using var phone = await SlowPhone.OpenAsync(chromium, hub.HttpPort, isSlow: true);
                var (firstMs, livingMs) = await phone.ChartMsAsync();
                firsts.Add(firstMs);
                livings.Add(livingMs);
                if (i == 0)
                {
                    figures.AtMost("web_requests_until_the_first_chart", phone.Requests, 10);
                    figures.AtMost("web_bytes_until_the_first_chart", phone.Bytes, 60_000);
                }
            }

            figures.AtMost("web_first_chart_ms_2_mbit_cpu_4", firsts.Order().ElementAt(firsts.Count / 2), 1_000);
            figures.Stated("web_living_chart_ms_2_mbit_cpu_4", livings.Order().ElementAt(livings.Count / 2));
            await using (var busy = await SlowPhone.OpenAsync(chromium, hub.HttpPort, isSlow: true))
            {
                await busy.ChartMsAsync();
                figures.AtMost("web_main_thread_percent_20_channels_10_hz_cpu_4", await busy.MainThreadPercentAsync(scale.Of(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(60))), 10);
                figures.AtMost(
                    scale == Scale.Full ? "web_heap_growth_mb_in_an_hour" : "web_heap_growth_mb_in_a_moment",
                    await busy.HeapGrowthMbAsync(scale.Of(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), TimeSpan.FromMinutes(60))),
                    1);
            }

            // Last: another station's channels would be told to every page above.
            await using var past = await SlowPhone.OpenAsync(chromium, hub.HttpPort, isSlow: true);
            var (openMs, zoomMs) = await past.SixHoursAsync(await addStation(), SixHours.Channels);
            figures.AtMost("web_6_hours_open_ms_cpu_4", openMs, 1_000);
            figures.Stated("web_6_hours_zoom_longest_ms_cpu_4", zoomMs);
        }
        finally
        {
            await stop.CancelAsync();
            await sending;
        }
    }

    /// <summary>One channel a device, so that twenty devices are twenty cards: <c>{"ph":7.12}</c>.</summary>
    private static (int Topic, int Payload) WriteOne(int connection, long number, Span<byte> into)
    {
        Span<byte> topic = stackalloc byte[32];
        System.Text.Encoding.UTF8.TryGetBytes($"lab/pond{connection:D3}/water", topic, out var length);
        topic[..length].CopyTo(into);
        var payload = "{\"ph\":7.00}"u8;
        payload.CopyTo(into[length..]);
        into[length + 8] = (byte)('0' + (number / 10 % 10));
        into[length + 9] = (byte)('0' + (number % 10));
        return (length, payload.Length);
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        using var parsed = answer.IsSuccessStatusCode ? JsonDocument.Parse(text) : throw new InvalidOperationException($"{path}: {text}");
        return parsed.RootElement.Clone();
    }

    /// <summary>Phones of one class, each with a seat and one open stream of lines, in the benchmark's process.</summary>
    private sealed class PhoneCrowd(int port, string session, string code) : IAsyncDisposable
    {
        private readonly SocketsHttpHandler _sockets = new() { MaxConnectionsPerServer = 1_000, UseCookies = false };
        private readonly CancellationTokenSource _stop = new();
        private readonly List<Phone> _phones = [];
        private readonly List<Task> _reading = [];

        public async Task AddAsync(int count)
        {
            using var door = new HttpClient(_sockets, disposeHandler: false) { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
            for (var i = 0; i < count; i++)
            {
                var joined = await JoinAsync(door);
                var client = new HttpClient(_sockets, disposeHandler: false) { BaseAddress = door.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", joined);
                var phone = new Phone();
                _phones.Add(phone);
                _reading.Add(Task.Run(() => phone.ReadAsync(client, session, _stop.Token)));
            }
        }

        public void Begin() => _phones.ForEach(phone => phone.Begin());

        public Durations Delays()
        {
            var all = new Durations();
            _phones.ForEach(phone => phone.AddTo(all));
            return all;
        }

        /// <summary>Phones that saw at least so many readings since <see cref="Begin"/>, but for those of the last message.</summary>
        public int CountThatSaw(long readings) => _phones.Count(phone => phone.Seen >= readings * 0.9);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_reading);
            _sockets.Dispose();
            _stop.Dispose();
        }

        /// <summary>The door lets a class in at once and then two a second: whoever comes later waits as he is told to.</summary>
        private async Task<string> JoinAsync(HttpClient door)
        {
            while (true)
            {
                using var answer = await door.PostAsJsonAsync("v1/classSessions:join", new { code, asToken = true });
                if (answer.IsSuccessStatusCode)
                {
                    return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
                }

                if ((int)answer.StatusCode != 429)
                {
                    throw new InvalidOperationException(await answer.Content.ReadAsStringAsync());
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    /// <summary>One phone. Its own task, under its lock.</summary>
    private sealed class Phone
    {
        private readonly Lock _gate = new();
        private Durations _delays = new();

        public long Seen
        {
            get
            {
                lock (_gate)
                {
                    return _delays.Count;
                }
            }
        }

        public void Begin()
        {
            lock (_gate)
            {
                _delays = new Durations();
            }
        }

        public void AddTo(Durations all)
        {
            lock (_gate)
            {
                all.Add(_delays);
            }
        }

        public async Task ReadAsync(HttpClient client, string session, CancellationToken cancellationToken)
        {
            using var owned = client;
            try
            {
                using var lines = new StreamReader(await client.GetStreamAsync($"v1/{session}:watch?minIntervalUs=200000", cancellationToken));
                while (await lines.ReadLineAsync(cancellationToken) is { } line)
                {
                    Take(line, MqttLoad.NowUs);
                }
            }
            catch (OperationCanceledException)
            {
                // Left on purpose.
            }
        }

        private void Take(string line, long nowUs)
        {
            using var message = JsonDocument.Parse(line.Length == 0 ? "{}" : line);
            if (!message.RootElement.TryGetProperty("readings", out var readings) || !readings.TryGetProperty("blocks", out var blocks))
            {
                return;
            }

            lock (_gate)
            {
                foreach (var block in blocks.EnumerateArray())
                {
                    var timeUs = long.Parse(block.GetProperty("baseTimeUs").ToString(), System.Globalization.CultureInfo.InvariantCulture);
                    foreach (var gap in block.GetProperty("deltaTimeUs").EnumerateArray())
                    {
                        timeUs += long.Parse(gap.ToString(), System.Globalization.CultureInfo.InvariantCulture);
                        _delays.Add(nowUs - timeUs);
                    }
                }
            }
        }
    }
}
