using System.Collections.Immutable;
using Microsoft.AspNetCore.Identity;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Access;

/// <summary>The admin and the teachers, how they come in and go. Safe from any thread; hub.db is the truth, which few questions need.</summary>
internal sealed class PersonBook : IDisposable
{
    public const string AdminName = "admin";
    public const int LongestName = 40;

    /// <summary>How long a sign-in lasts unless it is ended.</summary>
    public static readonly TimeSpan SignInLasts = TimeSpan.FromDays(30);

    /// <summary>How long an invitation is good for.</summary>
    public static readonly TimeSpan InviteLasts = TimeSpan.FromDays(7);

    private static readonly Person Nobody = new(0, Roles.Teacher, "", null);

    private readonly HubDatabase _database;
    private readonly SetupState _setup;
    private readonly CredentialBook _credentials;
    private readonly PasswordHasher<Person> _hasher = new();
    private readonly string _decoy;

    // A check costs tens of ms: a crowd of wrong ones must not take every core.
    private readonly SemaphoreSlim _checking = new(2);

    public PersonBook(HubDatabase database, SetupState setup, CredentialBook credentials)
    {
        (_database, _setup, _credentials) = (database, setup, credentials);
        database.EnsureSchema(AccessTable.Ddl);
        _decoy = _hasher.HashPassword(Nobody, Secrets.New());
    }

    public ImmutableArray<Person> All => _database.Read(connection =>
    {
        using var command = connection.Sql(null, "SELECT id, role, name, passphrase FROM access_person ORDER BY id");
        using var reader = command.ExecuteReader();
        var people = ImmutableArray.CreateBuilder<Person>();
        while (reader.Read())
        {
            people.Add(new Person(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3)));
        }

        return people.ToImmutable();
    });

    /// <summary>Takes the hub into possession: the admin and the set-up in one transaction. False when somebody else was first.</summary>
    public bool SetUp(string school, string language, string passphrase)
    {
        var hash = _hasher.HashPassword(Nobody, passphrase);
        var isTaken = _database.Write((connection, transaction) => SetupState.Take(connection, transaction, school, language)
            && connection.Run(transaction, "INSERT INTO access_person(role, name, passphrase) VALUES($role, $name, $hash)", ("$role", Roles.Admin), ("$name", AdminName), ("$hash", hash)) == 1);
        _setup.Refresh();
        return isTaken;
    }

    /// <summary>The person of that name and passphrase; null = one of them is wrong. Takes as long for a name nobody has.</summary>
    public async Task<Person?> CheckAsync(string name, string passphrase, CancellationToken cancellationToken)
    {
        await _checking.WaitAsync(cancellationToken);
        try
        {
            // A socket's thread must not stand still for the tens of ms this takes.
            return await Task.Run(() => Check(name, passphrase), cancellationToken);
        }
        finally
        {
            _checking.Release();
        }
    }

    /// <summary>Signs a person in; the secret is the cookie's or the program's.</summary>
    public string SignIn(Person person) => _credentials.Add(CredentialKind.SignIn, person.Role, person.Who, person.Name, "", SignInLasts).Secret;

    /// <summary>Invites a teacher; a second invitation to a name replaces the first, and a new one to a teacher who forgot the passphrase replaces that when it is used. Null for the admin's name.</summary>
    public (Person Invited, string Secret)? Invite(string name)
    {
        var person = All.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase));
        if (person?.Role == Roles.Admin)
        {
            return null;
        }

        person ??= _database.Write((connection, transaction) =>
        {
            using var command = connection.Sql(transaction, "INSERT INTO access_person(role, name) VALUES($role, $name) RETURNING id", ("$role", Roles.Teacher), ("$name", name));
            return new Person((long)command.ExecuteScalar()!, Roles.Teacher, name, null);
        });
        _credentials.Revoke(credential => credential.Kind == CredentialKind.Invite && credential.Owner == person.Who);
        return (person, _credentials.Add(CredentialKind.Invite, person.Role, person.Who, person.Name, "", InviteLasts).Secret);
    }

    /// <summary>The person an invitation is for; null = used, replaced, expired or never given.</summary>
    public Person? InvitedBy(string secret) => _credentials.Find(secret) is { Kind: CredentialKind.Invite } invite ? All.FirstOrDefault(person => person.Who == invite.Owner) : null;

    /// <summary>Uses an invitation up. False when somebody else was first.</summary>
    public bool Accept(string secret, Person invited, string passphrase)
    {
        if (_credentials.Find(secret) is not { Kind: CredentialKind.Invite } invite || !_credentials.Spend(invite))
        {
            return false;
        }

        SetPassphrase(invited, passphrase);
        return true;
    }

    /// <summary>Sets a passphrase; the person's sign-ins but one end.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="passphrase">Judged before.</param>
    /// <param name="keep">Id of the credential that stays; null = none.</param>
    public void SetPassphrase(Person person, string passphrase, long? keep = null)
    {
        var hash = _hasher.HashPassword(person, passphrase);
        _database.Write((connection, transaction) => connection.Run(transaction, "UPDATE access_person SET passphrase = $hash WHERE id = $id", ("$hash", hash), ("$id", person.Id)));
        _credentials.Revoke(credential => credential.Kind == CredentialKind.SignIn && credential.Owner == person.Who && credential.Id != keep);
    }

    /// <summary>Takes a teacher out, with everything opened in that name.</summary>
    public void Remove(Person person)
    {
        _database.Write((connection, transaction) => connection.Run(transaction, "DELETE FROM access_person WHERE id = $id AND role <> $admin", ("$id", person.Id), ("$admin", Roles.Admin)));
        _credentials.Revoke(credential => credential.Owner == person.Who && credential.Kind is (CredentialKind.SignIn or CredentialKind.Invite));
    }

    public void Dispose() => _checking.Dispose();

    private Person? Check(string name, string passphrase)
    {
        var person = All.FirstOrDefault(one => string.Equals(one.Name, name.Trim(), StringComparison.OrdinalIgnoreCase) && one.PassphraseHash is not null);
        var verdict = _hasher.VerifyHashedPassword(person ?? Nobody, person?.PassphraseHash ?? _decoy, passphrase);
        return verdict == PasswordVerificationResult.Failed ? null : person;
    }
}
