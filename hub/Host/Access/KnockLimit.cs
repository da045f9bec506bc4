using System.Globalization;
using System.Threading.RateLimiting;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.AspNetCore.RateLimiting;

namespace StemLab.Hub.Access;

/// <summary>
/// How often an address may try what is open to anybody: a class of sixty behind one router passes at once, then two a second. A refusal reaches gRPC callers as
/// RESOURCE_EXHAUSTED with RetryInfo, the JSON face as 429. Wrong secrets are counted apart (<see cref="WrongCodes"/>).
/// </summary>
internal static class KnockLimit
{
    /// <summary>A whole class at once.</summary>
    public const int Burst = 80;

    private const int PerSecond = 2;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    public static void Configure(RateLimiterOptions limiter)
    {
        limiter.AddPolicy(Policies.Knock, context => RateLimitPartition.GetTokenBucketLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new TokenBucketRateLimiterOptions { TokenLimit = Burst, TokensPerPeriod = PerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true }));
        limiter.OnRejected = (rejected, cancellationToken) => new ValueTask(RefuseAsync(rejected.HttpContext, cancellationToken));
    }

    /// <summary>Made when somebody knocks for the first time: the limiter's timers wake the process many times a second from then on.</summary>
    public static Func<RequestDelegate, RequestDelegate> WhenKnocked(IServiceProvider services) => next =>
    {
        var limited = new Lazy<RequestDelegate>(() =>
        {
            var branch = new ApplicationBuilder(services);
            branch.UseRateLimiter();
            branch.Run(next);
            return branch.Build();
        });
        return context => context.GetEndpoint()?.Metadata.GetMetadata<EnableRateLimitingAttribute>() is null ? next(context) : limited.Value(context);
    };

    private static Task RefuseAsync(HttpContext context, CancellationToken cancellationToken)
    {
        const string Sentence = "Too many tries from this address: wait a few seconds and try again";
        const string Vietnamese = "Thử quá nhiều lần từ địa chỉ này: hãy đợi vài giây rồi thử lại";
        var response = context.Response;
        var seconds = Retry.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        response.Headers.RetryAfter = seconds;
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            var status = new Google.Rpc.Status { Code = (int)Code.ResourceExhausted, Message = Sentence, Details = { Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(Retry) }), Any.Pack(new LocalizedMessage { Locale = "en", Message = Sentence }), Any.Pack(new LocalizedMessage { Locale = "vi", Message = Vietnamese }) } };
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = context.Request.ContentType;
            response.Headers["grpc-status"] = ((int)Code.ResourceExhausted).ToString(CultureInfo.InvariantCulture);
            response.Headers["grpc-message"] = Uri.EscapeDataString(Sentence);
            response.Headers["grpc-status-details-bin"] = Convert.ToBase64String(status.ToByteArray());
            return Task.CompletedTask;
        }

        response.StatusCode = StatusCodes.Status429TooManyRequests;
        Dictionary<string, string>[] details =
        [
            new Dictionary<string, string> { ["@type"] = "type.googleapis.com/google.rpc.RetryInfo", ["retryDelay"] = $"{seconds}s" },
            Refusal.Localized("en", Sentence),
            Refusal.Localized("vi", Vietnamese),
        ];
        return response.WriteAsJsonAsync(new Refusal((int)Code.ResourceExhausted, Sentence, details), RefusalJson.Answers.Refusal, cancellationToken: cancellationToken);
    }
}
