using System.Security.Cryptography;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using StemLab.Hub.Derive;
using StemLab.Wire.V1;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Fleet;

public sealed class SettingsBookTests
{
    private static readonly SettingsContent Wish = new() { Sources = [new SourceSetting { Kind = "ezo-ph", Label = "Ao" }] };

    [Fact]
    public async Task A_wish_is_kept_over_a_restart_sent_whole_and_in_force_once_the_agent_says_so()
    {
        await using DeriveFixture hub = await OpenAsync();
        SettingsBook book = Book(hub, out AgentCommandDoor door);
        Assert.Equal((1ul, SettingsState.Waiting), State(book.Want(Owner, 0, Wish)!));
        Assert.Null(book.Want(Owner, 0, Wish));
        book = Book(hub, out door);
        Assert.Equal((1ul, SettingsState.Waiting, "Ao"), (book.Of(Owner).Revision, book.Of(Owner).State, book.Of(Owner).Wanted!.Sources[0].Label));

        // Nobody is there.
        await book.DeliverAsync(Owner, TestContext.Current.CancellationToken);
        Assert.Equal(SettingsState.Waiting, book.Of(Owner).State);

        Command? sent = null;
        Answer(door, command => sent = command, "");
        await book.DeliverAsync(Owner, TestContext.Current.CancellationToken);
        Assert.Equal(SettingsState.Applied, book.Of(Owner).State);
        Assert.Equal(SHA256.HashData(sent!.Configure.Settings.Content.Span), sent.Configure.Settings.Sha256.ToByteArray());
        Assert.Equal("Ao", SettingsContent.Read(sent.Configure.Settings.Content.Span)!.Sources[0].Label);
        Assert.True(sent.DeadlineTUs > hub.HubUs);
        sent = null;
        await book.DeliverAsync(Owner, TestContext.Current.CancellationToken);
        Assert.Null(sent);
    }

    [Fact]
    public async Task A_refusal_stands_with_its_words_and_what_the_agent_does_is_shown()
    {
        await using DeriveFixture hub = await OpenAsync();
        SettingsBook book = Book(hub, out AgentCommandDoor door);
        book.Report(Owner, Report(0, 0, "ds18b20"));
        book.Want(Owner, 0, Wish);
        Answer(door, _ => { }, "no such bus");
        await book.DeliverAsync(Owner, TestContext.Current.CancellationToken);
        AgentSettings refused = Book(hub, out _).Of(Owner);
        Assert.Equal((SettingsState.Refused, "no such bus", "không có bus"), (refused.State, refused.RefusalEn, refused.RefusalVi));
        Assert.Equal("ds18b20", book.Of(Owner).Shown!.Sources[0].Kind);
    }

    [Fact]
    public async Task A_birth_tells_what_became_of_a_wish()
    {
        await using DeriveFixture hub = await OpenAsync();
        SettingsBook book = Book(hub, out _);
        book.Want(Owner, 0, Wish);
        book.Report(Owner, Report(0, 0, "ezo-ph"));
        Assert.Equal(SettingsState.Waiting, book.Of(Owner).State);
        book.Report(Owner, Report(1, 0, "ezo-ph"));
        Assert.Equal(SettingsState.Applied, book.Of(Owner).State);

        // A new card knows nothing of it; one that gave it back says so; one that was set elsewhere counts from there.
        book.Report(Owner, Report(0, 0, "ezo-ph"));
        Assert.Equal(SettingsState.Waiting, book.Of(Owner).State);
        book.Report(Owner, Report(0, 1, "ezo-ph"));
        Assert.Equal(SettingsState.Refused, book.Of(Owner).State);
        book.Report(Owner, Report(7, 0, "ezo-do"));
        Assert.Equal((7ul, SettingsState.Applied, "ezo-do"), (book.Of(Owner).Revision, book.Of(Owner).State, book.Of(Owner).Shown!.Sources[0].Kind));
        Assert.Equal(8ul, book.Want(Owner, 7, Wish)!.Revision);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"Sources":[{"Kind":null}]}""")]
    [InlineData("""{"Sources":7}""")]
    public async Task What_an_agent_reports_out_of_form_is_shown_as_nothing(string content)
    {
        await using DeriveFixture hub = await OpenAsync();
        SettingsBook book = Book(hub, out _);
        book.Report(Owner, new SettingsReport { Settings = new Settings { Format = 1, Content = ByteString.CopyFromUtf8(content) }, Kinds = { new SourceKind { Name = "ezo-ph" } } });
        Assert.Null(book.Of(Owner).Shown);
        book.Report(Owner, new SettingsReport { Settings = new Settings { Format = 2, Content = ByteString.CopyFromUtf8("{}") }, Kinds = { new SourceKind { Name = "ezo-ph" } } });
        Assert.Empty(book.Of(Owner).Kinds);
    }

    [Fact]
    public void A_key_only_later_programs_know_is_not_sent_where_it_says_nothing()
    {
        var sent = new SettingsContent { Sources = [new SourceSetting { Kind = "ezo-ph" }, new SourceSetting { Kind = "iot", Driver = "Bmp180.Bmp180" }] };
        Assert.Single(System.Text.Encoding.UTF8.GetString(sent.Bytes()).Split("Driver")[1..]);
        Assert.Equal([null, "Bmp180.Bmp180"], SettingsContent.Read(sent.Bytes())!.Sources.Select(source => source.Driver));
    }

    [Fact]
    public void What_a_later_agent_has_besides_is_kept()
    {
        SettingsContent read = SettingsContent.Read("""{"Sources":[{"Kind":"ezo-ph","Depth":3}]}"""u8)!;
        Assert.Contains("\"Depth\":3", System.Text.Encoding.UTF8.GetString(read.Bytes()), StringComparison.Ordinal);
    }

    private static (ulong, SettingsState) State(AgentSettings settings) => (settings.Revision, settings.State);

    private static SettingsBook Book(DeriveFixture hub, out AgentCommandDoor door)
    {
        door = new AgentCommandDoor();
        return new SettingsBook(hub.Database, door, hub.Clock, TimeProvider.System, NullLogger<SettingsBook>.Instance);
    }

    /// <summary>An agent that answers at once.</summary>
    private static void Answer(AgentCommandDoor door, Action<Command> seen, string error) => door.Open((agent, command, _) =>
    {
        seen(command);
        door.Answered(agent, new Result { CommandId = command.Id, Ok = error.Length == 0, Error = error, ErrorVi = error.Length == 0 ? "" : "không có bus" });
        return ValueTask.FromResult(true);
    });

    private static SettingsReport Report(ulong revision, ulong refused, string kind) => new()
    {
        Settings = new Settings { Format = 1, Revision = revision, Content = ByteString.CopyFromUtf8($$"""{"Measuring":true,"HealthIntervalSeconds":60,"Sources":[{"Kind":"{{kind}}"}]}""") },
        RefusedRevision = refused,
        RefusedEn = "no",
        RefusedVi = "không",
        Kinds = { new SourceKind { Name = kind } },
    };
}
