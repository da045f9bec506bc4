using System.Security.Claims;
using Microsoft.AspNetCore.WebUtilities;
using StemLab.Wire;

namespace StemLab.Hub.Access;

/// <summary>What a wall display may read: all channels (<c>/</c>), those of one agent (<c>/?agent=…</c>), or one channel (its page). Immutable, pure.</summary>
/// <param name="Agent">32 hex digits; empty = not bound to one.</param>
/// <param name="Channel">Resource name; empty = not bound to one.</param>
internal sealed record BoardScope(string Agent, string Channel)
{
    /// <summary>Path of a page of another kind, whose readings come by rpcs of its own; empty for a board of channels.</summary>
    private string Page { get; init; } = "";

    /// <summary>Every channel stands on the board.</summary>
    public bool IsWhole => Agent.Length == 0 && Channel.Length == 0;

    /// <summary>The channels it may read, as a question names them.</summary>
    public string Selection => Channel.Length > 0 ? Channel : Agent.Length > 0 ? $"agents/{Agent}/channels/-" : "agents/-/channels/-";

    /// <summary>Reads the path of a board; false for a page no display shows.</summary>
    public static bool TryParse(string board, out BoardScope scope)
    {
        string path = Uri.UnescapeDataString(board.Split('?', '#')[0]);
        scope = new BoardScope("", "");
        if (path == "/")
        {
            string agent = AgentOf(board);
            scope = scope with { Agent = agent };
            return agent.Length == 0 || Id128.TryParse(agent, out _);
        }

        bool isChannel = path.Split('/') is ["", "agents", var id, "channels", { Length: > 0 } and not "-"] && Id128.TryParse(id, out _);
        scope = scope with { Channel = path[1..] };
        return isChannel;
    }

    /// <summary>The scope of a caller who is a display; null for everybody else. A page of another kind holds no channel.</summary>
    public static BoardScope? Of(ClaimsPrincipal caller) => !caller.IsInRole(Roles.Kiosk)
        ? null
        : Of(caller.FindFirstValue(HubAuthentication.ScopeClaim) ?? "/");

    /// <summary>True for a question the display may ask: its own channels, one of them, or all (which then means its own).</summary>
    public bool Holds(string asked) => IsWhole || asked == Selection || (Agent.Length > 0 && asked.StartsWith($"agents/{Agent}/channels/", StringComparison.Ordinal));

    /// <summary>True for the page a display shows.</summary>
    public bool IsPage(HttpRequest request) => Page.Length > 0 ? request.Path == Page : Channel.Length > 0 ? request.Path == $"/{Channel}" : request.Path == "/" && request.Query["agent"].ToString() == Agent;

    private static BoardScope Of(string board) => TryParse(board, out BoardScope scope) ? scope : new BoardScope("", "none") { Page = board.Split('?', '#')[0] };

    private static string AgentOf(string board)
    {
        int question = board.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? "" : QueryHelpers.ParseQuery(board[question..].Split('#')[0]).GetValueOrDefault("agent").ToString();
    }
}
