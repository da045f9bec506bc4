using Grpc.Core;
using StemLab.Hub.Access;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Api;

/// <summary>Who calls an rpc. Stateless.</summary>
internal static class Caller
{
    /// <summary>The role that stands in a fact the caller states. The owner of a hub nobody has set up is a teacher, as everybody was before.</summary>
    public static string FactRole(ServerCallContext context)
    {
        var user = context.GetHttpContext().User;
        if (user.IsInRole(Roles.Teacher))
        {
            return FactRoles.Teacher;
        }

        return user.IsInRole(Roles.Admin) ? FactRoles.Admin : FactRoles.Student;
    }

    /// <summary>Role and stable name, as the audit log writes them.</summary>
    public static string Who(ServerCallContext context) => AuditLog.Who(context.GetHttpContext().User);
}
