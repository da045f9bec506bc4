using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StemLab.Hub.Access;

/// <summary>Shows the certificate of now: looks every few minutes whether the hub's own must be made anew. One loop; <see cref="Current"/> is safe from any thread.</summary>
internal sealed class CertificateWatch(HubCertificate first, AccessOptions options, HostNames names, TimeProvider time, ILogger<CertificateWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);
    private volatile HubCertificate _current = first;

    public X509Certificate2 Current => _current.Shown;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_current.CaPem is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(Pause, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var fresh = HubCertificate.Own(options.DataFolder, names.All, time.GetUtcNow());
                if (fresh.Shown.Thumbprint != _current.Shown.Thumbprint)
                {
                    _current = fresh;
                    var until = fresh.Shown.NotAfter.ToUniversalTime();
                    AccessLog.CertificateRenewed(logger, until);
                }
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or CryptographicException)
            {
                AccessLog.CertificateKept(logger, failed.Message);
            }
        }
    }
}
