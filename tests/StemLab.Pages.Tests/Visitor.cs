using Microsoft.Playwright;

namespace StemLab.Pages;

/// <summary>Somebody with a browser: keeps what went wrong on the page and what it asked other hosts for.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext context;

    internal Visitor(IBrowserContext context, IPage page, string hub, string language)
    {
        this.context = context;
        Page = page;
        Language = language;
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(hub, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal))
            {
                Outside.Add(request.Url);
            }
        };
        page.Response += (_, answer) =>
        {
            if (answer.Status >= 400)
            {
                Refused.Add($"{answer.Status} {answer.Request.Method} {answer.Url}");
            }
        };
        page.PageError += (_, error) => Troubles.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                Troubles.Add(message.Text);
            }
        };
    }

    public IPage Page { get; }

    public string Language { get; }

    /// <summary>Requests that went to another host.</summary>
    public List<string> Outside { get; } = [];

    /// <summary>Requests that were answered with 4xx or 5xx.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Errors of scripts and of loading.</summary>
    public List<string> Troubles { get; } = [];

    /// <summary>The text in the visitor's language.</summary>
    public string Say(string english, string vietnamese) => Language == "vi" ? vietnamese : english;

    public Task<IResponse?> OpenAsync(string path) => Page.GotoAsync(path);

    /// <summary>The same browser, as if it had never been here: what pages keep in it is gone, and what was noted of the page before. Languages and files fetched stay.</summary>
    internal async Task ForgetAsync()
    {
        // By way of a word of the hub's own, not of about:blank: on the same site the browser keeps its process, and with it what it has compiled.
        await Page.GotoAsync("/livez");
        await Page.EvaluateAsync("() => { localStorage.clear(); sessionStorage.clear(); }");
        Outside.Clear();
        Troubles.Clear();
        Refused.Clear();
    }

    /// <summary>Keeps what is seen now as a picture in the folder named by STEMLAB_SCREENSHOTS, for people to look at; without it does nothing.</summary>
    internal async Task KeepAsync(string what)
    {
        if (Environment.GetEnvironmentVariable("STEMLAB_SCREENSHOTS") is { Length: > 0 } folder)
        {
            var width = Page.ViewportSize?.Width ?? 0;
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{what}-{Language}-{width}.png"), FullPage = true });
        }
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
