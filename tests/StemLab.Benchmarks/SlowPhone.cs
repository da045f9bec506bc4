using Microsoft.Playwright;

namespace StemLab.Benchmarks;

/// <summary>A phone of 360 px on the student's page: a fourth of this machine's speed and two megabits a second. Counts what it asks for until its first chart stands.</summary>
internal sealed class SlowPhone : IAsyncDisposable
{
    private const double MegabitBytes = 1_000_000 / 8.0;

    /// <summary>Looks at the page as each frame begins, so before it is drawn; what is there then, is drawn by that frame.</summary>
    private const string Watch = """
        window.charts = new Promise(resolve => {
          let firstMs = NaN, isFirst = true, isFound = false;
          const painted = new Promise(told => new PerformanceObserver((list, self) => { const entry = list.getEntriesByName('first-contentful-paint')[0]; if (entry) { self.disconnect(); told(entry.startTime); } }).observe({ type: 'paint', buffered: true }));
          const hasNumber = () => /[0-9]/.test(document.querySelector('#legend b')?.textContent ?? '');
          const picture = () => { const line = document.querySelector('#plot .first .line'); return line && line.getAttribute('d').length > 10 && line.getBoundingClientRect().width > 0; };
          const after = then => requestAnimationFrame(() => then(performance.now()));
          const frame = () => {
            const living = document.querySelector('#plot canvas') && hasNumber();
            if (!isFound && hasNumber() && (living || picture())) {
              isFound = true;
              if (isFirst) painted.then(ms => { firstMs = ms; }); else after(ms => { firstMs = ms; });
            }
            if (document.body) isFirst = false;
            if (living) after(livingMs => painted.then(() => setTimeout(() => resolve([firstMs, livingMs]))));
            else requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        });
        """;

    private readonly IBrowserContext _context;
    private readonly IPage _page;
    private readonly ICDPSession _devtools;

    private SlowPhone(IBrowserContext context, IPage page, ICDPSession devtools)
    {
        (_context, _page, _devtools) = (context, page, devtools);
        devtools.Event("Network.requestWillBeSent").OnEvent += (_, e) => Requested.Add(e!.Value.GetProperty("request").GetProperty("url").GetString()!);
        devtools.Event("Network.loadingFinished").OnEvent += (_, e) => Bytes += e!.Value.GetProperty("encodedDataLength").GetDouble();
    }

    /// <summary>Addresses asked for, without what stands in the markup itself.</summary>
    public int Requests => Requested.Count(url => !url.StartsWith("data:", StringComparison.Ordinal));

    private List<string> Requested { get; } = [];

    public double Bytes { get; private set; }

    public static async Task<SlowPhone> OpenAsync(IBrowser chromium, int port, bool isSlow)
    {
        var context = await chromium.NewContextAsync(new BrowserNewContextOptions { BaseURL = $"http://127.0.0.1:{port}/", Locale = "vi-VN", ViewportSize = new ViewportSize { Width = 360, Height = 740 }, IsMobile = true, HasTouch = true });
        var page = await context.NewPageAsync();
        var devtools = await context.NewCDPSessionAsync(page);
        await devtools.SendAsync("Network.enable");
        await devtools.SendAsync("Performance.enable");
        if (isSlow)
        {
            await SlowNetworkAsync(devtools);
            await devtools.SendAsync("Emulation.setCPUThrottlingRate", new() { ["rate"] = 4 });
        }

        return new SlowPhone(context, page, devtools);
    }

    /// <summary>
    /// From asking for the page until the first chart has been painted, and until the living one has: each a frame in which line and newest number stand.
    /// The first is the hub's own picture, or the living chart where there is none; it counts when the frame has been shown (where it was the first frame with anything in it, as the browser tells that),
    /// else when the next one begins. The living one counts when the next frame begins.
    /// </summary>
    public async Task<(double FirstMs, double LivingMs)> ChartMsAsync()
    {
        await _page.AddInitScriptAsync(Watch);
        await _page.GotoAsync("/lesson", new PageGotoOptions { WaitUntil = WaitUntilState.Commit });
        var told = await _page.EvaluateAsync<double[]>("() => window.charts");
        return (told[0], told[1]);
    }

    /// <summary>Share of the main thread the page keeps busy while readings come.</summary>
    public async Task<double> MainThreadPercentAsync(TimeSpan duration)
    {
        // What the page loads after its chart is not what living readings cost.
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System, CancellationToken.None);
        // Nor is what this program has the browser tell about every piece that comes over the network: a phone tells nobody.
        await _devtools.SendAsync("Network.disable");
        var before = await MetricAsync("TaskDuration");
        var started = TimeProvider.System.GetTimestamp();
        await Task.Delay(duration, TimeProvider.System, CancellationToken.None);
        var percent = (await MetricAsync("TaskDuration") - before) / TimeProvider.System.GetElapsedTime(started).TotalSeconds * 100;
        await _devtools.SendAsync("Network.enable");
        await SlowNetworkAsync(_devtools);
        return percent;
    }

    /// <summary>A station's page with as many of its channels in the chart as fit. From the tap on six hours until the chart spans them, and the longest of ten zooms in and out: from the tap until the next picture has been shown.</summary>
    /// <param name="agent">Resource name of the station's agent.</param>
    /// <param name="channels">How many it has.</param>
    public async Task<(double OpenMs, double ZoomMs)> SixHoursAsync(string agent, int channels)
    {
        await _page.GotoAsync($"/lesson?of={agent}");
        await _page.WaitForFunctionAsync("count => document.querySelectorAll('#cards .card').length >= count && document.querySelector('#plot canvas')", channels);
        var told = await _page.EvaluateAsync<double[]>(OpenAndZoom, channels);
        return (told[0], told[1]);
    }

    private const string OpenAndZoom = """
        async channels => {
          const { lesson } = await import(document.querySelector('script[type=module]').src);
          const chart = lesson.chart;
          const shown = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
          for (const card of document.querySelectorAll('#cards .card')) if (card.getAttribute('aria-pressed') !== 'true') card.click();
          await chart.running;
          await shown();
          const start = performance.now();
          document.querySelector('[data-span="360"]').click();
          await chart.running;
          await shown();
          const openMs = performance.now() - start;
          const lines = [...chart.tracks.values()];
          const [from, to] = chart.range();
          if (lines.length !== channels || to - from < 21000 || lines.some(line => line.t.length < 200 || line.t[0] > from + 300 || line.t[line.t.length - 1] < to - 300)) throw new Error('BUG: the chart does not span six hours of every channel');
          let zoomMs = 0;
          for (const way of [...Array(5).fill('in'), ...Array(5).fill('out')]) {
            const tap = performance.now();
            document.querySelector(`[data-do=${way}]`).click();
            await shown();
            zoomMs = Math.max(zoomMs, performance.now() - tap);
            await chart.running;
          }
          return [openMs, zoomMs];
        }
        """;

    /// <summary>How much the page's own memory grew while readings came, after everything it no longer needs is gone.</summary>
    public async Task<double> HeapGrowthMbAsync(TimeSpan duration)
    {
        await _page.EvaluateAsync("() => document.querySelector('[data-span=\"1\"]').click()");
        await Task.Delay(duration / 4, TimeProvider.System, CancellationToken.None);
        var before = await HeapAsync();
        await Task.Delay(duration, TimeProvider.System, CancellationToken.None);
        return (await HeapAsync() - before) / 1048576;
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private static async Task SlowNetworkAsync(ICDPSession devtools) =>
        await devtools.SendAsync("Network.emulateNetworkConditions", new() { ["offline"] = false, ["latency"] = 40, ["downloadThroughput"] = 2 * MegabitBytes, ["uploadThroughput"] = 2 * MegabitBytes });

    private async Task<double> HeapAsync()
    {
        await _devtools.SendAsync("HeapProfiler.collectGarbage");
        return (await _devtools.SendAsync("Runtime.getHeapUsage"))!.Value.GetProperty("usedSize").GetDouble();
    }

    private async Task<double> MetricAsync(string name) =>
        (await _devtools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray().First(metric => metric.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();
}
