using System.Security.Claims;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.RateLimiting;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.AccessService: set-up, signing in and out, teachers. Thin; the tokens and the audit log stand in the other half.</summary>
internal sealed partial class AccessRpc(
    SetupState setup, SetupCode setupCode, PersonBook people, TokenBook tokens, CredentialBook credentials, AccessClock clock, WrongCodes wrong, AuditLog audit, HubOrigin origin, AccessOptions options)
    : AccessService.AccessServiceBase
{
    private const int LongestSchoolName = 80;
    private const string PersonType = "stemlab.dev/Person";

    [Authorize(Policies.Open)]
    public override Task<GetAccessResponse> GetAccess(GetAccessRequest request, ServerCallContext context)
    {
        var user = context.GetHttpContext().User;
        return Task.FromResult(new GetAccessResponse
        {
            SetUp = setup.IsSetUp,
            SchoolName = setup.SchoolName,
            Language = setup.Language,
            Role = user.FindFirstValue(ClaimTypes.Role) ?? "",
            Who = user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "",
            NeedsCode = !setup.IsSetUp && !HostNames.IsAtMachine(context.GetHttpContext()),
        });
    }

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<SetUpResponse> SetUp(SetUpRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        if (options.Demo)
        {
            throw Rpc.FailedPrecondition("DEMO", "hub", "A demo needs no set-up; run a hub of your own", "Bản chạy thử không cần thiết lập; hãy chạy trạm của riêng bạn");
        }

        if (setup.IsSetUp)
        {
            throw Rpc.FailedPrecondition("SET_UP", "hub", "This hub has been set up already: sign in", "Trạm này đã được thiết lập: hãy đăng nhập");
        }

        if (!HostNames.IsAtMachine(http))
        {
            Caller.MustNotWait(context, wrong);
            if (!setupCode.Matches(request.Code))
            {
                throw Wrong(context, "access.setUpRefused", "SETUP_CODE", "This is not the code on the hub's console", "Đây không phải mã trên màn hình của trạm");
            }
        }

        var school = request.SchoolName.Trim();
        if (school.Length is 0 or > LongestSchoolName)
        {
            throw Rpc.InvalidArgument("school_name", $"has {school.Length} characters; give 1 to {LongestSchoolName}", $"có {school.Length} ký tự; cần 1 đến {LongestSchoolName}");
        }

        if (request.Language is not ("" or "vi" or "en"))
        {
            throw Rpc.InvalidArgument("language", $"is '{request.Language}'; expected vi or en");
        }

        Judge(request.Passphrase, school, PersonBook.AdminName);
        if (!people.SetUp(school, request.Language is "vi" ? "vi" : "en", request.Passphrase))
        {
            throw Rpc.FailedPrecondition("SET_UP", "hub", "Somebody else was first: this hub has been set up already", "Có người nhanh hơn: trạm này vừa được thiết lập");
        }

        audit.Add(PersonBook.AdminName, "access.setUp", "");
        Caller.Give(context, people.SignIn(people.All.First(person => person.Role == Roles.Admin)), PersonBook.SignInLasts);
        return Task.FromResult(new SetUpResponse());
    }

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override async Task<SignInResponse> SignIn(SignInRequest request, ServerCallContext context)
    {
        Caller.MustNotWait(context, wrong);
        if (await people.CheckAsync(request.Name, request.Passphrase, context.CancellationToken) is not { } person)
        {
            throw Wrong(context, "access.signInRefused", "WRONG_PASSPHRASE", "Name or passphrase is wrong", "Tên hoặc mật khẩu không đúng");
        }

        audit.Add(person.Who, "access.signIn", "");
        var secret = people.SignIn(person);
        if (request.AsToken)
        {
            return new SignInResponse { Role = person.Role, Token = secret };
        }

        Caller.Give(context, secret, PersonBook.SignInLasts);
        return new SignInResponse { Role = person.Role };
    }

    [Authorize(Policies.Open)]
    public override Task<SignOutResponse> SignOut(SignOutRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        http.Response.Cookies.Delete(HubAuthentication.Cookie);
        if (Caller.Credential(context) is { } id && credentials.All.FirstOrDefault(credential => credential.Id == id) is { Kind: CredentialKind.SignIn or CredentialKind.Seat } own)
        {
            audit.Add(own.Owner, "access.signOut", "");
            // The call itself hangs on the credential: its answer goes out first.
            http.Response.OnCompleted(() =>
            {
                credentials.Spend(own);
                return Task.CompletedTask;
            });
        }

        return Task.FromResult(new SignOutResponse());
    }

    [Authorize(Policies.Admin)]
    public override Task<ListPeopleResponse> ListPeople(ListPeopleRequest request, ServerCallContext context)
    {
        var answer = new ListPeopleResponse();
        answer.People.AddRange(people.All.Select(Wire));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Admin)]
    public override Task<InviteTeacherResponse> InviteTeacher(InviteTeacherRequest request, ServerCallContext context)
    {
        MustBeSetUp();
        var name = Name("display_name", request.DisplayName);
        if (people.Invite(name) is not { } made)
        {
            throw Rpc.AlreadyExists(PersonType, name);
        }

        return Task.FromResult(new InviteTeacherResponse { Person = Wire(made.Invited), Link = $"{new Uri(origin.UrlForPeople(Caller.Here(context)), "invite")}#{made.Secret}" });
    }

    [Authorize(Policies.Knock)]
    [EnableRateLimiting(Policies.Knock)]
    public override Task<AcceptInviteResponse> AcceptInvite(AcceptInviteRequest request, ServerCallContext context)
    {
        Caller.MustNotWait(context, wrong);
        if (people.InvitedBy(request.Invite) is not { } invited)
        {
            throw Wrong(context, "access.inviteRefused", "INVITE_UNKNOWN", "This invitation was used, replaced or is over: ask for a new one", "Lời mời này đã dùng, đã được thay hoặc đã hết hạn: hãy xin lời mời mới");
        }

        Judge(request.Passphrase, setup.SchoolName, invited.Name);
        if (!people.Accept(request.Invite, invited, request.Passphrase))
        {
            throw Rpc.FailedPrecondition("INVITE_USED", "invite", "Somebody has just used this invitation", "Có người vừa dùng lời mời này");
        }

        audit.Add(invited.Who, "access.acceptInvite", "");
        Caller.Give(context, people.SignIn(invited), PersonBook.SignInLasts);
        return Task.FromResult(new AcceptInviteResponse { DisplayName = invited.Name });
    }

    [Authorize(Policies.Admin)]
    public override Task<RemovePersonResponse> RemovePerson(RemovePersonRequest request, ServerCallContext context)
    {
        var person = people.All.FirstOrDefault(one => $"people/{one.Id}" == request.Name) ?? throw Rpc.NotFound(PersonType, request.Name);
        if (person.Role == Roles.Admin)
        {
            throw Rpc.FailedPrecondition("ADMIN", request.Name, "The admin cannot be removed", "Không thể xóa quản trị viên");
        }

        people.Remove(person);
        return Task.FromResult(new RemovePersonResponse());
    }

    [Authorize(Policies.Teach)]
    public override Task<ListSignInsResponse> ListSignIns(ListSignInsRequest request, ServerCallContext context)
    {
        var own = Caller.Credential(context);
        var answer = new ListSignInsResponse();
        answer.SignIns.AddRange(MySignIns(context).Select(signIn =>
        {
            var entry = new SignInEntry { Name = $"signIns/{signIn.Id}", Who = signIn.Owner, DisplayName = signIn.Name, Own = signIn.Id == own };
            if (signIn.MadeUtcUs is { } made)
            {
                entry.MadeUtcUs = made;
            }

            return entry;
        }));
        return Task.FromResult(answer);
    }

    [Authorize(Policies.Teach)]
    public override Task<RevokeSignInResponse> RevokeSignIn(RevokeSignInRequest request, ServerCallContext context)
    {
        var signIn = MySignIns(context).FirstOrDefault(one => $"signIns/{one.Id}" == request.Name) ?? throw Rpc.NotFound("stemlab.dev/SignIn", request.Name);
        if (signIn.Id == Caller.Credential(context))
        {
            context.GetHttpContext().Response.OnCompleted(() =>
            {
                credentials.Spend(signIn);
                return Task.CompletedTask;
            });
            return Task.FromResult(new RevokeSignInResponse());
        }

        credentials.Spend(signIn);
        return Task.FromResult(new RevokeSignInResponse());
    }

    [Authorize(Policies.Teach)]
    public override async Task<ChangePassphraseResponse> ChangePassphrase(ChangePassphraseRequest request, ServerCallContext context)
    {
        Caller.MustNotWait(context, wrong);
        var me = people.All.FirstOrDefault(person => person.Who == Caller.Who(context))
            ?? throw Rpc.FailedPrecondition("NO_PASSPHRASE", "caller", "Only who signs in has a passphrase", "Chỉ người đăng nhập mới có mật khẩu");
        if (await people.CheckAsync(me.Name, request.Passphrase, context.CancellationToken) is null)
        {
            throw Wrong(context, "access.changeRefused", "WRONG_PASSPHRASE", "The old passphrase is wrong", "Mật khẩu cũ không đúng");
        }

        Judge(request.NewPassphrase, setup.SchoolName, me.Name);
        people.SetPassphrase(me, request.NewPassphrase, Caller.Credential(context));
        return new ChangePassphraseResponse();
    }

    [Authorize(Policies.Admin)]
    public override Task<ResetAdminResponse> ResetAdmin(ResetAdminRequest request, ServerCallContext context)
    {
        if (Caller.Who(context) != "machine")
        {
            throw Rpc.Refused(Code.PermissionDenied, "MACHINE_ONLY", "Only a command on the hub's machine may: stemlab access reset-admin", "Chỉ lệnh trên máy của trạm mới được: stemlab access reset-admin");
        }

        MustBeSetUp();
        Judge(request.NewPassphrase, setup.SchoolName, PersonBook.AdminName);
        people.SetPassphrase(people.All.First(person => person.Role == Roles.Admin), request.NewPassphrase);
        return Task.FromResult(new ResetAdminResponse());
    }

    private static string Name(string field, string given)
    {
        var name = given.Trim();
        return name.Length is > 0 and <= PersonBook.LongestName && !name.Any(char.IsControl)
            ? name
            : throw Rpc.InvalidArgument(field, $"has {name.Length} characters; give 1 to {PersonBook.LongestName}, on one line", $"có {name.Length} ký tự; cần 1 đến {PersonBook.LongestName}, trên một dòng");
    }

    private static void Judge(string passphrase, params ReadOnlySpan<string> known)
    {
        var fault = Passphrases.FaultOf(passphrase, known);
        if (fault != PassphraseFault.None)
        {
            throw Rpc.Refused(Code.InvalidArgument, $"WEAK_PASSPHRASE_{fault}", Passphrases.Sentence(fault, "en"), Passphrases.Sentence(fault, "vi"));
        }
    }

    private void MustBeSetUp()
    {
        if (!setup.IsSetUp)
        {
            throw Rpc.FailedPrecondition("NOT_SET_UP", "hub", "Set this hub up first", "Hãy thiết lập trạm này trước");
        }
    }

    private RpcException Wrong(ServerCallContext context, string action, string reason, string english, string vietnamese)
    {
        wrong.Count(context.GetHttpContext().Connection.RemoteIpAddress);
        audit.Add("nobody", action, "");
        return Rpc.Refused(Code.Unauthenticated, reason, english, vietnamese);
    }

    private IEnumerable<Credential> MySignIns(ServerCallContext context)
    {
        var isAdmin = context.GetHttpContext().User.IsInRole(Roles.Admin);
        var me = Caller.Who(context);
        return credentials.All.Where(one => one.Kind == CredentialKind.SignIn && (isAdmin || one.Owner == me)).OrderBy(one => one.Id);
    }

    private V1.Person Wire(Access.Person person) => new()
    {
        Name = $"people/{person.Id}",
        DisplayName = person.Name,
        Role = person.Role,
        Invited = person.PassphraseHash is null,
        SignIns = (uint)credentials.All.Count(one => one.Kind == CredentialKind.SignIn && one.Owner == person.Who),
    };
}
