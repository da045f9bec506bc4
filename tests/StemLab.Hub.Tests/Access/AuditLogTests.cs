using Microsoft.Data.Sqlite;
using StemLab.Hub.Api;
using StemLab.Hub.Facts;

namespace StemLab.Hub.Access;

public sealed class AuditLogTests
{
    [Fact]
    public async Task What_was_done_is_listed_newest_first_on_one_line_each()
    {
        await using var hub = await HubFixture.StartAsync();
        var audit = hub.Get<AuditLog>();
        audit.Add("teacher:3", "facts.state", "agents/1\nadmin did it\u2028too", 7, 8);
        audit.Add("machine", "agent.enrol", new string('x', 1000));

        var entries = audit.Read(10);

        Assert.Equal(("machine", "agent.enrol", 300), (entries[0].Who, entries[0].Action, entries[0].Subject.Length));
        Assert.Equal(("teacher:3", "agents/1admin did ittoo", 7L, 8L), (entries[1].Who, entries[1].Subject, entries[1].FromRevision, entries[1].ToRevision));
        Assert.NotNull(entries[1].UtcUs);
        Assert.Equal([entries[1]], audit.Read(10, before: entries[0].Id));
    }

    [Fact]
    public async Task Nobody_takes_an_entry_back_or_changes_it()
    {
        await using var hub = await HubFixture.StartAsync();
        hub.Get<AuditLog>().Add("admin", "a.b", "");
        var database = hub.Get<HubDatabase>();
        foreach (var sql in (string[])["DELETE FROM access_audit", "UPDATE access_audit SET who = 'x'"])
        {
            Assert.Throws<SqliteException>(() => database.Write((connection, transaction) => connection.Run(transaction, sql)));
        }
    }
}
