using System.Net;
using System.Net.Sockets;
using System.Text.Encodings.Web;

namespace StemLab.Hub.Access;

/// <summary>
/// What is answered to a name this hub does not go by. A person who typed one (on a Wi-Fi of the hub's own every name leads here) gets a page with the address that would have worked, and nothing else
/// of the hub; no redirect, because behind a proxy the address may lead nowhere. Stateless.
/// </summary>
internal static class WrongName
{
    public static Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HubAuthentication.AskedForPage(request) || context.Connection.LocalIpAddress is not { } local)
        {
            return RequestGuard.RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, "This hub does not go by that name. Use its address, or add the name to HostNames in its configuration");
        }

        // The port that was asked for led here, whatever the one is that listens.
        var address = new UriBuilder(request.Scheme, Literal(local), request.Host.Port ?? -1).Uri.ToString();
        var (name, shown) = (HtmlEncoder.Default.Encode(request.Host.Host), HtmlEncoder.Default.Encode(address));
        context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(
            $"""
            <!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>StemLab</title>
            <p>Trạm này không mang tên {name}. Hãy mở <a href="{shown}">{shown}</a></p><p>Người quản lý trạm thêm được tên này vào HostNames trong cấu hình.</p>
            <div lang="en"><p>This hub does not go by the name {name}. Open <a href="{shown}">{shown}</a></p><p>Who looks after the hub can add the name to HostNames in its configuration.</p></div></html>
            """,
            context.RequestAborted);
    }

    private static string Literal(IPAddress address) =>
        (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address) is var own && own.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{new IPAddress(own.GetAddressBytes())}]" : own.ToString();
}
