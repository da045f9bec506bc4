using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>The half for tokens, displays and the audit log.</summary>
internal sealed partial class AccessRpc
{
    private const string TokenType = "stemlab.dev/Token";
    private const int DefaultEntries = 100;
    private const int MostEntries = 500;

    [Authorize(Policies.Admin)]
    public override Task<CreateTokenResponse> CreateToken(CreateTokenRequest request, ServerCallContext context)
    {
        MustBeSetUp();
        var name = Name("display_name", request.DisplayName);
        if (request.Days > TokenBook.MostDays || (request.Days == 0 && request.Role != Roles.Kiosk))
        {
            throw Rpc.InvalidArgument("days", $"is {request.Days}; give 1 to {TokenBook.MostDays}", $"là {request.Days}; cần 1 đến {TokenBook.MostDays}");
        }

        TimeSpan? lasts = request.Days == 0 ? null : TimeSpan.FromDays(request.Days);
        switch (request.Role)
        {
            case Roles.Researcher:
                if (request.Scopes.FirstOrDefault(scope => scope is not (TokenBook.ReadScope or TokenBook.ExportScope)) is { } unknown)
                {
                    throw Rpc.InvalidArgument("scopes", $"holds '{unknown}'; expected read or export");
                }

                var (token, secret) = tokens.Research(name, request.Scopes.Contains(TokenBook.ExportScope), lasts!.Value);
                return Task.FromResult(new CreateTokenResponse { Token = Wire(token), Secret = secret });
            case Roles.Kiosk:
                var board = request.Board.Length == 0 ? "/" : request.Board;
                if (!IsLocalPath(board) || !BoardScope.TryParse(board, out _))
                {
                    throw Rpc.InvalidArgument(
                        "board",
                        $"is '{board}'; give what the display shows: /, /?by=property, /?agent= with an agent's id, or the page of a channel",
                        $"là '{board}'; cần trang mà màn hình hiện: /, /?by=property, /?agent= kèm id của một bộ đo, hoặc trang của một kênh đo");
                }

                var (display, key) = tokens.Display(name, board, lasts);
                return Task.FromResult(new CreateTokenResponse { Token = Wire(display), Secret = key, Link = $"{new Uri(origin.UrlForPeople(Caller.Here(context)), "kiosk")}#{key}" });
            default:
                throw Rpc.InvalidArgument("role", $"is '{request.Role}'; expected researcher or kiosk");
        }
    }

    [Authorize(Policies.Admin)]
    public override Task<ListTokensResponse> ListTokens(ListTokensRequest request, ServerCallContext context)
    {
        var answer = new ListTokensResponse();
        answer.Tokens.AddRange(tokens.All.Select(Wire));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Admin)]
    public override Task<RevokeTokenResponse> RevokeToken(RevokeTokenRequest request, ServerCallContext context)
    {
        const string Prefix = "tokens/";
        return request.Name.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(request.Name.AsSpan(Prefix.Length), out var id) && tokens.Revoke(id)
            ? Task.FromResult(new RevokeTokenResponse())
            : throw Rpc.NotFound(TokenType, request.Name);
    }

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<UseKioskResponse> UseKiosk(UseKioskRequest request, ServerCallContext context)
    {
        Caller.MustNotWait(context, wrong);
        if (credentials.Find(request.Key) is not { Kind: CredentialKind.Kiosk } display)
        {
            throw Wrong(context, "access.kioskRefused", "KEY_UNKNOWN", "This display's key was revoked or is over", "Khóa của màn hình này đã bị thu hồi hoặc hết hạn");
        }

        Caller.Give(context, request.Key, TimeSpan.FromDays(400));
        return Task.FromResult(new UseKioskResponse { Board = display.Scope });
    }

    [Authorize(Policies.Admin)]
    public override Task<ListAuditResponse> ListAudit(ListAuditRequest request, ServerCallContext context)
    {
        if (request.PageSize is < 0 or > MostEntries)
        {
            throw Rpc.InvalidArgument("page_size", $"is {request.PageSize}; give 1 to {MostEntries}");
        }

        var answer = new ListAuditResponse();
        answer.Entries.AddRange(audit.Read(request.PageSize == 0 ? DefaultEntries : request.PageSize, request.BeforeId == 0 ? null : request.BeforeId).Select(Wire));
        return Task.FromResult(answer);
    }

    private static bool IsLocalPath(string path) =>
        path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\') && !path.Any(char.IsControl) && path.Length <= 300;

    private static V1.AuditEntry Wire(Access.AuditEntry entry)
    {
        var wire = new V1.AuditEntry { Id = entry.Id, Who = entry.Who, Action = entry.Action, Subject = entry.Subject };
        if (entry.FromRevision is { } from)
        {
            wire.FromRevision = from;
        }

        if (entry.ToRevision is { } to)
        {
            wire.ToRevision = to;
        }

        if (entry.UtcUs is { } utc)
        {
            wire.UtcUs = utc;
        }

        return wire;
    }

    private Token Wire(Credential token)
    {
        var wire = new Token { Name = $"tokens/{token.Id}", DisplayName = token.Name, Role = token.Role, Expired = clock.IsOver(token.Lifetime) };
        if (token.Kind == CredentialKind.Kiosk)
        {
            wire.Board = token.Scope;
        }
        else
        {
            wire.Scopes.AddRange(token.Scope.Split(' '));
        }

        if (token.MadeUtcUs is { } made)
        {
            wire.MadeUtcUs = made;
        }

        if (token.Lifetime?.EndUtcUs is { } end)
        {
            wire.ExpiresUtcUs = end;
        }

        return wire;
    }
}
