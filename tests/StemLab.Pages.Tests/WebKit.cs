using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using StemLab.TestKit;

namespace StemLab.Pages;

/// <summary>Somebody with WebKit: Debian's WebKitGTK in its own small browser, on a screen that nobody sees, asked by the W3C's WebDriver. Its driver tells neither the console nor refused requests: errors of scripts are known from the moment a page stands.</summary>
internal sealed class WebKit : IAsyncDisposable
{
    public const string Driver = "WebKitWebDriver";
    public const string Screen = "Xvfb";

    private const string Element = "element-6066-11e4-a52e-4f735466cecf";

    /// <summary>Without it the browser's own bar is wider than a phone.</summary>
    private const string SmallBar = "toolbar, toolbar *, headerbar, headerbar *, entry, button { min-width: 0; padding: 0; margin: 0; border-width: 0; font-size: 6px; }";

    private readonly TempFolder folder = new();
    private readonly HttpClient http = new();
    private readonly string hub;
    private readonly string language;
    private RealProcess? screen;
    private RealProcess? driver;
    private string session = "";

    private WebKit(string hub, string language) => (this.hub, this.language) = (hub, language);

    /// <summary>Where the browser puts what it downloads.</summary>
    public string Home => folder.Path;

    /// <summary>A fresh visitor: a phone of 360 px or a desktop of 1280 px, in one language.</summary>
    public static async Task<WebKit> VisitAsync(string hub, string language, string size)
    {
        var one = new WebKit(hub, language);
        try
        {
            await one.StartAsync(size == "phone" ? (360, 740) : (1280, 900));
        }
        catch
        {
            await one.DisposeAsync();
            throw;
        }

        return one;
    }

    /// <summary>The text in the visitor's language.</summary>
    public string Say(string english, string vietnamese) => language == "vi" ? vietnamese : english;

    /// <summary>Opens a page in the visitor's language.</summary>
    public async Task OpenAsync(string path)
    {
        await GoAsync(new Uri(new Uri(hub), $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}lang={language}").AbsoluteUri);
        await ListenAsync();
    }

    public Task GoAsync(string url) => AskAsync(HttpMethod.Post, $"{session}/url", new { url });

    public async Task ReloadAsync()
    {
        await AskAsync(HttpMethod.Post, $"{session}/refresh", new { });
        await ListenAsync();
    }

    /// <summary>Listens to errors of the page that stands now; for one that was come to by a link.</summary>
    public Task ListenAsync() =>
        RunAsync("window.troubles = []; addEventListener('error', (e) => window.troubles.push(e.message)); addEventListener('unhandledrejection', (e) => window.troubles.push(String(e.reason)))");

    /// <summary>What a body of a function gives.</summary>
    public Task<JsonElement> RunAsync(string script, params object[] args) => AskAsync(HttpMethod.Post, $"{session}/execute/sync", new { script, args });

    /// <summary>Waits until an expression is true.</summary>
    public Task UntilAsync(string expression) => Eventually.True(async () => (await RunAsync($"return Boolean({expression})")).GetBoolean(), expression);

    /// <summary>Waits until an element says a text.</summary>
    public Task SaysAsync(string css, string text) => Eventually.Get(async () => await TextAsync(css), said => said.Contains(text, StringComparison.Ordinal), $"{css} says {text}");

    public async Task<string> TextAsync(string css) => (await RunAsync("const of = document.querySelector(arguments[0]); return of ? of.textContent.trim() : ''", css)).GetString()!;

    /// <summary>Clicks as a mouse does, as soon as the element can be seen and stands still.</summary>
    public async Task ClickAsync(string css)
    {
        var last = "";
        await Eventually.True(
            async () =>
            {
                var before = last;
                last = (await RunAsync("const of = document.querySelector(arguments[0]); if (of) of.scrollIntoView({ block: 'center' }); return of && of.getClientRects().length ? JSON.stringify(of.getBoundingClientRect()) : ''", css)).GetString()!;
                return last.Length > 0 && last == before;
            },
            $"{css} standing still");
        await AskAsync(HttpMethod.Post, $"{session}/element/{await FindAsync(css)}/click", new { });
    }

    /// <summary>Types into a field, after what was in it is gone.</summary>
    public async Task FillAsync(string css, string text)
    {
        var field = await FindAsync(css);
        await AskAsync(HttpMethod.Post, $"{session}/element/{field}/clear", new { });
        await AskAsync(HttpMethod.Post, $"{session}/element/{field}/value", new { text });
    }

    /// <summary>Chooses of a list, as far as the page can tell.</summary>
    public Task SelectAsync(string css, string value) =>
        RunAsync("const of = document.querySelector(arguments[0]); of.value = arguments[1]; of.dispatchEvent(new Event('input', { bubbles: true })); of.dispatchEvent(new Event('change', { bubbles: true }))", css, value);

    /// <summary>Draws a line over an element, from its upper left to its lower right.</summary>
    public async Task DrawAsync(string css)
    {
        var box = await RunAsync("const of = document.querySelector(arguments[0]); of.scrollIntoView({ block: 'center' }); const box = of.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]", css);
        var (left, top, width, height) = (box[0].GetDouble(), box[1].GetDouble(), box[2].GetDouble(), box[3].GetDouble());
        object Move(int step) => new { type = "pointerMove", duration = 20, origin = "viewport", x = (int)(left + 10 + ((width - 20) * step / 8)), y = (int)(top + 20 + ((height - 50) * step / 8)) };
        object[] actions = [Move(0), new { type = "pointerDown", button = 0 }, .. Enumerable.Range(1, 8).Select(Move), new { type = "pointerUp", button = 0 }];
        await AskAsync(HttpMethod.Post, $"{session}/actions", new { actions = (object[])[new { type = "pointer", id = "mouse", parameters = new { pointerType = "mouse" }, actions }] });
    }

    /// <summary>What is wrong with the page that is open: errors of scripts since it stands, a text that is missing, scrolling sideways. Empty = nothing.</summary>
    public async Task<string[]> TroublesAsync() =>
    [
        .. (await RunAsync("""
            const found = window.troubles.slice();
            if (document.documentElement.scrollWidth > innerWidth) found.push(`scrolls sideways: ${document.documentElement.scrollWidth} of ${innerWidth}`);
            if (document.querySelectorAll('h1').length !== 1) found.push('has not one h1');
            return found.concat(document.body.innerText.match(/.*(undefined|NaN|\{\d\}).*/g) || []);
            """)).EnumerateArray().Select(trouble => trouble.GetString()!),
    ];

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (session.Length > 0)
            {
                // The browser goes with its session.
                using var answer = await http.DeleteAsync(new Uri(session, UriKind.Relative));
            }
        }
        catch (HttpRequestException)
        {
            // The driver has gone: the test has failed for it already.
        }
        finally
        {
            foreach (var process in (RealProcess?[])[driver, screen])
            {
                await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
            }

            http.Dispose();
            folder.Dispose();
        }
    }

    private async Task StartAsync((int Width, int Height) size)
    {
        Directory.CreateDirectory(folder.File("gtk-3.0"));
        await File.WriteAllTextAsync(folder.File("gtk-3.0/gtk.css"), SmallBar, TestContext.Current.CancellationToken);
        var display = await StartScreenAsync();
        var port = FixedPort.Choose();
        driver = RealProcess.Start(Servers.PathOf(Driver), ["-p", port.ToString(CultureInfo.InvariantCulture)], new Dictionary<string, string>
        {
            ["DISPLAY"] = $":{display}",
            ["GDK_BACKEND"] = "x11",
            ["HOME"] = folder.Path,
            ["XDG_CONFIG_HOME"] = folder.Path,
            ["XDG_CACHE_HOME"] = folder.Path,
            ["XDG_DATA_HOME"] = folder.Path,
            ["XDG_RUNTIME_DIR"] = folder.Path,
            ["LANG"] = "en_GB.UTF-8",
            ["LIBGL_ALWAYS_SOFTWARE"] = "1",
            ["NO_AT_BRIDGE"] = "1",
            ["TZ"] = "Asia/Ho_Chi_Minh",
        });
        http.BaseAddress = new Uri($"http://127.0.0.1:{port}/");
        await Eventually.True(async () => (await AskAsync(HttpMethod.Get, "status")).GetProperty("ready").GetBoolean(), $"{Driver} listening");
        session = $"session/{(await AskAsync(HttpMethod.Post, "session", new { capabilities = new { } })).GetProperty("sessionId").GetString()}";
        await AskAsync(HttpMethod.Post, $"{session}/window/rect", new { x = 0, y = 0, width = size.Width, height = size.Height });
    }

    /// <summary>The number it found free.</summary>
    private Task<string> StartScreenAsync()
    {
        screen = RealProcess.Start(Servers.PathOf(Screen), ["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
        return Eventually.Get(
            () => screen.HasExited ? throw new InvalidOperationException($"{Screen} ended: {screen.Output}") : Task.FromResult(screen.Output.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out _))), number => number.Length > 0, $"{Screen} ready");
    }

    private async Task<string> FindAsync(string css) => (await AskAsync(HttpMethod.Post, $"{session}/element", new { @using = "css selector", value = css })).GetProperty(Element).GetString()!;

    private async Task<JsonElement> AskAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        using var parsed = JsonDocument.Parse(text);
        return parsed.RootElement.GetProperty("value").Clone();
    }
}
