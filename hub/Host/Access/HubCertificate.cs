using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StemLab.Hub.Access;

/// <summary>
/// The certificate this hub shows: one it was given, or one of its own authority (10 years), made anew for a year when it runs out or the hub's addresses changed.
/// Immutable; the folder <c>tls</c> in the data folder is the state, part of a backup, so that a hub on other hardware is believed by its agents.
/// </summary>
/// <param name="Shown">With its private key.</param>
/// <param name="CaPem">The authority's certificate; null when the certificate was given.</param>
internal sealed record HubCertificate(X509Certificate2 Shown, string? CaPem)
{
    /// <summary>Folder in the data folder.</summary>
    public const string Folder = "tls";

    private const int CaYears = 10;
    private static readonly TimeSpan LeafLasts = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    // A machine without a clock wakes in 1970; a certificate of that year would help nobody.
    private static readonly DateTimeOffset Earliest = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>SHA-256 of what an agent compares: the authority's certificate where there is one, else the shown one. Lower-case hex.</summary>
    public string Fingerprint
    {
        get
        {
            if (CaPem is null)
            {
                return Convert.ToHexStringLower(SHA256.HashData(Shown.RawData));
            }

            using var authority = X509Certificate2.CreateFromPem(CaPem);
            return Convert.ToHexStringLower(SHA256.HashData(authority.RawData));
        }
    }

    /// <summary>A certificate somebody gave, with its chain in the same file.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">Not PEM, or the key is another certificate's.</exception>
    public static HubCertificate Given(string certificateFile, string keyFile)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        return new HubCertificate(Usable(pem), null);
    }

    /// <summary>The hub's own, made where absent, foreign to today's addresses, or nearly over.</summary>
    /// <param name="dataFolder">Full path.</param>
    /// <param name="names">Host names beside this machine's addresses.</param>
    /// <param name="now">The machine's time.</param>
    public static HubCertificate Own(string dataFolder, IReadOnlyCollection<string> names, DateTimeOffset now)
    {
        var folder = Path.Combine(dataFolder, Folder);
        Directory.CreateDirectory(folder);
        var today = now < Earliest ? Earliest : now;
        using var authority = Authority(folder, today);
        var caPem = authority.ExportCertificatePem();
        var addresses = Addresses();
        if (Kept(folder, authority, today, addresses) is { } kept)
        {
            return new HubCertificate(kept, caPem);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=StemLab hub", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Where(name => Uri.CheckHostName(name) == UriHostNameType.Dns))
        {
            alternatives.AddDnsName(name);
        }

        foreach (var address in addresses)
        {
            alternatives.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var leaf = request.Create(authority, today.AddDays(-1), today.Add(LeafLasts), RandomNumberGenerator.GetBytes(16));
        using var whole = leaf.CopyWithPrivateKey(key);
        WriteSecret(Path.Combine(folder, "hub.key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "hub.pem"), $"{leaf.ExportCertificatePem()}\n{caPem}\n");
        return new HubCertificate(Usable(whole), caPem);
    }

    /// <summary>Addresses of this machine that last: no link-local ones.</summary>
    public static IReadOnlyList<IPAddress> Addresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces().Where(port => port.OperationalStatus == OperationalStatus.Up)
            .SelectMany(port => port.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork || (address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal))
            .Append(IPAddress.Loopback).Distinct(),
    ];

    private static X509Certificate2 Authority(string folder, DateTimeOffset today)
    {
        var (certificate, key) = (Path.Combine(folder, "ca.pem"), Path.Combine(folder, "ca.key.pem"));
        if (File.Exists(certificate) && File.Exists(key))
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }

        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=StemLab hub authority {Secrets.NewCode(6)}", made, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(today.AddDays(-1), today.AddYears(CaYears));
        WriteSecret(key, made.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificate, authority.ExportCertificatePem());
        return X509Certificate2.CreateFromPemFile(certificate, key);
    }

    /// <summary>The leaf on disk while it is of this authority, has days left and names all of today's addresses.</summary>
    private static X509Certificate2? Kept(string folder, X509Certificate2 authority, DateTimeOffset today, IReadOnlyList<IPAddress> addresses)
    {
        var (certificate, key) = (Path.Combine(folder, "hub.pem"), Path.Combine(folder, "hub.key.pem"));
        if (!File.Exists(certificate) || !File.Exists(key))
        {
            return null;
        }

        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
            var named = pem.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateIPAddresses()).ToHashSet();
            return pem.Issuer == authority.Subject && pem.NotAfter.ToUniversalTime() > (today + RenewBefore).UtcDateTime && addresses.All(named.Contains) ? Usable(pem) : null;
        }
        catch (CryptographicException)
        {
            // A file cut short by a power failure is made anew.
            return null;
        }
    }

    /// <summary>TLS on Windows cannot use a key that lives in memory only.</summary>
    private static X509Certificate2 Usable(X509Certificate2 pem) => X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);

    private static void WriteSecret(string path, string text)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
